"""Whatever is sent, the answer says what is wrong and nothing changes half-way."""

import json
import re
from typing import Any
from urllib.parse import quote

import anyio
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from litestar import Litestar

from codimir.app import ROUTES
from tests.calls import AsyncCall, RowCounts
from tests.clients import Client

JSON = {"content-type": "application/json"}
DEEP = 100_000
TICKET_FIELDS = (
    "title", "description", "type", "status", "priority", "stage", "projectId", "assigneeId", "groupId", "dueDate",
    "labelIds",
)  # fmt: skip


class TestRawBody:
    @pytest.mark.parametrize(
        "raw",
        [
            b"", b"null", b"[]", b"[1]", b'"a"', b"1", b"{", b"{}", b'{"title":"\xff"}', b'{"title":"a\x00b"}',
            b'{"title":"a\\u0000b"}',
            b'{"title":"\\ud800"}', b'{"title":"\\udc00\\ud800"}', b'{"title":"\xed\xa0\x80"}', b'{"title":1e400}',
            b'{"title":%s}' % (b"9" * 401), b'{"title":NaN}', b'{"title":"a"} {}', b'{"title":"a","colour":1}',
            b"[" * DEEP, b'{"title":' + b"[" * DEEP + b"]" * DEEP + b"}", b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        ],
        ids=lambda raw: repr(raw[:24]),
    )  # fmt: skip
    async def test_broken_one_changes_nothing(
        self, jane: Client, new_ticket: AsyncCall[Any], raw: bytes, row_counts: RowCounts
    ) -> None:
        ticket = await new_ticket()
        before = await row_counts()
        for method, path in (("POST", ""), ("PUT", f"/{ticket['id']}/status"), ("PUT", f"/{ticket['id']}/assignee")):
            reply = await jane.request(method, f"/api/tickets{path}", content=raw, headers=JSON)
            assert (reply.status, reply.error["code"]) == (400, "VALIDATION_ERROR")
            assert reply.details
        assert await row_counts() == before
        assert (await jane.get(f"/api/tickets/{ticket['id']}")).data == ticket

    async def test_last_of_fields_of_one_name_counts(self, jane: Client) -> None:
        reply = await jane.request("POST", "/api/tickets", content=b'{"title":"a","title":"b"}', headers=JSON)
        assert reply.data["title"] == "b"

    async def test_byte_order_mark_is_skipped(self, jane: Client) -> None:
        raw = b'\xef\xbb\xbf{"title":"a"}'
        assert (await jane.request("POST", "/api/tickets", content=raw, headers=JSON)).data["title"] == "a"

    async def test_every_character_of_unicode_comes_back(self, jane: Client) -> None:
        text = "".join(chr(point) for point in range(1, 0x110000, 7) if not 0xD800 <= point < 0xE000)
        reply = await jane.post("/api/tickets", {"title": "a\u200eb\u200d🦊\u0301", "description": text})
        assert (reply.data["title"], reply.data["description"]) == ("a\u200eb\u200d🦊\u0301", text)


class TestTicketFields:
    @pytest.mark.parametrize("field", TICKET_FIELDS)
    async def test_nul_is_refused_when_created_and_when_changed(
        self, jane: Client, new_ticket: AsyncCall[Any], field: str, row_counts: RowCounts
    ) -> None:
        ticket = await new_ticket()
        before = await row_counts()
        value: Any = ["label\0"] if field == "labelIds" else "a\0b"
        for reply in (
            await jane.post("/api/tickets", {"title": "a", field: value}),
            await jane.put(f"/api/tickets/{ticket['id']}", {field: value}),
        ):
            assert reply.status == 400
            assert reply.details.keys() == {field}
        assert await row_counts() == before

    async def test_everything_wrong_is_named_at_once(self, jane: Client, row_counts: RowCounts) -> None:
        before = await row_counts()
        body = {
            "title": " ", "description": 1, "type": "STORY", "status": "open", "priority": 1, "stage": [],
            "projectId": "project_evil",
            "dueDate": "2024-02-30T00:00:00Z", "labelIds": "label_1", "_count": {}, "reporterId": "user_101",
        }  # fmt: skip
        reply = await jane.post("/api/tickets", body)
        assert reply.details.keys() == body.keys()
        assert await row_counts() == before

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("projectId", "project_evil"), ("projectId", "EVIL"), ("assigneeId", "user_eve"), ("groupId", "group_evil"),
            ("labelIds", ["label_evil"]), ("labelIds", ["label_1", "label_sec"]), ("projectId", "a" * 10_000),
            ("assigneeId", ""), ("groupId", "' OR 1=1 --"), ("labelIds", ["label_1"] * 101),
        ],
    )  # fmt: skip
    async def test_what_is_not_theirs_is_invalid(
        self, jane: Client, new_ticket: AsyncCall[Any], field: str, value: Any, row_counts: RowCounts
    ) -> None:
        ticket = await new_ticket()
        before = await row_counts()
        for reply in (
            await jane.post("/api/tickets", {"title": "a", "projectId": "WEB", field: value}),
            await jane.put(f"/api/tickets/{ticket['id']}", {"title": "changed", field: value}),
        ):
            assert (reply.status, reply.details.keys()) == (400, {field})
        assert await row_counts() == before
        assert (await jane.get(f"/api/tickets/{ticket['id']}")).data == ticket

    async def test_workspace_of_others_is_invalid(self, jane: Client, row_counts: RowCounts) -> None:
        before = await row_counts()
        reply = await jane.post("/api/tickets", {"title": "a", "workspaceId": "workspace_globex"})
        assert reply.details == {"workspaceId": ["Invalid workspace ID"]}
        assert await row_counts() == before

    async def test_foreign_and_missing_look_the_same(self, jane: Client) -> None:
        for field in ("projectId", "assigneeId", "groupId", "workspaceId"):
            foreign = {"projectId": "project_evil", "assigneeId": "user_eve", "groupId": "group_evil"}.get(
                field, "workspace_globex"
            )
            theirs = await jane.post("/api/tickets", {"title": "a", field: foreign})
            nobodys = await jane.post("/api/tickets", {"title": "a", field: "nothing"})
            assert theirs.body == nobodys.body


