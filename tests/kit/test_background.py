"""Work beside the requests."""

import asyncio
import logging

import pytest

from codimir.kit import background
from codimir.kit.background import in_background, keep_doing
from codimir.kit.outages import Outage


class TestInBackground:
    async def test_it_goes_on_until_the_block_ends(self) -> None:
        began, ended = asyncio.Event(), asyncio.Event()

        async def work() -> None:
            began.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        async with in_background(work=work()):
            await began.wait()
            assert not ended.is_set()
        assert ended.is_set()

    async def test_who_forgets_that_it_was_cancelled_is_cancelled_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(background, "SECONDS_TO_CANCEL", 0.01)
        began, cancellations = asyncio.Event(), 0

        async def work() -> None:
            nonlocal cancellations
            began.set()
            while cancellations < 3:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    cancellations += 1
            raise asyncio.CancelledError

        async with in_background(work=work()):
            await began.wait()
        assert cancellations == 3

    async def test_failure_is_logged_and_hurts_nobody_else(self, caplog: pytest.LogCaptureFixture) -> None:
        other_ran = asyncio.Event()

        async def fails() -> None:
            raise RuntimeError("no room")

        async def works() -> None:
            await asyncio.sleep(0)
            other_ran.set()

        with caplog.at_level(logging.ERROR, logger="codimir"):
            async with in_background(sweeping=fails(), counting=works()):
                await other_ran.wait()
        assert [record.getMessage() for record in caplog.records] == [
            "sweeping has stopped; it starts again with the server"
        ]


class TestKeepDoing:
    async def test_a_turn_that_fails_is_taken_again_after_a_pause(self, caplog: pytest.LogCaptureFixture) -> None:
        turns: list[int] = []
        done = asyncio.Event()

        async def turn() -> float:
            turns.append(len(turns))
            if len(turns) <= 3:
                raise OSError("no room")
            done.set()
            return 60

        outage = Outage("sweeping waits", logging.getLogger("codimir"), (OSError,), longest_pause=0.01)
        async with in_background(sweeping=keep_doing(turn, outage)):
            await done.wait()
        assert turns == [0, 1, 2, 3]
        assert [record.getMessage() for record in caplog.records] == ["sweeping waits: no room"]

    async def test_the_rest_can_be_cut_short(self) -> None:
        rested: list[float] = []
        done = asyncio.Event()

        async def turn() -> float:
            return 60

        async def rest(seconds: float) -> None:
            rested.append(seconds)
            await asyncio.sleep(0)
            if len(rested) == 3:
                done.set()

        async with in_background(counting=keep_doing(turn, Outage("counting", logging.getLogger("codimir")), rest)):
            await done.wait()
        assert rested[:3] == [60, 60, 60]

    async def test_it_ends_in_the_middle_of_a_turn(self) -> None:
        began, ended = asyncio.Event(), asyncio.Event()

        async def turn() -> float:
            began.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()
            return 0

        async with in_background(counting=keep_doing(turn, Outage("counting", logging.getLogger("codimir")))):
            await began.wait()
        assert ended.is_set()
