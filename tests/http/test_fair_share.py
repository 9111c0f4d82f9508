"""The event loop is shared: whoever has taken least of it goes first, and where nobody else asks nothing waits."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from litestar import Litestar

from codimir.database.core import PERSON
from codimir.http.fair_share import FairShare, Measured
from tests.clients import People


@pytest.fixture
def share() -> FairShare:
    return FairShare()


def as_person(person: str, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    async def run() -> Any:
        PERSON.set(person)
        return await work

    return asyncio.create_task(run())


class TestTurn:
    async def test_alone_nobody_waits(self, share: FairShare) -> None:
        begun: list[int] = []

        async def ask(number: int) -> None:
            await share.turn()
            begun.append(number)

        tasks = [as_person("one", ask(number)) for number in range(9)]
        await asyncio.sleep(0)
        assert begun == list(range(9))
        await asyncio.gather(*tasks)

    async def test_who_has_taken_little_goes_before_all_who_wait(self, share: FairShare) -> None:
        begun: list[str] = []

        async def ask(person: str, seconds: float) -> None:
            await share.turn()
            begun.append(person)
            share.note(person, seconds)

        share.note("much", 1.0)
        first = [as_person("little", ask("little", 0.0)), as_person("much", ask("much", 0.01))]
        await asyncio.gather(*first)
        crowd = [as_person("much", ask("much", 0.01)) for _ in range(8)]
        await asyncio.sleep(0)  # all of them have asked, and one has begun
        await asyncio.gather(as_person("little", ask("little", 0.0)), *crowd)
        assert begun[2:].index("little") <= 2

    async def test_who_goes_away_while_waiting_holds_nobody_up(self, share: FairShare) -> None:
        share.note("other", 0.0)
        await as_person("other", share.turn())
        tasks = [as_person("one", share.turn()) for _ in range(6)]
        await asyncio.sleep(0)
        for task in tasks[1:5]:
            task.cancel()
        async with asyncio.timeout(60):
            await asyncio.gather(*tasks, return_exceptions=True)
            await as_person("other", share.turn())
        assert [task.cancelled() for task in tasks] == [False, *[True] * 4, False]


class TestMeasured:
    async def test_its_result_and_its_errors_are_those_of_the_work(self, share: FairShare) -> None:
        async def give() -> int:
            await asyncio.sleep(0)
            return 7

        async def fail() -> None:
            await asyncio.sleep(0)
            raise LookupError

        assert await Measured(give(), share) == 7
        with pytest.raises(LookupError):
            await Measured(fail(), share)

    async def test_what_is_cancelled_can_clean_up(self, share: FairShare) -> None:
        cleaned = asyncio.Event()

        async def wait() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                cleaned.set()

        async def run() -> None:
            await Measured(wait(), share)

        task = asyncio.create_task(run())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert cleaned.is_set()

    async def test_only_the_steps_of_the_work_count(self, share: FairShare, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = iter(range(100))
        noted: list[float] = []
        monkeypatch.setattr("codimir.http.fair_share.perf_counter", lambda: next(clock))
        monkeypatch.setattr(share, "note", lambda _, seconds: noted.append(seconds))

        async def work() -> None:
            await asyncio.sleep(0)
            await asyncio.sleep(0)

        await Measured(work(), share)
        assert noted == [1, 1, 1]


class TestRequests:
    async def test_pages_and_api_and_strangers_count(
        self, app: Litestar, client: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        took: set[str] = set()
        monkeypatch.setattr(app.state.fair_share, "note", lambda person, _: took.add(str(person)))
        await client("jane").http.get("/my-work")
        await client("john").get("/api/tickets")
        await client(None).get("/api/auth/providers")
        assert {"user_101", "user_102"} < took

    async def test_many_people_at_once_are_all_answered(self, client: People) -> None:
        names = ("jane", "john", "ada")
        replies = await asyncio.gather(*(client(name).get("/api/tickets") for name in names for _ in range(9)))
        assert {reply.status for reply in replies} == {200}
