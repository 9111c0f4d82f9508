"""What the API document says of a field or a parameter is what the server takes, and nothing else."""

from typing import Any

import jsonschema_rs
import msgspec
import pytest

from codimir.accounts.tokens.schemas import TokenCreate
from codimir.app import ROUTES
from codimir.http.errors import InvalidInput
from codimir.http.headers import MAX_IDEMPOTENCY_KEY
from codimir.http.validation import parse_body, parse_query
from codimir.labels.schemas import LabelCreate
from codimir.projects.schemas import ProjectUpdate
from codimir.tickets.date_ranges import DUE_PATTERN, SPAN_PATTERN
from codimir.tickets.schemas import TicketListQuery, TicketUpdate
from codimir.users.schemas import PreferencesUpdate, ProfileUpdate, UserCreate
from codimir.webhooks.schemas import WebhookUpdate
from codimir.workspaces.schemas import WorkspaceUpdate
from tests.calls import AsyncCall
from tests.clients import Client
from tests.documented import CONTENT, OPERATIONS

GOOD: dict[str, Any] = {
    "title": (TicketUpdate, ["Fix login", "x", "\U0001f98a", "x" * 255]),
    "name": (ProjectUpdate, ["Website", "x" * 255]),
    "key": (ProjectUpdate, ["WEB", "ab", "A1", "ABCDEFGHIJ"]),
    "slug": (WorkspaceUpdate, ["acme", "a", "a-1-b", "ACME"]),
    "color": (LabelCreate, ["#d73a4a", "#FFFFFF"]),
    "timezone": (PreferencesUpdate, ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+12"]),
    "language": (PreferencesUpdate, ["en", "pt-BR", "zh-Hant-TW"]),
    "image": (ProfileUpdate, ["https://example.com/jane.jpg", "/pictures/1", "/", None]),
    "email": (UserCreate, ["jane@example.com", "jane+x@localhost", "zoë@exämple.com", "a@example*"]),
    "secret": (WebhookUpdate, ["sixteen letters.", "x" * 256]),
    "events": (WebhookUpdate, [["*"], ["ticket.created", "comment.created"]]),
    "scopes": (TokenCreate, [["read"], ["read", "write", "admin"]]),
}
BAD: dict[str, Any] = {
    "title": ["", " ", "\t\n", "\x1c", "\x85", "\u2003", "x" * 256],
    "name": ["", " ", "\x1c", "x" * 256],
    "key": ["", "A", "1A", "ABCDEFGHIJK", "A-B", "Ä1", None, 1],
    "slug": ["", "-", "a--b", "-a", "a b", "x" * 51, "ä"],
    "color": ["", "red", "#12345", "#1234567", "#gggggg", "#d73a4a\n"],
    "timezone": ["", "/Berlin", "Europe/", "Europe Berlin", "x" * 65],
    "language": ["", "e", "english", "EN", "en_GB", "en-"],
    "image": ["", "javascript:1", "//example.com/x", "example.com/x.png", "ftp://example.com"],
    "email": [
        "",
        "jane",
        "@example.com",
        "jane@",
        "a b@example.com",
        "a@b@c",
        "a@b..c",
        "a\x1a@b",
        "a@b\u200b",
        "x" * 65 + "@example.com",
    ],
    "secret": ["", "short", "x" * 257, "sixteen lettersü"],
    "events": [[], [""], ["ticket.create"], ["ticket.created", 1]],
    "scopes": [[], ["all"], ["read"] * 4],
}
OTHERS: dict[Any, dict[str, Any]] = {
    LabelCreate: {"name": "bug"},
    UserCreate: {"name": "Jane", "email": "jane@example.com"},
    TokenCreate: {"name": "Build", "scopes": ["read"]},
}
SPANS = ["2024-02-15", "today", "2024-02-01..2024-02-15", "2024-02-01..", "..7d", "-30d..now", "today..2024-02-15",
         "2024-02-15T12:00:00Z..now", "2024-02-15T12:00:00.5+01:00.."]  # fmt: skip
NO_SPANS = ["now", "7d", "..", "2024", "15.02.2024", "2024-13-01", "2024-02-15...", "10000d..", "tomorrow", "20240215"]
KEYS = ["a", "b3f1c7a0-5d0e-4c55-9a53-2f0d1c6f7e11", "x y", "~" * MAX_IDEMPOTENCY_KEY]
NO_KEYS = ["", "é", "x" * (MAX_IDEMPOTENCY_KEY + 1), "a\tb"]


def is_described(schema: Any, value: Any) -> bool:
    """Say whether a value is what a schema of the document describes."""
    return bool(jsonschema_rs.is_valid({**schema, "components": CONTENT["components"]}, value, validate_formats=True))


def is_taken(shape: Any, body: Any) -> bool:
    """Say whether the server takes a body."""
    try:
        parse_body(shape, msgspec.json.encode(body))
    except InvalidInput:
        return False
    return True


class TestFields:
    @pytest.mark.parametrize("name", GOOD)
    def test_what_is_described_is_taken(self, name: str) -> None:
        shape, values = GOOD[name]
        for value in values:
            body = {**OTHERS.get(shape, {}), name: value}
            assert is_described(CONTENT["components"]["schemas"][shape.__name__], body), body
            assert is_taken(shape, body), body

    @pytest.mark.parametrize("name", BAD)
    def test_what_is_not_described_is_refused(self, name: str) -> None:
        shape, _ = GOOD[name]
        for value in BAD[name]:
            body = {**OTHERS.get(shape, {}), name: value}
            assert not is_described(CONTENT["components"]["schemas"][shape.__name__], body), body
            assert not is_taken(shape, body), body

    def test_nothing_that_is_said_of_a_field_is_lost(self) -> None:
        lost = []
        for shape in {route.body for route in ROUTES if route.body} | {route.query for route in ROUTES if route.query}:
            described = msgspec.json.schema(shape)["$defs"][shape.__name__]["properties"]
            for field in msgspec.structs.fields(shape):
                said = str(described[field.encode_name])
                for part in extras_in(field.type):
                    lost += [
                        (shape.__name__, field.name, key)
                        for key, value in part.items()
                        if f"{key!r}: {value!r}" not in said
                    ]
        assert lost == []


def extras_in(kind: Any) -> list[dict[str, Any]]:
    """Collect what is said of a type for the document by hand."""
    own = [meta.extra_json_schema for meta in getattr(kind, "__metadata__", ()) if meta.extra_json_schema]
    parts = (kind.__origin__,) if hasattr(kind, "__metadata__") else getattr(kind, "__args__", ())
    return own + [extra for part in parts for extra in extras_in(part)]


class TestQuery:
    def test_an_empty_parameter_counts_as_absent_and_the_document_says_where(self) -> None:
        for name, operation in OPERATIONS.items():
            for parameter in operation.get("parameters", []):
                if parameter.get("in") == "query":
                    assert parameter.get("allowEmptyValue", False) != parameter["required"], (name, parameter["name"])
        empty = "&".join(f"{field.encode_name}=" for field in msgspec.structs.fields(TicketListQuery))
        assert parse_query(TicketListQuery, empty.encode()) == TicketListQuery()

    @pytest.mark.parametrize("text", ["null", "NULL", "17", "0.5", "2024"])
    async def test_a_moment_is_a_timestamp_and_no_number(self, jane: Client, text: str) -> None:
        reply = await jane.get("/api/tickets", asOf=text)
        assert reply.status == 400
        assert list(reply.details) == ["asOf"]

    async def test_null_is_a_word_to_search_for(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket(title="A null pointer")
        await new_ticket(title="Fix login")
        assert (await jane.get("/api/tickets", search="null")).total == 1

    @pytest.mark.parametrize("name", ["due", "created"])
    def test_spans_are_described_as_they_are_read(self, name: str) -> None:
        schema = {"type": "string", "pattern": DUE_PATTERN if name == "due" else SPAN_PATTERN}
        for text in SPANS:
            assert is_described(schema, text), text
            parse_query(TicketListQuery, f"{name}={text.replace('+', '%2B')}".encode())
        for text in NO_SPANS:
            assert not is_described(schema, text), text
            with pytest.raises(InvalidInput):
                parse_query(TicketListQuery, f"{name}={text}".encode())

    def test_what_is_due_has_two_words_of_its_own(self) -> None:
        for text in ("overdue", "none"):
            assert is_described({"pattern": DUE_PATTERN}, text)
            assert not is_described({"pattern": SPAN_PATTERN}, text)


class TestIdempotencyKey:
    @pytest.mark.parametrize("key", [*KEYS, *NO_KEYS])
    async def test_what_is_described_is_taken_and_nothing_else(self, jane: Client, key: str) -> None:
        schema = CONTENT["components"]["parameters"]["IdempotencyKey"]["schema"]
        headers = [(b"idempotency-key", key.encode())]
        reply = await jane.request("POST", "/api/tickets", {"title": "Fix login"}, headers=dict(headers))
        assert (reply.status == 201) == is_described(schema, key) == (key in KEYS)
