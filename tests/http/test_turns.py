"""Long reads: one of each person at a time, two of who reads alone, and each with a limit of time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from litestar import Litestar

from codimir.database.core import PERSON, Stranger, TookTooLong, Transaction, Unit
from codimir.database.sqlite import READER_THREADS
from codimir.http import fair_share, long_reads
from codimir.http.long_reads import AT_ONCE_ALONE
from codimir.revisions.reply_cache import ReplyCache
from tests.clients import Client, People
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
        async with self._changed, asyncio.timeout(60):
            await self._changed.wait_for(lambda: self.under_way >= count)


@pytest.fixture
def readers(app: Litestar) -> Readers:
    """What holds long reads; nobody waits for the reply to the same question of somebody else."""
    app.state.reply_cache = ReplyCache(0)
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
    await asyncio.gather(*tasks, return_exceptions=True)


class TestTurns:
    @pytest.fixture(autouse=True)
    def _is_alone_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Others count while they ask, and no second longer."""
        monkeypatch.setattr(fair_share, "SECONDS_OTHERS_COUNT", 0)

    async def test_who_asks_for_much_leaves_a_reader_free(self, client: People, readers: Readers) -> None:
        jane, john = client("jane"), client("john")
        async with asking(*(jane.request("GET", SEARCH) for _ in range(8))) as hers:
            await readers.reach(AT_ONCE_ALONE)
            async with asking(john.get("/api/tickets/stats", assignee="me")) as his:
                await readers.reach(READER_THREADS)
                assert readers.under_way == READER_THREADS == AT_ONCE_ALONE + 1
                readers.let_go.set()
        assert {task.result().status for task in [*hers, *his]} == {200}
        assert readers.under_way == 9

    async def test_while_others_read_each_has_one(self, app: Litestar, client: People, readers: Readers) -> None:
        people = [client(name) for name in ("jane", "john", "ada")]
        async with asking(*(each.request("GET", SEARCH) for each in people)):
            await readers.reach(3)
            async with asking(*(each.request("GET", SEARCH) for each in people)):
                for each in people:
                    assert (await each.get("/api/tickets")).status == 200  # what is short goes on
                assert readers.under_way == 3
                readers.let_go.set()
        assert readers.under_way == 6
        assert app.state.long_reads.lines == {}

    async def test_who_has_company_has_one(
        self, client: People, readers: Readers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fair_share, "SECONDS_OTHERS_COUNT", 3600)
        jane, john = client("jane"), client("john")
        for each in (jane, john):
            assert (await each.get("/api/tickets")).status == 200
        async with asking(*(jane.request("GET", SEARCH) for _ in range(3))):
            await readers.reach(1)
            assert (await john.get("/api/tickets")).status == 200
            assert readers.under_way == 1
            readers.let_go.set()

    async def test_who_is_alone_again_has_two(self, app: Litestar, client: People, readers: Readers) -> None:
        jane, john = client("jane"), client("john")
        async with asking(john.request("GET", SEARCH)) as [his]:
            await readers.reach(1)
            async with asking(*(jane.request("GET", SEARCH) for _ in range(4))):
                await readers.reach(2)
                his.cancel()
                await readers.reach(3)
                readers.let_go.set()
        assert app.state.long_reads.lines == {}

    @pytest.mark.parametrize("path", ["/my-work", "/dashboard", "/api/trash", "/api/user/activity", "/api/events"])
    async def test_pages_and_api_share_the_turn(self, client: People, readers: Readers, path: str) -> None:
        jane, john = client("jane"), client("john")
        async with asking(jane.request("GET", SEARCH), john.request("GET", SEARCH)):
            await readers.reach(2)
            async with asking(jane.http.get(path)) as [second]:
                assert await jane.get("/api/tickets") is not None  # what is short goes on
                assert readers.under_way == 2
                readers.let_go.set()
        assert second.result().status_code == 200
        assert readers.under_way == 3

    async def test_one_that_fails_gives_the_turn_on(self, client: People, readers: Readers) -> None:
        jane = client("jane")
        readers.let_go.set()
        assert (await jane.get("/api/tickets/stats", assignee="nobody")).status == 400
        assert (await jane.request("GET", SEARCH)).status == 200

    async def test_too_many_that_wait_are_refused(
        self, app: Litestar, client: People, readers: Readers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(long_reads, "MAX_READS_OF_ONE", 2)
        jane = client("jane")
        async with asking(jane.request("GET", SEARCH)), asking(jane.request("GET", SEARCH)):
            async with asyncio.timeout(60):
                while len(app.state.long_reads.lines.get("user_101", ())) < 2:  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
            reply = await jane.request("GET", SEARCH)
            assert (reply.status, reply.error["code"], reply.headers["retry-after"]) == (429, "RATE_LIMITED", "1")
            assert "wait for an answer" in reply.error["message"]
            readers.let_go.set()
        assert (await jane.request("GET", SEARCH)).status == 200

    async def test_nothing_is_kept_of_who_is_done(self, app: Litestar, jane: Client, readers: Readers) -> None:
        readers.let_go.set()
        await jane.request("GET", SEARCH)
        assert app.state.long_reads.lines == {}


class TestTimeLimit:
    @pytest.fixture(autouse=True)
    def _endless_search(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def search(*_: Any) -> Any:
            raise TookTooLong(10)

        monkeypatch.setattr("codimir.tickets.listing.best_matches.search_tickets", search)
        monkeypatch.setattr("codimir.web.pages.palette.search_tickets", search)

    async def test_the_answer_says_what_to_do(self, jane: Client) -> None:
        reply = await jane.request("GET", SEARCH)
        assert (reply.status, reply.error["code"], reply.headers["retry-after"]) == (503, "UNAVAILABLE", "2")
        assert reply.error["message"] == (
            "This took too long and was stopped; ask for less, such as other words, a narrower filter, an earlier page"
        )

    @pytest.mark.parametrize(
        ("language", "said"),
        [("en", "This took too long and was stopped"), ("de", "Das hat zu lange gedauert und wurde abgebrochen")],
    )
    async def test_a_page_says_it_in_its_language(self, jane: Client, language: str, said: str) -> None:
        page = await jane.http.get(
            "/palette?q=login", headers={"accept": "text/html", "hx-request": "true", "accept-language": language}
        )
        assert page.status_code == 503
        assert said in page.text


class TestSetting:
    async def test_the_application_reads_it(self, app: Litestar) -> None:
        assert app.state.database.read_timeout == app.state.settings.read_timeout_seconds == 10

    async def test_a_unit_is_stopped_by_the_database(
        self, app: Litestar, jane: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What stops it comes from the database as it does in earnest."""

        async def search(tx: Transaction, *_: Any) -> Any:
            return await tx.fetch_value(COUNTING)

        monkeypatch.setattr("codimir.tickets.listing.best_matches.search_tickets", search)
        monkeypatch.setattr(app.state.database, "read_timeout", 0.05)
        assert (await jane.request("GET", SEARCH)).status == 503
        monkeypatch.setattr(app.state.database, "read_timeout", 60)
        assert (await jane.get("/api/tickets/stats", assignee="me")).status == 200


class TestWrites:
    async def test_strangers_wait_in_the_line_of_their_address_and_people_in_their_own(
        self, app: Litestar, jane: Client
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
