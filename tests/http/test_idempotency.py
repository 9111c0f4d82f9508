"""Idempotency-Key: a request that is sent again is done once, and answered twice alike."""

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.app import ROUTES, create_app
from codimir.config import Settings, variables_of
from codimir.database.core import Database, Transaction, Unit
from codimir.database.forwarding import ForwardingDatabase
from codimir.database.statements import Statement
from codimir.http.routing import takes_actor
from codimir.http.transactions import takes_keys
from codimir.kit.clock import utc_now
from codimir.model.idempotency import kept_replies
from codimir.revisions import idempotency
from tests.apps import RunApp
from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People

TICKETS = "/api/tickets"
NEW = {"title": "Fix login", "projectId": "project_456"}
COUNT = Statement(sa.select(sa.func.count()).select_from(kept_replies))
KEPT = Statement(sa.select(kept_replies.c.reply))
BODY_HASHES = Statement(sa.select(kept_replies.c.body_hash))
SET_TIME = Statement(
    sa.update(kept_replies).values(created_at=sa.bindparam("at", type_=kept_replies.c.created_at.type))
)
CODIMIR = Path(sys.executable).with_name("codimir")


@pytest.fixture
def send() -> AsyncCall[Any]:
    """Send with a key: `await send(jane, "POST", path, body, key="a")`."""

    async def with_key(who: Client, method: str, path: str, body: Any = None, key: str | bytes = "a") -> Any:
        return await who.request(method, path, body, headers={"idempotency-key": key})

    return with_key


def same(first: Any, second: Any) -> bool:
    """Say whether two replies are the same but for the sign that one is a replay."""
    headers = [
        {name: value for name, value in reply.headers.items() if name != "idempotent-replayed"}
        for reply in (first, second)
    ]
    return (first.status, first.response.content, headers[0]) == (second.status, second.response.content, headers[1])


