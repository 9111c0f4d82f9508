"""Every error has one shape, whatever went wrong and wherever."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.app import PROVIDERS, create_app
from codimir.authorization.actor import Actor
from codimir.config import Settings
from codimir.database.core import Database, Transaction, Unavailable
from codimir.database.statements import Statement, insert_into
from codimir.http.paging import Data
from codimir.http.routing import MAX_JSON_BYTES, AnyRoute, get, handlers, post
from codimir.kit.collation import name_keys
from codimir.model.groups import groups
from codimir.revisions.dispatch import choose_answer
from tests.calls import AsyncCall, RowCounts
from tests.clients import Client, People

JSON = {"content-type": "application/json"}
SECRET = "hunter2"
ADD_GROUP = insert_into(groups)


def group(tx: Transaction, group_id: str) -> dict[str, Any]:
    stamps = {"created_at": tx.now, "updated_at": tx.now, "deleted_at": None}
    return {
        "id": group_id,
        "workspace_id": "workspace_789",
        "name": "New",
        "description": None,
        **stamps,
        **name_keys("New"),
    }


@get("/test/defect")
async def fail(db: Database) -> Data[int]:
    """Break."""
    raise ZeroDivisionError(SECRET)


@post("/test/half-way")
async def fail_half_way(actor: Actor, db: Database) -> Data[int]:
    """Write, then break."""

    async def unit(tx: Transaction) -> None:
        await tx.execute(ADD_GROUP, **group(tx, "group_half"))
        raise ZeroDivisionError(SECRET)

    await db.write(unit)
    return Data(1)


@post("/test/wrong-sql")
async def ask_nonsense(db: Database) -> Data[int]:
    """Ask the database for what it does not have."""
    await db.read(lambda tx: tx.fetch_all(Statement(sa.select(sa.column("hunter2")).select_from(sa.table("nowhere")))))
    return Data(1)


@post("/test/twice")
async def collide(db: Database) -> Data[int]:
    """Write what exists."""
    await db.write(lambda tx: tx.execute(ADD_GROUP, **group(tx, "group_103")))
    return Data(1)


@get("/test/away")
async def be_away(db: Database) -> Data[int]:
    """Find the database away."""
    raise Unavailable(SECRET)


@pytest.fixture(scope="module")
def application() -> Litestar:
    """An application of its own, with routes that fail."""
    app = create_app(Settings())
    failing: list[AnyRoute] = [fail, fail_half_way, ask_nonsense, collide, be_away]
    for handler in handlers(failing, PROVIDERS, app.state.fair_share, choose_answer):
        app.register(handler)
    return app


class TestPath:
    @pytest.mark.parametrize(
        "path", ["/nope", "/api/nope", "/api", "/api/tickets/x/y/z", "/%2e%2e/etc/passwd", "/api\\x"]
    )
    async def test_unknown_path_is_not_found(self, client: People, jane: Client, path: str) -> None:
        for someone in (client(), jane):
            reply = await someone.get(path)
            assert (reply.status, reply.error["code"]) == (404, "NOT_FOUND")
            assert reply.error["message"].startswith("No such path: /")
            assert reply.headers["content-type"] == "application/json"

    async def test_endless_path_is_cut(self, jane: Client) -> None:
        reply = await jane.get("/" + "a" * 10_000)
        assert reply.status == 404
        assert len(reply.error["message"]) < 300

    async def test_slash_at_the_end_changes_nothing(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        assert (await jane.get(f"/api/tickets/{ticket['id']}/")).data["id"] == ticket["id"]
        assert (await jane.get("/api/tickets/")).total == 1

    @pytest.mark.parametrize("path", ["/api/tickets/a%00b", "/api/tickets/%FF", "/api/tickets/%C3%28"])
    async def test_id_that_is_no_text_is_refused(self, jane: Client, path: str, row_counts: RowCounts) -> None:
        before = await row_counts()
        for method, body in (("GET", None), ("PUT", {"title": "a"}), ("DELETE", None)):
            reply = await jane.request(method, path, body)
            assert reply.status == 400
            assert reply.details == {"ref": ["Must be UTF-8 without the NUL character"]}
        assert await row_counts() == before

    @pytest.mark.parametrize(
        "name",
        [
            "%zz",
            "%",
            "%2",
            "a" * 10_000,
            "'; DROP TABLE tickets; --",
            "🦊",
            "%F0%9F%A6%8A",
            "WEB-0",
            "WEB-99999999999999999999",
        ],
    )
    async def test_id_of_nothing_is_not_found(self, jane: Client, name: str) -> None:
        reply = await jane.get(f"/api/tickets/{name}")
        assert reply.body == {"error": {"code": "NOT_FOUND", "message": "Ticket not found"}}


class TestMethod:
    @pytest.mark.parametrize("method", ["POST", "TRACE", "BREW"])
    async def test_unsupported_one_is_named_with_what_is_allowed(self, jane: Client, method: str) -> None:
        reply = await jane.request(method, "/api/tickets/WEB-1")
        assert reply.body == {"error": {"code": "METHOD_NOT_ALLOWED", "message": "Method not allowed"}}
        assert (reply.status, reply.headers["allow"]) == (405, "DELETE, GET, HEAD, OPTIONS, PATCH, PUT")

    async def test_options_names_what_is_allowed(self, client: People) -> None:
        reply = await client().request("OPTIONS", "/api/tickets")
        assert (reply.status, reply.body, reply.headers["allow"]) == (204, None, "GET, HEAD, OPTIONS, POST")
        reply = await client().request("OPTIONS", "/api/tickets/WEB-1")
        assert reply.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"
        assert (await client().request("OPTIONS", "/api/nope")).error["code"] == "NOT_FOUND"

    async def test_head_answers_as_get_does(self, jane: Client, client: People, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        for someone, path in (
            (jane, "/api/tickets"),
            (jane, f"/api/tickets/{ticket['id']}"),
            (jane, "/api/tickets/x"),
            (client(), "/api/tickets"),
        ):
            head, full = await someone.http.head(path), await someone.http.get(path)
            assert (head.status_code, head.headers["content-length"]) == (full.status_code, str(len(full.content)))

    async def test_patch_is_put(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        reply = await jane.request("PATCH", f"/api/tickets/{ticket['id']}", {"priority": "high"})
        assert (reply.data["priority"], reply.data["title"]) == ("high", ticket["title"])


class TestBody:
    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    async def test_a_merge_patch_is_taken_where_a_write_merges(
        self, jane: Client, new_ticket: AsyncCall[Any], method: str
    ) -> None:
        ticket = await new_ticket(description="stays", dueDate="2026-12-01T00:00:00Z")
        kind = {"content-type": "application/merge-patch+json; charset=utf-8"}
        content = b'{"title":"other","dueDate":null}'
        reply = await jane.request(method, f"/api/tickets/{ticket['id']}", content=content, headers=kind)
        assert reply.status == 200
        fields = [reply.data[name] for name in ("title", "description", "dueDate")]
        assert fields == ["other", "stays", None]

    async def test_but_not_where_something_is_made(self, jane: Client) -> None:
        kind = {"content-type": "application/merge-patch+json"}
        reply = await jane.request("POST", "/api/tickets", content=b'{"title":"a"}', headers=kind)
        assert reply.status == 415
        assert "application/json" in reply.error["message"]

    @pytest.mark.parametrize(
        "kind",
        [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/json",
            "",
            ";",
            "json",
        ],
    )
    async def test_wrong_kind_is_refused(self, jane: Client, kind: str, row_counts: RowCounts) -> None:
        before = await row_counts()
        reply = await jane.request("POST", "/api/tickets", content=b'{"title":"a"}', headers={"content-type": kind})
        assert (reply.status, reply.error["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
        assert await row_counts() == before

    @pytest.mark.parametrize(
        "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]
    )
    async def test_json_is_taken(self, jane: Client, kind: str) -> None:
        reply = await jane.request("POST", "/api/tickets", content=b'{"title":"a"}', headers={"content-type": kind})
        assert reply.status == 201

    async def test_largest_is_taken_and_one_more_byte_is_not(self, jane: Client, row_counts: RowCounts) -> None:
        before = await row_counts()
        body = b'{"title":"a"}'.ljust(MAX_JSON_BYTES + 1)
        reply = await jane.request("POST", "/api/tickets", content=body, headers=JSON)
        assert (reply.status, reply.error["code"]) == (413, "PAYLOAD_TOO_LARGE")
        assert await row_counts() == before
        assert (await jane.request("POST", "/api/tickets", content=body[:-1], headers=JSON)).status == 201

    async def test_endless_one_is_read_no_further_than_the_limit(self, jane: Client) -> None:
        sent = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal sent
            while True:
                sent += 2**20
                yield b" " * 2**20

        reply = await jane.request("POST", "/api/tickets", content=endless(), headers=JSON)
        assert (reply.status, reply.error["code"]) == (413, "PAYLOAD_TOO_LARGE")
        assert sent <= MAX_JSON_BYTES + 2 * 2**20

    async def test_stranger_is_refused_before_the_body_is_read(self, client: People) -> None:
        async def unread() -> AsyncIterator[bytes]:
            pytest.fail("it was read")
            yield b""

        assert (await client().request("POST", "/api/tickets", content=unread(), headers=JSON)).status == 401

    async def test_body_of_a_read_is_ignored(self, jane: Client) -> None:
        assert (await jane.request("GET", "/api/tickets", content=b"\xff{", headers=JSON)).status == 200

    async def test_garbage_in_content_length_is_refused(self, jane: Client) -> None:
        reply = await jane.request("POST", "/api/tickets", content=b"{}", headers={**JSON, "content-length": "many"})
        assert reply.error["code"] == "VALIDATION_ERROR"


class TestHeaders:
    @pytest.mark.parametrize(
        "name", ["authorization", "cookie", "accept", "user-agent", "x-forwarded-for", "if-none-match"]
    )
    async def test_bytes_that_are_no_text_break_nothing(self, client: People, name: str) -> None:
        for value in (b"\xff\xfe", b"Bearer \xff", b"next-auth.session-token=\xff\xed\xa0\x80", b'"', b"%00%ff"):
            reply = await client().request("GET", "/api/tickets", headers={name: value})
            assert (reply.status, reply.error["code"]) == (401, "UNAUTHORIZED")

    async def test_impossible_host_is_refused(self, jane: Client) -> None:
        reply = await jane.request("GET", "/api/tickets", headers={"host": "a b/c"})
        assert (reply.status, reply.error["code"]) == (400, "VALIDATION_ERROR")


class TestDefect:
    @pytest.mark.parametrize(
        ("method", "path"), [("GET", "/test/defect"), ("POST", "/test/half-way"), ("POST", "/test/wrong-sql")]
    )
    async def test_reply_leaks_nothing_and_the_log_has_everything(
        self, jane: Client, method: str, path: str, caplog: pytest.LogCaptureFixture, row_counts: RowCounts
    ) -> None:
        before = await row_counts()
        reply = await jane.request(method, path)
        assert (reply.status, reply.error["code"]) == (500, "INTERNAL_ERROR")
        request_id = reply.headers["x-request-id"]
        assert reply.details == {"requestId": request_id}
        assert SECRET not in reply.response.text
        [entry] = [entry for entry in caplog.records if entry.name == "codimir"]
        assert entry.levelno == logging.ERROR
        assert request_id in entry.getMessage()
        assert path in entry.getMessage()
        assert SECRET in caplog.text
        assert "Traceback" in caplog.text
        assert await row_counts() == before

    async def test_each_has_its_own_id(self, jane: Client) -> None:
        ids = {(await jane.get("/test/defect")).headers["x-request-id"] for _ in range(3)}
        assert len(ids) == 3

    async def test_path_begins_no_line_of_the_log(self, jane: Client, caplog: pytest.LogCaptureFixture) -> None:
        await jane.get("/test/defect/%0Aforged")
        await jane.get("/test/defect?a=%0Aforged")
        assert "\nforged" not in caplog.text


class TestDatabaseErrors:
    async def test_collision_is_a_conflict(self, jane: Client, row_counts: RowCounts) -> None:
        before = await row_counts()
        reply = await jane.post("/test/twice")
        assert reply.status == 409
        assert reply.body == {
            "error": {"code": "CONFLICT", "message": "This conflicts with something that already exists"}
        }
        assert await row_counts() == before

    async def test_database_that_is_away_says_when_to_try_again(
        self, jane: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        reply = await jane.get("/test/away")
        assert (reply.status, reply.error["code"]) == (503, "UNAVAILABLE")
        assert int(reply.headers["retry-after"]) > 0
        assert SECRET not in reply.response.text
        assert SECRET in caplog.text
