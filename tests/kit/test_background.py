"""Work beside the requests."""

import asyncio
import logging

import pytest

from codimir.kit.background import in_background


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
