"""What real texts need: pages as a browser asks for them, and people told of what was written."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from litestar import Litestar

from codimir.database.core import Database
from codimir.notifications.fanout import read_log
from tests.calls import AsyncCall
from tests.clients import People
from tests.reality.cast import CAST


@pytest.fixture
def page(client: People) -> Callable[..., Awaitable[httpx.Response]]:
    """Ask for a page as someone's browser does: `await page("jane", "/tickets")`."""

    async def ask(who: str, path: str, *, follows: bool = True, **options: Any) -> httpx.Response:
        http = client(who).http
        response: httpx.Response = await http.get(path, headers={"accept": "text/html"}, **options)
        if follows and response.has_redirect_location:
            response = await http.get(response.headers["location"], headers={"accept": "text/html"})
        return response

    return ask


@pytest.fixture
def tell(db: Database, app: Litestar) -> Callable[[], Awaitable[None]]:
    """Read the event log to its end, and texts as the server does."""

    async def read() -> None:
        while await read_log(db, app.state.prose.mentions_in, mails=False):
            pass

    return read


@pytest.fixture
async def humans(app: Litestar, set_user: AsyncCall[None]) -> None:
    """Let the cast be the people of the world."""
    for human in CAST.values():
        preferences = {"timezone": human.timezone, "language": human.language}
        await set_user(human.who, name=human.name, preferences=preferences)
