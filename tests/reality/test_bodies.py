"""Any body of the corpus goes through the API and the page, back and forth, and nothing of it changes on the way."""

import csv
import io
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from html import unescape
from typing import Any

import pytest

from codimir.kit.newlines import normalize_newlines
from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People
from tests.reality.bodies import TITLES, body_of
from tests.reality.cast import CAST
from tests.reality.forms import Form, form_of

BODIES = [body_of(seed) for seed in range(30)]
HTML = {"accept": "text/html"}
AUDIT = "/api/workspaces/workspace_789/audit/export"
RAW = re.compile(r"<!--|\]\(|\*\*|```|~~~|\|\s*:?-{2}|\[\^\d|</?(?:details|summary|kbd|img|br)\b|- \[[ xX]\]|##|\n")
"""What only Markdown is."""
SPACE = re.compile(r"\s+")

pytestmark = pytest.mark.usefixtures("humans")


def kept(text: str) -> str:
    return normalize_newlines(text)


async def read(someone: Any, path: str) -> str:
    reply = await someone.http.get(path, headers=HTML)
    assert reply.status_code == 200, path
    return str(reply.text)


async def description_form(someone: Any, ticket: Any) -> Form:
    page = await read(someone, f"/tickets/{ticket['id']}")
    return form_of(page, f"/tickets/{ticket['key']}/edit", field="description")


async def description_of(someone: Any, ticket: Any) -> str:
    return str((await someone.get(f"/api/tickets/{ticket['id']}")).data["description"])


async def send(someone: Any, form: Form, **changed: str) -> Any:
    return await someone.http.post(form.action, data=form.sent(**changed), headers=HTML)


@pytest.fixture
async def tickets(new_ticket: AsyncCall[Any]) -> list[Any]:
    """A ticket of each body, made by the API."""
    return [await new_ticket(title=f"Body {seed}", description=text) for seed, text in enumerate(BODIES)]


class TestDescriptions:
    async def test_the_page_edits_exactly_what_the_api_took(self, jane: Client, tickets: list[Any]) -> None:
        for text, ticket in zip(BODIES, tickets, strict=True):
            assert ticket["description"] == kept(text)
            values = (await description_form(jane, ticket)).values
            assert (values["seen"], values["value"]) == (kept(text), kept(text)), text

    async def test_saved_as_it_is_it_is_no_change(self, jane: Client, tickets: list[Any], recorded: Recorded) -> None:
        for ticket in tickets:
            assert (await send(jane, await description_form(jane, ticket))).status_code == 303
            assert [kind for kind, _ in await recorded(ticket["id"])] == ["ticket.created"], ticket["description"]

    async def test_page_and_api_take_turns(self, jane: Client, tickets: list[Any]) -> None:
        for ticket in tickets:
            text = ticket["description"]
            assert (await send(jane, await description_form(jane, ticket), value=f"{text}\nPage")).status_code == 303
            assert await description_of(jane, ticket) == f"{text}\nPage"
            await jane.put(f"/api/tickets/{ticket['id']}", {"description": f"\r\nAPI\r{text}"})
            assert (await send(jane, await description_form(jane, ticket), value=f"\n{text}")).status_code == 303
            assert await description_of(jane, ticket) == f"\n{text}"

    async def test_two_who_write_at_once_both_keep_their_text(
        self, jane: Client, client: People, tickets: list[Any], recorded: Recorded
    ) -> None:
        for ticket in tickets[::3]:
            text, path = ticket["description"], f"/api/tickets/{ticket['id']}"
            began = await description_form(jane, ticket)
            await client("john").put(path, {"description": f"Theirs\r\n{text}"})
            conflict = await send(jane, began, value=f"Mine\n{text}")
            assert conflict.status_code == 409
            theirs = form_of(conflict.text, began.action, value=f"Theirs\n{text}")
            mine = form_of(conflict.text, began.action, value=f"Mine\n{text}")
            assert (await send(jane, theirs)).status_code == 303
            assert await description_of(jane, ticket) == f"Theirs\n{text}"
            assert (await send(jane, mine)).status_code == 303
            assert await description_of(jane, ticket) == f"Mine\n{text}"
            assert len(await recorded(ticket["id"])) == 3

    async def test_what_was_changed_comes_back_by_undo_and_is_seen_as_of_then(
        self, jane: Client, tickets: list[Any]
    ) -> None:
        for ticket in tickets[::3]:
            path = f"/api/tickets/{ticket['id']}"
            changed = (await jane.put(path, {"description": "Other"})).data
            event = (await jane.get(f"{path}/history")).data[0]
            assert event["changes"]["description"] == [ticket["description"], "Other"]
            assert (await jane.post(f"/api/events/{event['id']}/undo")).status == 200
            assert await description_of(jane, ticket) == ticket["description"]
            for moment, text in ((ticket["createdAt"], ticket["description"]), (changed["updatedAt"], "Other")):
                assert (await jane.get(path, asOf=moment)).data["description"] == text

    async def test_the_preview_shows_what_will_stand_there(self, jane: Client, tickets: list[Any]) -> None:
        for ticket in tickets[::2]:
            preview = await jane.http.post("/markdown", data={"text": ticket["description"].replace("\n", "\r\n")})
            page = await read(jane, f"/tickets/{ticket['id']}")
            written = re.search(r'<div class="prose"[^>]*>(.*?)</div>\s*<details class="edits"', page, re.DOTALL)
            assert written is not None
            shown = re.sub(r' disabled=""| data-line="\d+"', "", written[1])
            assert shown in re.sub(r' disabled=""| data-line="\d+"', "", preview.text)


