"""Pages as a program reads them, without a browser."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.clients import People

Fetch = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def fetch(client: People) -> Fetch:
    """Ask for a page as someone's browser does: `await fetch("jane", "/tickets")`."""

    async def ask(who: str | None, path: str, method: str = "GET", **options: Any) -> httpx.Response:
        headers = {"accept": "text/html", **options.pop("headers", {})}
        response: httpx.Response = await client(who).http.request(method, path, headers=headers, **options)
        return response

    return ask
