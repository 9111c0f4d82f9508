"""Every name and title is one line, by one rule."""

import re
from typing import Any

import pytest

from codimir.http.validation import ONE_LINE
from codimir.kit.lines import as_one_line, is_one_line
from codimir.problems.sentences import SENTENCES
from tests.calls import AsyncCall
from tests.clients import Client, People

FIELDS = [
    ("POST", "/api/tickets", "title", {"projectId": "WEB"}),
    ("PUT", "/api/tickets/WEB-1", "title", {}),
    ("POST", "/api/projects", "name", {"key": "NEW"}),
    ("PUT", "/api/project/WEB", "name", {}),
    ("POST", "/api/labels", "name", {}),
    ("PUT", "/api/labels/label_1", "name", {}),
    ("POST", "/api/groups", "name", {}),
    ("PUT", "/api/groups/group_103", "name", {}),
    ("POST", "/api/workspaces", "name", {}),
    ("PUT", "/api/workspaces/acme", "name", {}),
    ("POST", "/api/user/tokens", "name", {"scopes": ["read"]}),
    ("PUT", "/api/user/profile", "name", {}),
    ("PUT", "/api/user/profile", "firstName", {}),
]
WRONG_ONES = ["a\nb", "a\rb", "a\tb", "a\x07b", "a\x1b[31mb", "a\x7fb", "a\x85b", "a\u2028b", "a\u202eb", "a\u2066b"]
RIGHT_ONES = [
    "\u05d0\u200fb", "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "e\u0301", "a\u00a0b", "\u3000a",
]  # fmt: skip
"""A mark of direction, the joiners of Persian and of emoji, an accent, and spaces of other widths."""


class TestEveryName:
    @pytest.mark.parametrize(("method", "path", "field", "more"), FIELDS)
    async def test_it_is_one_line(
        self, client: People, new_ticket: AsyncCall[Any], method: str, path: str, field: str, more: Any
    ) -> None:
        await new_ticket()
        ada = client("ada")
        for text in WRONG_ONES:
            reply = await ada.request(method, path, {field: text, **more})
            assert (reply.status, reply.details) == (400, {field: [SENTENCES["not_one_line"]]}), repr(text)
        for text in RIGHT_ONES[-1:] if method == "POST" else RIGHT_ONES:
            reply = await ada.request(method, path, {field: text, **more})
            assert (reply.status, reply.data[field]) == (200 if method == "PUT" else 201, text.strip()), repr(text)

    async def test_a_quick_line_that_was_pasted_with_breaks_is_one(self, jane: Client) -> None:
        reply = await jane.post("/api/tickets/quick", {"text": "Fix\nthe\tlogin !high", "projectId": "WEB"})
        assert (reply.status, reply.data["title"], reply.data["priority"]) == (201, "Fix the login", "high")
        reply = await jane.post("/api/tickets/quick", {"text": "Fix \u202elogin", "projectId": "WEB"})
        assert (reply.status, list(reply.details)) == (400, ["text"])


class TestRule:
    def test_the_api_document_says_the_same(self) -> None:
        told = re.compile(ONE_LINE)
        for point in range(0x3000):
            text = f"a{chr(point)}b"
            assert bool(told.search(text)) is is_one_line(text), hex(point)

    def test_what_cannot_stand_in_a_line_is_left_out(self) -> None:
        assert as_one_line(" a\n\tb\u202ec\x1b[31m\u2066 ") == "a bc[31m"
