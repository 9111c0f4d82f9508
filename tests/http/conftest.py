"""What replies are made by, to see which were given from what is kept."""

from typing import Any

import pytest

from codimir.tickets import queries
from codimir.tickets.listing import best_matches, pages
from codimir.tickets.statistics import numbers

MAKERS = (
    (pages, "list_tickets"),
    (best_matches, "search_tickets"),
    (queries, "get_visible_details"),
    (numbers, "get_statistics"),
)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each list, search, ticket and statistics that is not given from what is kept."""
    noted: list[str] = []

    def note(module: Any, name: str) -> None:
        function = getattr(module, name)

        async def noting(*args: Any, **options: Any) -> Any:
            noted.append(name)
            return await function(*args, **options)

        monkeypatch.setattr(module, name, noting)

    for module, name in MAKERS:
        note(module, name)
    return noted
