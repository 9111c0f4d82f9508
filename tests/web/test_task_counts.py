"""How many tasks of a ticket are done, on rows and cards: those that its page shows as tasks, and no others."""

import re
from typing import Any

import pytest

from codimir.web import task_counts
from tests.calls import AsyncCall
from tests.clients import Client
from tests.web.conftest import Fetch

TEXT = "Plan:\r\n\r\n- [x] one\r\n- [X] two\r\n- [ ] three\r\n\r\n```\n- [ ] no task\n```\n\nNor `[ ]` this\n"
PLACES = ("/tickets", "/projects/WEB/list", "/projects/WEB/list?by=status", "/my-work", "/projects/WEB/board")


def shown_in(page: str) -> list[str]:
    """Return the numbers that stand beside the icon of tasks, in their order."""
    return re.findall(
        r'<span class="(?:row-tasks number|count)" title="Tasks">.*?</svg>(\d+/\d+)</span>', page, re.DOTALL
    )


class TestCounts:
    @pytest.mark.parametrize("path", PLACES)
    async def test_rows_and_cards_say_what_the_page_shows(
        self, fetch: Fetch, new_ticket: AsyncCall[Any], path: str
    ) -> None:
        await new_ticket(description=TEXT, assigneeId="user_101")
        await new_ticket(description="No tasks, [x] here either", assigneeId="user_101")
        page = (await fetch("jane", path)).text
        assert set(shown_in(page)) == {"2/3"}
        assert (await fetch("jane", "/tickets/WEB-1")).text.count('type="checkbox"') >= 3

    async def test_a_tick_is_counted_at_once(self, fetch: Fetch, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket(description="- [ ] one\n- [ ] two")
        assert shown_in((await fetch("jane", "/tickets")).text) == ["0/2"]
        await jane.put("/api/tickets/WEB-1", {"description": "- [x] one\n- [ ] two"})
        assert shown_in((await fetch("jane", "/tickets")).text) == ["1/2"]

    async def test_pieces_of_a_board_say_it_too(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket(description="- [x] one")
        address = f"/projects/WEB/board/cards?by=status&ticket={ticket['id']}"
        assert shown_in((await fetch("jane", address, headers={"hx-request": "true"})).text) == ["1/1"]

    async def test_nothing_is_counted_in_long_descriptions(
        self, fetch: Fetch, new_ticket: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(task_counts, "MAX_COUNTED", 20)
        await new_ticket(description="- [x] one\n- [ ] two and more")
        assert shown_in((await fetch("jane", "/tickets")).text) == []
