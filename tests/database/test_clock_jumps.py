"""A clock that jumps ahead is not believed before a day has passed."""

from datetime import timedelta

import pytest

from codimir.database.clock_jumps import may_delete_by_age
from codimir.database.core import Database
from codimir.kit.clock import utc_now
from tests.calls import AsyncCall

NOW = utc_now()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def believed(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncCall[list[bool]]:
    """Say whether the clock is believed at some moments from now on, each looked at after the one before it."""

    async def look(*moments: timedelta) -> list[bool]:
        answers = []
        for moment in moments:
            monkeypatch.setattr(database, "_clock", lambda moment=moment: NOW + moment)
            answers.append(await may_delete_by_age(database))
        return answers

    return look


class TestJump:
    async def test_a_clock_that_goes_on_is_believed(self, believed: AsyncCall[list[bool]]) -> None:
        assert await believed(*(number * HOUR for number in range(5)), 28 * HOUR) == [True] * 6

    async def test_one_that_jumps_is_doubted_for_a_day(
        self, believed: AsyncCall[list[bool]], caplog: pytest.LogCaptureFixture
    ) -> None:
        after = [31 * DAY + number * HOUR for number in (0, 1, 12, 23, 24, 25)]
        assert await believed(HOUR * 0, *after) == [True, False, False, False, False, True, True]
        assert len(caplog.messages) == 1
        assert caplog.messages[0].startswith("nothing is deleted for its age: the clock or a pause put it ahead")

    async def test_one_that_is_put_right_is_believed_again(self, believed: AsyncCall[list[bool]]) -> None:
        assert await believed(HOUR * 0, 31 * DAY, HOUR, 2 * HOUR) == [True, False, True, True]

    async def test_a_second_jump_is_doubted_as_well(self, believed: AsyncCall[list[bool]]) -> None:
        assert await believed(HOUR * 0, 31 * DAY, 62 * DAY, 62 * DAY + HOUR) == [True, False, False, False]

    async def test_one_that_stands_behind_for_a_while_costs_a_day(self, believed: AsyncCall[list[bool]]) -> None:
        assert await believed(HOUR * 0, -365 * DAY, HOUR, DAY, DAY + 2 * HOUR) == [True, True, False, False, True]
