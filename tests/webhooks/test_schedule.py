"""When a delivery is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from codimir.webhooks.schedule import DELAYS, next_attempt, retry_after

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


class TestSchedule:
    def test_it_is_the_published_one(self) -> None:
        assert sum(DELAYS, timedelta(0)) == timedelta(hours=75, minutes=35, seconds=5)

    @pytest.mark.parametrize("failures", range(1, 10))
    def test_each_delay_grows_by_a_fifth_at_most(self, failures: int) -> None:
        delay, due = DELAYS[failures - 1], {next_attempt(failures, NOW, {}) for _ in range(50)}
        assert len(due) > 1
        assert all(moment is not None and NOW + delay <= moment <= NOW + 1.2 * delay for moment in due)

    def test_it_ends(self) -> None:
        assert next_attempt(10, NOW, {"retry-after": "60"}) is None

    @pytest.mark.parametrize(
        ("value", "least", "most"),
        [
            ("600", 600, 600),
            ("1", 5, 6),
            ("99999999999999", 86_400, 86_400),
            ("Thu, 01 Jan 2026 13:00:00 GMT", 3600, 3600),
        ],
    )
    def test_retry_after_moves_it_later_within_a_day(self, value: str, least: int, most: int) -> None:
        due = next_attempt(1, NOW, {"retry-after": value})
        assert due is not None
        assert timedelta(seconds=least) <= due - NOW <= timedelta(seconds=most)

    @pytest.mark.parametrize(
        "value",
        ["", "soon", "-5", "1.5", "٣", "Thu, 01 Jan 2026 11:00:00 GMT", "Mon, 99 Foo 0000", "1 Jan 1 0:0 +2359"],
    )
    def test_nonsense_and_the_past_are_no_wait(self, value: str) -> None:
        assert retry_after(value, NOW) == timedelta(0)
