"""Long reads: one of each person at a time, and each with a limit of time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from litestar import Litestar

from codimir.database.core import PERSON, Stranger, TookTooLong, Transaction, Unit
from codimir.http import turns
from codimir.web import frame, rendering
from tests.database.test_time_limits import COUNTING

SEARCH = "/api/tickets/search?q=login"


class Readers:
    """Holds every long read of the application until it is let go."""

    def __init__(self, db: Any) -> None:
        self.under_way = 0
        self.let_go = asyncio.Event()
        self._changed = asyncio.Condition()
        self._read_long = db.read_long
        db.read_long = self.read_long

    async def read_long(self, unit: Unit[Any]) -> Any:
        async with self._changed:
            self.under_way += 1
            self._changed.notify_all()
        await self.let_go.wait()
        return await self._read_long(unit)

    async def reach(self, count: int) -> None:
        async with self._changed, asyncio.timeout(10):
            await self._changed.wait_for(lambda: self.under_way >= count)


@pytest.fixture
def readers(app: Litestar) -> Readers:
    return Readers(app.state.database)


@asynccontextmanager
async def asking(*requests: Any) -> AsyncIterator[list[Any]]:
    tasks = [asyncio.ensure_future(each) for each in requests]
    await asyncio.sleep(0)
    try:
        yield tasks
    except BaseException:
        for task in tasks:
            task.cancel()
        raise
    await asyncio.gather(*tasks)


class TestTurns:
    async def test_who_asks_for_much_holds_one_reader(self, client: Any, readers: Readers) -> None:
        jane, john = client("jane"), client("john")
        async with asking(*(jane.request("GET", SEARCH) for _ in range(8))) as hers:
            await readers.reach(1)
            async with asking(john.get("/api/tickets/stats")) as his:
                await readers.reach(2)
                assert readers.under_way == 2
                readers.let_go.set()
        assert {task.result().status for task in [*hers, *his]} == {200}
        assert readers.under_way == 9

    @pytest.mark.parametrize("path", ["/my-work", "/dashboard", "/api/trash", "/api/user/activity", "/api/events"])
    async def test_pages_and_api_share_the_turn(self, client: Any, readers: Readers, path: str) -> None:
        jane = client("jane")
        async with asking(jane.request("GET", SEARCH)):
            await readers.reach(1)
            async with asking(jane.http.get(path)) as [second]:
                assert await jane.get("/api/tickets") is not None  # what is short goes on
                assert readers.under_way == 1
                readers.let_go.set()
        assert second.result().status_code == 200
        assert readers.under_way == 2

    async def test_one_that_fails_gives_the_turn_on(self, client: Any, readers: Readers) -> None:
        jane = client("jane")
        readers.let_go.set()
        assert (await jane.get("/api/tickets/stats", project="nowhere")).status == 400
        assert (await jane.request("GET", SEARCH)).status == 200

    async def test_too_many_that_wait_are_refused(
        self, client: Any, readers: Readers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(turns, "MAX_READS_OF_ONE", 2)
        jane = client("jane")
        async with asking(jane.request("GET", SEARCH)), asking(jane.request("GET", SEARCH)):
            async with asyncio.timeout(10):
                while not (line := turns._reads.get("user_101")) or line.length < 2:  # noqa: ASYNC110, SLF001
                    await asyncio.sleep(0.001)
            reply = await jane.request("GET", SEARCH)
            assert (reply.status, reply.error["code"], reply.headers["retry-after"]) == (429, "RATE_LIMITED", "1")
            assert "wait for an answer" in reply.error["message"]
            readers.let_go.set()
        assert (await jane.request("GET", SEARCH)).status == 200

    async def test_nothing_is_kept_of_who_is_done(self, jane: Any, readers: Readers) -> None:
        readers.let_go.set()
        await jane.request("GET", SEARCH)
        assert turns._reads == {}  # noqa: SLF001


class TestPages:
    async def test_one_page_of_a_person_is_drawn_at_a_time(self, jane: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        under_way: list[int] = []
        drawing = 0
        compress = rendering.large_html

        async def observed(*arguments: Any, **named: Any) -> Any:
            nonlocal drawing
            drawing += 1
            under_way.append(drawing)
            await asyncio.sleep(0)
            drawing -= 1
            return await compress(*arguments, **named)

        monkeypatch.setattr(frame, "large_html", observed)
        replies = await asyncio.gather(*(jane.http.get("/my-work") for _ in range(5)))
        assert {reply.status_code for reply in replies} == {200}
        assert under_way == [1] * 5
        assert turns._pages == {}  # noqa: SLF001


class TestTimeLimit:
    @pytest.fixture(autouse=True)
    def _endless_search(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def search(*_: Any) -> Any:
            raise TookTooLong(10)

        monkeypatch.setattr("codimir.tickets.best_matches.search_tickets", search)
        monkeypatch.setattr("codimir.web.pages.palette.search_tickets", search)

    async def test_the_answer_says_what_to_do(self, jane: Any) -> None:
        reply = await jane.request("GET", SEARCH)
        assert (reply.status, reply.error["code"], reply.headers["retry-after"]) == (503, "UNAVAILABLE", "2")
        assert reply.error["message"] == (
            "This took too long and was stopped; ask for less, such as other words, a narrower filter, an earlier page"
        )

    @pytest.mark.parametrize(
        ("language", "said"),
        [("en", "This took too long and was stopped"), ("de", "Das hat zu lange gedauert und wurde abgebrochen")],
    )
    async def test_a_page_says_it_in_its_language(self, jane: Any, language: str, said: str) -> None:
        page = await jane.http.get(
            "/palette?q=login", headers={"accept": "text/html", "hx-request": "true", "accept-language": language}
        )
        assert page.status_code == 503
        assert said in page.text


class TestSetting:
    async def test_the_application_reads_it(self, app: Litestar) -> None:
        assert app.state.database.read_timeout == app.state.settings.read_timeout_seconds == 10

    async def test_a_unit_is_stopped_by_the_database(self, app: Litestar, jane: Any, monkeypatch: Any) -> None:
        """What stops it comes from the database as it does in earnest."""

        async def search(tx: Transaction, *_: Any) -> Any:
            return await tx.value(COUNTING)

        monkeypatch.setattr("codimir.tickets.best_matches.search_tickets", search)
        monkeypatch.setattr(app.state.database, "read_timeout", 0.05)
        assert (await jane.request("GET", SEARCH)).status == 503
        assert (await jane.get("/api/tickets/stats")).status == 200


class TestWrites:
    async def test_strangers_wait_in_the_line_of_their_address_and_people_in_their_own(
        self, app: Litestar, jane: Any
    ) -> None:
        lines: list[Any] = []
        write = app.state.database.write

        async def observed(unit: Unit[Any]) -> Any:
            lines.append(PERSON.get())
            return await write(unit)

        app.state.database.write = observed
        for address in ("192.0.2.7", "2001:db8::1", "2001:db8::2"):
            transport = httpx.ASGITransport(app, client=(address, 1), raise_app_exceptions=False)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://codimir.test") as stranger:
                await stranger.post("/api/auth/reset", json={"email": "nobody@example.com"})
        assert lines == [Stranger("192.0.2.7"), Stranger("2001:db8::/64"), Stranger("2001:db8::/64")]
        lines.clear()
        assert (await jane.post("/api/tickets", {"title": "x"})).status == 201
        assert set(lines) == {"user_101"}
