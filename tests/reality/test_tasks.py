"""Tasks of a text are ticked where they stand, by who may edit it, and nothing that others wrote is lost."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People

TEXT = "Before\n\n- [ ] one\n- [x] two\n  1. [ ] three\n\n> - [X] four\n\n```\n- [ ] code\n```\n- [ ]none"
HX = {"hx-request": "true"}


@pytest.fixture
async def ticket(new_ticket: AsyncCall[Any]) -> Any:
    """A ticket with tasks in its description."""
    return await new_ticket(description=TEXT)


@pytest.fixture
def seen(page: Callable[..., Awaitable[httpx.Response]]) -> AsyncCall[dict[str, str]]:
    """Read the fingerprints of the texts that someone may tick on the page of WEB-1, by their names."""

    async def read(who: str = "jane") -> dict[str, str]:
        html = (await page(who, "/tickets/WEB-1")).text
        return dict(re.findall(r'data-tasks="(\w+)"\s+data-seen="(\w+)"\s+data-address="/tickets/WEB-1/tasks"', html))

    return read


async def tick(
    client: Any, who: str, line: int | str, *, done: bool = True, text: str = "description", **form: str
) -> Any:
    form = {"text": text, "line": str(line), "done": "yes" if done else "no", **form}
    return await client(who).http.post("/tickets/WEB-1/tasks", data=form, headers={**HX, "accept": "text/html"})


class TestTick:
    @pytest.mark.parametrize(
        ("line", "done", "before", "after"),
        [
            (2, True, "- [ ] one", "- [x] one"),
            (3, False, "- [x] two", "- [ ] two"),
            (4, True, "1. [ ] three", "1. [x] three"),
            (6, False, "> - [X] four", "> - [ ] four"),
        ],
    )
    async def test_one_box_changes_and_nothing_else(
        self,
        client: People,
        jane: Client,
        ticket: Any,
        seen: AsyncCall[dict[str, str]],
        line: int,
        done: Any,
        before: str,
        after: str,
    ) -> None:
        reply = await tick(client, "jane", line, done=done, seen=(await seen())["description"])
        assert reply.status_code == 204
        assert (await jane.get("/api/tickets/WEB-1")).data["description"] == TEXT.replace(before, after)

    async def test_the_lines_of_the_page_are_those_of_the_text(
        self, ticket: Any, page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        html = (await page("jane", "/tickets/WEB-1")).text
        assert re.findall(r'data-line="(\d+)"', html) == ["2", "3", "4", "6"]

    async def test_what_is_so_already_is_no_change(
        self, client: People, ticket: Any, seen: AsyncCall[dict[str, str]], recorded: Recorded
    ) -> None:
        assert (await tick(client, "jane", 3, seen=(await seen())["description"])).status_code == 204
        assert [kind for kind, _ in await recorded(ticket["id"])] == ["ticket.created"]

    async def test_two_people_tick_at_once(
        self, client: People, jane: Client, ticket: Any, seen: AsyncCall[dict[str, str]]
    ) -> None:
        both_saw = (await seen())["description"]
        assert (await tick(client, "jane", 2, seen=both_saw)).status_code == 204
        assert (await tick(client, "john", 4, seen=both_saw)).status_code == 204
        description = (await jane.get("/api/tickets/WEB-1")).data["description"]
        assert description == TEXT.replace("[ ] one", "[x] one").replace("[ ] three", "[x] three")

    @pytest.mark.parametrize("change", ["- [ ] zero\n" + TEXT, TEXT.replace("one", "another"), "gone"])
    async def test_what_somebody_wrote_meanwhile_is_not_lost(
        self, client: People, jane: Client, ticket: Any, seen: AsyncCall[dict[str, str]], change: str
    ) -> None:
        before = (await seen())["description"]
        await jane.put("/api/tickets/WEB-1", {"description": change})
        reply = await tick(client, "john", 2, seen=before)
        assert reply.status_code == 409
        assert "Someone else changed this text in the meantime" in reply.text
        assert (await jane.get("/api/tickets/WEB-1")).data["description"] == change

    @pytest.mark.parametrize("line", [0, 11, 99])
    async def test_where_no_task_is_nothing_changes(
        self, client: People, jane: Client, ticket: Any, seen: AsyncCall[dict[str, str]], line: int
    ) -> None:
        assert (await tick(client, "jane", line, seen=(await seen())["description"])).status_code == 409
        assert (await jane.get("/api/tickets/WEB-1")).data["description"] == TEXT

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("a[^1]\n\n[^1]: - [ ] b", "a[^1]\n\n[^1]: - [x] b"),
            ("- [ ]\n\\b", "- [x]\n\\b"),
            ("\ufeff- [ ] b", "\ufeff- [x] b"),
        ],
    )
    async def test_in_a_note_with_its_words_in_the_next_line_and_behind_a_byte_order_mark(
        self,
        client: People,
        jane: Client,
        new_ticket: AsyncCall[Any],
        page: Callable[..., Awaitable[httpx.Response]],
        seen: AsyncCall[dict[str, str]],
        before: str,
        after: str,
    ) -> None:
        await new_ticket(description=before)
        [line] = re.findall(r'data-line="(\d+)"', (await page("jane", "/tickets/WEB-1")).text)
        assert (await tick(client, "jane", line, seen=(await seen())["description"])).status_code == 204
        assert (await jane.get("/api/tickets/WEB-1")).data["description"] == after

    @pytest.mark.parametrize("line", ["", "-1", "x", "²", "1" * 5000])
    async def test_a_line_is_a_number(self, client: People, ticket: Any, line: str) -> None:
        assert (await tick(client, "jane", line, seen="")).status_code == 400

    async def test_text_from_before_with_line_ends_of_windows(
        self, client: People, jane: Client, load_ticket: AsyncCall[None], page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        await load_ticket("ticket_old", description="a\r\n\r\n- [ ] b\r\n", key="WEB-1")
        found = re.search(r'data-seen="(\w+)"', (await page("jane", "/tickets/ticket_old")).text)
        assert found is not None
        assert (await tick(client, "jane", 2, seen=found[1])).status_code == 204
        assert (await jane.get("/api/tickets/ticket_old")).data["description"] == "a\n\n- [x] b\n"


class TestWhoMay:
    async def test_who_only_reads_is_offered_nothing_and_refused(
        self, client: People, ticket: Any, seen: AsyncCall[dict[str, str]]
    ) -> None:
        assert await seen("victor") == {}
        assert (await tick(client, "victor", 2, seen=(await seen())["description"])).status_code == 403

    async def test_who_does_not_see_the_ticket_finds_nothing(self, client: People, ticket: Any) -> None:
        assert (await tick(client, "eve", 2, seen="")).status_code == 404

    async def test_a_comment_is_ticked_by_its_author_and_not_by_others(
        self, client: People, jane: Client, ticket: Any, seen: AsyncCall[dict[str, str]]
    ) -> None:
        comment = (await jane.post("/api/tickets/WEB-1/comments", {"content": "- [ ] check"})).data["id"]
        mark = (await seen())[comment]
        assert comment not in await seen("john")
        assert (await tick(client, "john", 0, text=comment, seen=mark)).status_code == 403
        assert (await tick(client, "jane", 0, text=comment, seen=mark)).status_code == 204
        comments = (await jane.get("/api/tickets/WEB-1")).data["comments"]
        assert [each["content"] for each in comments] == ["- [x] check"]


class TestProgress:
    async def test_the_ticket_says_how_many_are_done(
        self, ticket: Any, page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        assert "2 of 4 tasks" in (await page("jane", "/tickets/WEB-1")).text

    async def test_without_tasks_it_says_nothing(
        self, new_ticket: AsyncCall[Any], page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        await new_ticket(description="`- [ ] a`")
        assert "tasks-done" not in (await page("jane", "/tickets/WEB-1")).text
