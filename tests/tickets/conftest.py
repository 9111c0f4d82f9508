"""Thirty tickets in every place, with every word, for the tests of lists."""

from datetime import timedelta
from typing import Any

import pytest

from codimir.model.enums import PRIORITIES, STATUSES, TYPES
from tests.calls import AsyncCall, Call
from tests.cast import LONG_AGO

PLACES = [
    ("workspace_789", "project_456"),
    ("workspace_789", "project_sec"),
    ("workspace_789", None),
    ("workspace_globex", "project_evil"),
    ("workspace_globex", None),
]
SEES = {
    "root": {0, 1, 2, 3, 4},
    "ada": {0, 1, 2},
    "jane": {0, 1, 2},
    "mia": {0, 2},
    "victor": {0, 2},
    "eve": {3, 4},
}
TITLES = ["Beta", "alpha", "ALPHA", "gamma", "Ärger", "Alpha", "beta 2"]


def ticket_row(n: int) -> dict[str, Any]:
    """Give the columns of the ticket with this number, and its labels; few values, so that many are equal."""
    workspace_id, project_id = PLACES[n % 5]
    acme = workspace_id == "workspace_789"
    return {
        "ticket_id": f"ticket_{n:02}",
        "workspace_id": workspace_id,
        "project_id": project_id,
        "title": TITLES[n % 7],
        "status": STATUSES[n % 6],
        "priority": PRIORITIES[n // 5 % 5],
        "type": TYPES[n // 3 % 5],
        "assignee_id": (None, "user_101", "user_102", "user_ada")[n // 2 % 4] if acme else None,
        "reporter_id": ("user_101", "user_102")[n % 2] if acme else "user_eve",
        "group_id": "group_103" if acme and n % 3 == 0 else None,
        "label_ids": ["label_1"] if acme and n % 4 == 0 else [],
        "created_at": LONG_AGO + timedelta(hours=n // 4),
        "updated_at": LONG_AGO + timedelta(days=n * 11 % 7),
        "deleted_at": LONG_AGO if n in (10, 21) else None,
    }


@pytest.fixture
async def many_tickets(load_ticket: AsyncCall[None]) -> list[dict[str, Any]]:
    """Load thirty tickets, of which two (of WEB and of SEC) are in the trash, and give the rows of the others."""
    rows = [ticket_row(n) for n in range(30)]
    for row in rows:
        await load_ticket(**row)
    return [row for row in rows if row["deleted_at"] is None]


@pytest.fixture
def visible(many_tickets: list[dict[str, Any]]) -> Call[list[dict[str, Any]]]:
    """Give the rows that someone sees."""

    def of(who: str) -> list[dict[str, Any]]:
        return [row for row in many_tickets if int(row["ticket_id"][-2:]) % 5 in SEES[who]]

    return of