class TestQuery:
    @pytest.mark.parametrize("name", ["project", "workspace", "group", "label", "assignee", "reporter"])
    async def test_foreign_filter_is_invalid(self, jane: Client, name: str) -> None:
        foreign = {
            "project": "project_evil", "workspace": "workspace_globex", "group": "group_evil", "label": "label_evil",
        }.get(name, "user_eve")  # fmt: skip
        theirs, nobodys = (
            await jane.get("/api/tickets", **{name: foreign}),
            await jane.get("/api/tickets", **{name: "x"}),
        )
        assert theirs.status == 400
        assert theirs.details.keys() == {name}
        assert theirs.body == nobodys.body

    WRONG = (
            ("page=0", "page"), ("page=-1", "page"), ("page=99999999999999999999", "page"), ("limit=101", "limit"),
            ("limit=", None),
            ("sort=dueDate", "sort"), ("order=up", "order"), ("status=open", "status"), ("search=%00", "search"),
            ("assignee=%00", "assignee"), ("search=%ff", "query"), ("page=1&page=2", "page"), ("serch=a", "serch"),
            ("&".join(f"a{i}=1" for i in range(500)), "query"), ("%00=1", "\0"), ("page=1000000000", None),
            ("project=" + "a," * 2_000, "project"), ("status=todo,todo,,todo", None), ("=", ""),
    )  # fmt: skip

    async def test_wrong_parameter_is_named(self, jane: Client) -> None:
        for query, wrong in self.WRONG:
            reply = await jane.request("GET", f"/api/tickets?{query}")
            assert reply.status == (200 if wrong is None else 400), query
            assert wrong is None or reply.details.keys() == {wrong}


# What is thrown at every route: names that it knows and names that it does not, values that fit and values that do not.
NAMES = sorted(
    {
        field.encode_name
        for route in ROUTES
        for shape in (route.body, route.query)
        if shape is not None and issubclass(shape, msgspec.Struct)
        for field in msgspec.structs.fields(shape)
    }
)
IDS = (
    "WEB-1", "web-1", "SEC-1", "EVIL-1", "user_101", "user_eve", "project_456", "project_evil", "workspace_789",
    "label_1",
    "label_evil", "group_103", "group_evil", "me", "none", "ticket_x", "0", "..", "\u2028", "🦊",
)  # fmt: skip
WORDS = (
    "done", "todo,done", "high", "BUG", "week", "2024-02-15T00:00:00Z", "2024-02-30", "-1", "1e400", "'", '"', "%",
    "\\", "\0", "*",
    "a OR b", "(", "NEAR/2", "<script>", "[", "true", "null",
)  # fmt: skip
TEXTS = st.one_of(st.sampled_from(IDS), st.sampled_from(WORDS), st.text(max_size=30))
SCALARS = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(), st.floats())
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))
OBJECTS = st.dictionaries(st.sampled_from(NAMES) | TEXTS, VALUES, max_size=5)
BODIES = st.one_of(
    OBJECTS.map(lambda value: json.dumps(value).encode()),
    VALUES.map(lambda v: json.dumps(v).encode()),
    st.binary(max_size=40),
)
QUERIES = st.lists(st.tuples(st.sampled_from(NAMES) | TEXTS, TEXTS), max_size=4)
KINDS = st.sampled_from(("application/json",) * 6 + ("text/plain", "multipart/form-data; boundary=x", "\x7f"))


ENDLESS = ("/api/events/stream", "GET")
"""What is answered for as long as somebody listens."""


class TestFuzz:
    @settings(
        max_examples=200,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        which=st.integers(0, 10_000), places=st.lists(TEXTS, min_size=4, max_size=4), query=QUERIES, body=BODIES,
        kind=KINDS
    )  # fmt: skip
    async def test_no_request_breaks_a_route(
        self, app: Litestar, jane: Client, which: int, places: list[str], query: Any, body: bytes, kind: str
    ) -> None:
        routes = sorted({(route.path_format, method) for route in app.routes for method in route.methods} - {ENDLESS})
        template, method = routes[which % len(routes)]
        path = re.sub(r"{\w+}", lambda _: quote(places.pop(), safe=""), template)
        with anyio.fail_after(60):
            response = await jane.http.request(
                method, path, params=query, content=body, headers={b"content-type": kind.encode()}
            )
        assert response.status_code < 500, response.text
        if (
            response.status_code >= 400
            and method != "HEAD"
            and template.startswith("/api/")
            and "/auth/" not in template
        ):
            error = response.json()["error"]
            assert error.keys() <= {"code", "message", "details"}
            assert all(isinstance(part, str) for part in (error["code"], error["message"]))