class TestComments:
    async def test_the_page_edits_exactly_what_was_written(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        path = "/api/tickets/WEB-1/comments"
        for number, text in enumerate(BODIES[::2]):
            if number % 2:
                comment = (await jane.post(path, {"content": text})).data
            else:
                form = form_of(await read(jane, "/tickets/WEB-1"), "/tickets/WEB-1/comments")
                assert (await send(jane, form, content=text)).status_code == 303
                comment = (await jane.get("/api/tickets/WEB-1")).data["comments"][-1]
            assert comment["content"] == kept(text)
            form = form_of(await read(jane, "/tickets/WEB-1"), f"/tickets/WEB-1/comments/{comment['id']}")
            assert form.values["content"] == kept(text)
            assert (await send(jane, form)).status_code == 303
            assert "edited" not in (await read(jane, "/tickets/WEB-1")), text
            await send(jane, form, content=f"{form.values['content']}\nMore")
            stored = (await jane.get(f"{path}/{comment['id']}")).data["content"]
            assert stored == f"{kept(text)}\nMore"
            await jane.delete(f"{path}/{comment['id']}")


class TestTitles:
    async def test_they_stand_everywhere_as_they_were_written(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        for title in TITLES:
            ticket = await new_ticket(title=title)
            form = form_of(
                await read(jane, f"/tickets/{ticket['id']}"), f"/tickets/{ticket['key']}/edit", field="title"
            )
            assert (ticket["title"], form.values["seen"], form.values["value"]) == (title, title, title)
            assert (await send(jane, form, value=f"{title[:250]} now")).status_code == 303
            assert (await jane.get(f"/api/tickets/{ticket['id']}")).data["title"] == f"{title[:250]} now"
            await jane.put(f"/api/tickets/{ticket['id']}", {"title": title})
        for path in ("/tickets", "/projects/WEB/list", "/projects/WEB/board", "/my-work"):
            page = unescape(await read(jane, path))
            assert [title for title in list(TITLES)[-10:] if f">{title}<" not in page] == [], path

    async def test_whoever_asks_for_a_word_of_it_finds_it(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        for title in TITLES:
            await new_ticket(title=title)
        missed = []
        for title, questions in TITLES.items():
            for question in (title, *questions):
                for path, key in (("/api/tickets/search", "q"), ("/api/tickets", "search")):
                    found = (await jane.get(path, limit=100, **{key: question})).data
                    if title not in [ticket["title"] for ticket in found]:
                        missed.append((path, question, title))
        assert missed == []


class TestFinding:
    async def test_every_word_that_stands_on_the_page_finds_it(self, jane: Client, tickets: list[Any]) -> None:
        missed = []
        for ticket in tickets[::3]:
            for word in words_of(await shown_on(jane, ticket)):
                reply = await jane.get("/api/tickets", search=word, limit=100)
                if ticket["id"] not in [each["id"] for each in reply.data]:
                    missed.append((ticket["title"], word))
        assert missed == []


class TestTelling:
    async def test_who_is_marked_on_the_page_is_told_and_nobody_else(
        self, jane: Client, client: People, tickets: list[Any], tell: Callable[[], Awaitable[None]]
    ) -> None:
        await tell()
        told = {who: await mentioned(client(who)) for who in CAST if who != "jane"}
        marked: dict[str, set[str]] = {who: set() for who in told}
        for ticket in tickets:
            names = set(re.findall(r'class="mention" title="([^"]*)"', await read(jane, f"/tickets/{ticket['id']}")))
            for who in told:
                marked[who] |= {ticket["id"]} if CAST[who].name in names else set()
        assert told == marked
        assert all(marked.values())

    async def test_the_inbox_and_my_work_say_it_without_markdown(
        self, jane: Client, client: People, new_ticket: AsyncCall[Any], tell: Callable[[], Awaitable[None]]
    ) -> None:
        for text in BODIES:
            ticket = await new_ticket(assigneeId="user_102")
            await jane.post(f"/api/tickets/{ticket['id']}/comments", {"content": f"{text}\n\n@ольга"})
        await tell()
        for path in ("/inbox", "/my-work"):
            page = await read(client("john"), path)
            said = [words(each) for each in re.findall(r'<p class="topic-excerpt"[^>]*>(.*?)</p>', page, re.DOTALL)]
            assert len(said) >= 10
            assert [each for each in said if RAW.search(each) or not each] == [], path


class TestExport:
    async def test_lines_and_tables_hold_the_whole_text(self, jane: Client, client: People, tickets: list[Any]) -> None:
        for ticket in tickets:
            await jane.put(f"/api/tickets/{ticket['id']}", {"description": "Other"})
        expected = {(ticket["id"], ticket["description"]) for ticket in tickets}
        lines = await client("ada").http.get(AUDIT, params={"format": "jsonl", "type": "ticket.updated"})
        told = [json.loads(line) for line in lines.text.rstrip("\n").split("\n")]
        assert {(each["ticketId"], each["changes"]["description"][0]) for each in told} == expected
        table = await client("ada").http.get(AUDIT, params={"format": "csv", "type": "ticket.updated"})
        rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
        assert {(row["ticketId"], json.loads(row["changes"])["description"][0]) for row in rows} == expected


async def mentioned(someone: Any) -> set[str]:
    reply = await someone.get("/api/notifications", kind="mentioned", limit=100)
    assert reply.total == len(reply.data)
    return {each["ticket"]["id"] for each in reply.data}


async def shown_on(someone: Any, ticket: Any) -> str:
    page = await read(someone, f"/tickets/{ticket['id']}")
    written = re.search(r'<div class="prose"[^>]*>(.*?)</div>\s*<details class="edits"', page, re.DOTALL)
    assert written is not None
    return words(written[1])


def words(html: str) -> str:
    return SPACE.sub(" ", unescape(re.sub(r"<[^>]*>", " ", html))).strip()


def words_of(text: str) -> Iterator[str]:
    for word in dict.fromkeys(text.split()):
        if re.search(r"\w\w", word):
            yield word