class TestReplay:
    async def test_nobody_gets_401(self, client: People, send: AsyncCall[Any]) -> None:
        assert (await send(client(), "POST", TICKETS, NEW)).status == 401

    async def test_a_ticket_is_created_once(self, jane: Client, send: AsyncCall[Any]) -> None:
        first, second = await send(jane, "POST", TICKETS, NEW), await send(jane, "POST", TICKETS, NEW)
        assert first.status == 201
        assert first.headers["location"] == f"/api/tickets/{first.data['id']}"
        assert first.headers["etag"]
        assert "idempotent-replayed" not in first.headers
        assert second.headers["idempotent-replayed"] == "true"
        assert same(first, second)
        assert (await jane.get(TICKETS)).total == 1

    async def test_every_kind_of_write_is(
        self, jane: Client, new_ticket: AsyncCall[Any], send: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket()
        path = f"{TICKETS}/{ticket['key']}"
        comment = (await jane.post(f"{path}/comments", {"content": "a"})).data["id"]
        writes = [
            ("PUT", path, {"title": "b"}), ("PATCH", path, {"title": "c"}),
            ("PUT", f"{path}/status", {"status": "done"}), ("PUT", f"{path}/assignee", {"assigneeId": "user_102"}),
            ("POST", f"{path}/comments", {"content": "b"}), ("PUT", f"{path}/comments/{comment}", {"content": "c"}),
            ("DELETE", f"{path}/comments/{comment}", None), ("POST", f"{path}/time-logs", {"minutes": 5}),
            ("DELETE", path, None),
        ]  # fmt: skip
        for method, where, body in writes:
            first = await send(jane, method, where, body)
            events = await recorded(ticket["id"])
            assert first.status < 300
            assert same(first, await send(jane, method, where, body)), (method, where)
            assert await recorded(ticket["id"]) == events

    async def test_what_was_read_before_is_not_kept_but_what_was_answered(
        self, jane: Client, send: AsyncCall[Any]
    ) -> None:
        first = await send(jane, "POST", TICKETS, NEW)
        await jane.put(f"{TICKETS}/{first.data['id']}", {"title": "Changed"})
        assert (await send(jane, "POST", TICKETS, NEW)).data["title"] == "Fix login"

    async def test_another_body_is_refused(self, jane: Client, send: AsyncCall[Any]) -> None:
        await send(jane, "POST", TICKETS, NEW)
        reply = await send(jane, "POST", TICKETS, {**NEW, "title": "Other"})
        assert (reply.status, reply.error["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
        assert (await jane.get(TICKETS)).total == 1

    async def test_a_key_counts_for_one_person_method_and_path(
        self, jane: Client, client: People, new_ticket: AsyncCall[Any], send: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        for who in (jane, client("john")):
            for method, path in (("PUT", f"{TICKETS}/WEB-1"), ("PATCH", f"{TICKETS}/WEB-1"), ("POST", TICKETS)):
                assert "idempotent-replayed" not in (await send(who, method, path, {"title": path})).headers

    async def test_errors_are_not_kept(
        self, jane: Client, client: People, new_ticket: AsyncCall[Any], send: AsyncCall[Any], db: Database
    ) -> None:
        await new_ticket()
        for who, method, path, body, status in (
            (jane, "POST", TICKETS, {"title": ""}, 400),
            (jane, "POST", TICKETS, {"title": "a", "projectId": "project_evil"}, 400),
            (client("victor"), "PUT", f"{TICKETS}/WEB-1", {"title": "a"}, 403),
            (client("eve"), "DELETE", f"{TICKETS}/WEB-1", None, 404),
        ):
            assert (await send(who, method, path, body)).status == status
        assert await db.read(lambda tx: tx.fetch_value(COUNT)) == 0
        assert (await send(jane, "POST", TICKETS, NEW)).status == 201

    async def test_without_a_key_nothing_is_kept(self, new_ticket: AsyncCall[Any], db: Database) -> None:
        await new_ticket()
        assert await db.read(lambda tx: tx.fetch_value(COUNT)) == 0

    def test_every_write_of_someone_takes_one(self) -> None:
        writes = [route for route in ROUTES if "GET" not in route.methods and takes_actor(route)]
        assert [route for route in writes if not takes_keys(route.provided, route.returns)] == []

    async def test_what_is_kept_of_the_body_cannot_be_guessed_without_the_key(
        self, jane: Client, send: AsyncCall[Any], db: Database
    ) -> None:
        for key in ("a", "b"):
            await send(jane, "POST", TICKETS, NEW, key=key)
        assert len(set(await db.read(lambda tx: tx.fetch_all(BODY_HASHES)))) == 2

    async def test_a_read_takes_no_notice_of_it(self, jane: Client, send: AsyncCall[Any]) -> None:
        assert (await send(jane, "GET", TICKETS, key="x" * 10_000)).status == 200

    async def test_it_is_the_same_after_a_restart(
        self, settings: Settings, app: Litestar, jane: Client, send: AsyncCall[Any], run_app: RunApp
    ) -> None:
        first = await send(jane, "POST", TICKETS, NEW)
        async with run_app(settings, has_cast=False, delivers=True) as again:
            late = Client(again, dict(jane.http.headers))
            assert same(first, await send(late, "POST", TICKETS, NEW))
            await late.http.aclose()

    async def test_what_is_kept_cannot_be_read_without_the_key(
        self, jane: Client, send: AsyncCall[Any], db: Database
    ) -> None:
        token = (await send(jane, "POST", "/api/user/tokens", {"name": "CI", "scopes": ["read"]})).data["token"]
        assert token.encode() not in await db.read(lambda tx: tx.fetch_value(KEPT))
        assert (await send(jane, "POST", "/api/user/tokens", {"name": "CI", "scopes": ["read"]})).data["token"] == token


class TestKey:
    @pytest.mark.parametrize(
        "key", ["", "x" * 256, "x" * 10_000, "é".encode(), "🦊".encode(), b"a\tb", b"\xff", b"a\x01"]
    )
    async def test_an_odd_one_is_refused(self, jane: Client, send: AsyncCall[Any], key: Any) -> None:
        reply = await send(jane, "POST", TICKETS, NEW, key=key)
        assert (reply.status, reply.error["code"]) == (400, "VALIDATION_ERROR")
        assert reply.details.keys() == {"Idempotency-Key"}
        assert (await jane.get(TICKETS)).total == 0

    @pytest.mark.parametrize(
        "key", ["x", "x" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "a b", "' OR 1=1 --", "%00"]
    )
    async def test_any_plain_one_is_taken(self, jane: Client, send: AsyncCall[Any], key: str) -> None:
        first, second = await send(jane, "POST", TICKETS, NEW, key=key), await send(jane, "POST", TICKETS, NEW, key=key)
        assert first.status == 201
        assert same(first, second)


class TestAtOnce:
    async def test_of_two_that_run_at_once_one_is_done(self, jane: Client, send: AsyncCall[Any]) -> None:
        replies = await asyncio.gather(*(send(jane, "POST", TICKETS, NEW) for _ in range(8)))
        done = [reply for reply in replies if reply.status == 201]
        waiting = [reply for reply in replies if reply.status == 409]
        assert len(done) + len(waiting) == len(replies)
        assert all((reply.error["code"], reply.headers["retry-after"]) == ("CONFLICT", "1") for reply in waiting)
        assert len({reply.data["id"] for reply in done}) == 1
        assert (await jane.get(TICKETS)).total == 1

    async def test_of_two_servers_too(
        self, settings: Settings, jane: Client, send: AsyncCall[Any], run_app: RunApp
    ) -> None:
        """Each server knows only its own running requests; the database decides."""
        keys = [str(number) for number in range(4)]
        async with run_app(settings, has_cast=False, delivers=True) as other:
            beside = Client(other, dict(jane.http.headers))
            sent = [send(who, "POST", TICKETS, NEW, key=key) for key in keys for who in (jane, beside)]
            replies = await asyncio.gather(*sent)
            await beside.http.aclose()
        assert [reply.status for reply in replies] == [201] * len(sent)
        assert all(
            first.response.content == second.response.content
            for first, second in zip(replies[::2], replies[1::2], strict=True)
        )
        assert (await jane.get(TICKETS)).total == len(keys)

    async def test_the_second_of_two_servers_waits_for_the_first(
        self, settings: Settings, app: Litestar, jane: Client, client: People, send: AsyncCall[Any]
    ) -> None:
        """What would be a conflict once the first is done is not one for who sends the same again."""
        other = create_app(settings, delivers=False)
        path, body = "/api/project/WEB/members", {"userId": "user_mia"}
        async with other.lifespan():
            ada = client("ada")
            beside = Client(other, dict(ada.http.headers))
            slow = SlowToCommit(app.state.database)
            app.state.database = slow
            first = asyncio.ensure_future(send(ada, "POST", path, body))
            await asyncio.to_thread(slow.has_written.wait)
            asked = other.state.database = AskedToWrite(other.state.database)
            second = asyncio.ensure_future(send(beside, "POST", path, body))
            await asked.event.wait()
            assert not second.done()
            slow.may_commit.set()
            replies = await asyncio.gather(first, second)
            app.state.database, other.state.database = slow.db, asked.db
            await beside.http.aclose()
        assert [reply.status for reply in replies] == [201, 201]
        assert ["idempotent-replayed" in reply.headers for reply in replies] == [False, True]
        assert replies[0].response.content == replies[1].response.content

    async def test_a_failure_lets_the_next_one_try(self, jane: Client, send: AsyncCall[Any]) -> None:
        assert (await send(jane, "POST", TICKETS, {"title": "a", "labelIds": ["label_evil"]})).status == 400
        assert (await send(jane, "POST", TICKETS, NEW)).status == 201


class SlowToCommit(ForwardingDatabase):
    """A database whose units wait at their end until they are told to go on."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.has_written = threading.Event()
        self.may_commit = threading.Event()

    async def write(self, unit: Unit[Any]) -> Any:
        async def slow(tx: Transaction) -> Any:
            result = await unit(tx)
            self.has_written.set()
            if self.dialect == "sqlite":  # in the thread that writes, which only it holds up
                self.may_commit.wait()
            else:
                await asyncio.to_thread(self.may_commit.wait)
            return result

        return await self.db.write(slow)


class AskedToWrite(ForwardingDatabase):
    """A database that tells when it is asked to run a unit that writes."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.event = asyncio.Event()

    async def write(self, unit: Unit[Any]) -> Any:
        self.event.set()
        return await self.db.write(unit)


class TestTime:
    async def test_after_a_day_the_key_is_new(self, jane: Client, send: AsyncCall[Any], db: Database) -> None:
        await send(jane, "POST", TICKETS, NEW)
        await db.write(lambda tx: tx.execute(SET_TIME, at=utc_now() - idempotency.KEPT_FOR))
        assert "idempotent-replayed" not in (await send(jane, "POST", TICKETS, {**NEW, "title": "Other"})).headers
        assert (await jane.get(TICKETS)).total == 2

    async def test_old_ones_go_with_the_next_one(self, jane: Client, send: AsyncCall[Any], db: Database) -> None:
        for key in range(3):
            await send(jane, "POST", TICKETS, NEW, key=str(key))

        async def age(tx: Transaction) -> None:
            await tx.execute(SET_TIME, at=tx.now - idempotency.KEPT_FOR)

        await db.write(age)
        await send(jane, "POST", TICKETS, NEW, key="new")
        assert await db.read(lambda tx: tx.fetch_value(COUNT)) == 1


class TestKill:
    def test_a_request_killed_in_flight_is_done_once(self, settings: Settings) -> None:
        environment = {**os.environ, **variables_of(settings)}
        run(environment, "demo", "--tickets", "1", "--projects", "1", "--people", "2")
        token = run(environment, "session", "demo@example.com").strip()
        bodies = {f"key-{n}": {"title": f"Ticket {n}"} for n in range(40)}
        for seconds in (0.02, 0.1):
            asyncio.run(send_all(environment, token, bodies, kill_after=seconds))
        replies = asyncio.run(send_all(environment, token, bodies))
        assert asyncio.run(send_all(environment, token, bodies)) == replies
        titles = [title for title in asyncio.run(titles_in(environment, token)) if title.startswith("Ticket ")]
        assert sorted(titles) == sorted(body["title"] for body in bodies.values())


def run(environment: dict[str, str], *arguments: str) -> str:
    return subprocess.run([CODIMIR, *arguments], env=environment, capture_output=True, text=True, check=True).stdout  # noqa: S603


async def send_all(
    environment: dict[str, str], token: str, bodies: dict[str, Any], kill_after: float | None = None
) -> dict[str, bytes]:
    """Send every body with its key to a server that is killed meanwhile; give the replies that came."""
    async with serving(environment, token) as (process, client):
        sent = {
            key: asyncio.ensure_future(client.post(TICKETS, json=body, headers={"idempotency-key": key}))
            for key, body in bodies.items()
        }
        if kill_after is not None:
            await asyncio.sleep(kill_after)
            process.kill()
        outcomes = await asyncio.gather(*sent.values(), return_exceptions=True)
    replies = dict(zip(sent, outcomes, strict=True))
    assert all(isinstance(reply, httpx.Response | httpx.TransportError) for reply in outcomes)
    return {key: reply.content for key, reply in replies.items() if isinstance(reply, httpx.Response)}


async def titles_in(environment: dict[str, str], token: str) -> list[str]:
    async with serving(environment, token) as (_, client):
        return [ticket["title"] for ticket in (await client.get(TICKETS, params={"limit": 100})).json()["data"]]


class serving:  # noqa: N801 - reads as a context
    """A server of our own, and a client of it."""

    def __init__(self, environment: dict[str, str], token: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [CODIMIR, "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True
        )
        cookies = {"cookie": f"next-auth.session-token={token}"}
        address = self.process.stdout.readline().split()[-1]
        self.client = httpx.AsyncClient(base_url=address, headers=cookies, timeout=60)

    async def __aenter__(self) -> Any:
        return self.process, self.client

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
