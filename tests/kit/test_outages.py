"""What keeps failing is tried ever later and logged once."""

import logging
from typing import Any

import pytest

from codimir.kit.outages import MAX_REASON_LENGTH, Outage

log = logging.getLogger("codimir.test")


class Timer:
    """A clock that a test moves."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def outage(timer: Timer) -> Outage:
    return Outage("parcels wait", log, (OSError,), monotonic=timer)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Any:
    return lambda: [record.getMessage() for record in caplog.records]


class TestPauses:
    def test_each_is_twice_as_long_up_to_the_longest(self, outage: Outage) -> None:
        pauses = [outage.failed(OSError("no room")) for _ in range(40)]
        longest = [min(60, 2**n) for n in range(40)]
        assert all(most / 2 <= pause <= most for pause, most in zip(pauses, longest, strict=True))

    def test_they_begin_anew_when_it_went_well(self, outage: Outage) -> None:
        for _ in range(10):
            outage.failed(OSError("no room"))
        outage.recovered()
        assert outage.failed(OSError("no room")) <= 1


class TestLog:
    def test_many_failures_are_one_line(self, outage: Outage, said: Any) -> None:
        for _ in range(1_000):
            outage.failed(OSError("no\n  room"))
        assert said() == ["parcels wait: no room"]

    def test_one_that_goes_on_is_said_every_ten_minutes(self, outage: Outage, timer: Timer, said: Any) -> None:
        for _ in range(25):
            outage.failed(OSError("no room"))
            timer.now += 60
        assert said() == [
            "parcels wait: no room",
            "parcels wait: still after 11 failures in 600 s: no room",
            "parcels wait: still after 21 failures in 1,200 s: no room",
        ]

    def test_its_end_is_said_once(self, outage: Outage, timer: Timer, said: Any) -> None:
        for _ in range(3):
            outage.failed(OSError("no room"))
        assert outage.is_on
        timer.now += 40
        for _ in range(3):
            outage.recovered()
        assert not outage.is_on
        assert said() == ["parcels wait: no room", "parcels wait: over after 3 failures in 40 s"]

    def test_what_fails_now_and_then_is_one_outage(self, outage: Outage, timer: Timer, said: Any) -> None:
        for _ in range(20):
            outage.failed(OSError("no room"))
            outage.recovered()
            timer.now += 10
            outage.recovered()
        assert said() == ["parcels wait: no room"]

    def test_what_failed_long_ago_is_another_outage(self, outage: Outage, timer: Timer, said: Any) -> None:
        outage.failed(OSError("no room"))
        timer.now += 601
        outage.failed(OSError("no room"))
        assert said() == ["parcels wait: no room"] * 2

    def test_nothing_is_said_where_nothing_failed(self, outage: Outage, said: Any) -> None:
        outage.recovered()
        assert said() == []

    def test_a_defect_is_said_with_its_traceback_beside_the_rest(
        self, outage: Outage, said: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        for _ in range(3):
            outage.failed(OSError("no room"))
            outage.failed(LookupError())
        assert said() == ["parcels wait: no room", "parcels wait: LookupError"]
        assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.ERROR]
        assert [bool(record.exc_info) for record in caplog.records] == [False, True]

    def test_a_long_reason_is_cut(self, outage: Outage, said: Any) -> None:
        outage.failed(OSError("x" * 10_000))
        assert len(said()[0]) == len("parcels wait: ") + MAX_REASON_LENGTH
