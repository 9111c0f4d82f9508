"""Someone who uses the API, and the replies they get."""

from collections.abc import Callable
from typing import Any

import httpx
import msgspec

from tests.documented import may_be_sniffed, undocumented


class Answer:
    """A reply, with what tests ask of it."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.body: Any = response.json() if response.content else None

    @property
    def data(self) -> Any:
        return self.body["data"]

    @property
    def total(self) -> int:
        return int(self.body["pagination"]["total"])

    @property
    def error(self) -> Any:
        return self.body["error"]

    @property
    def details(self) -> Any:
        return self.body["error"]["details"]


async def _hold_against_the_document(response: httpx.Response) -> None:
    if not response.headers.get("content-type", "").startswith("text/event-stream"):
        await response.aread()
        assert undocumented(response) == []
        assert not may_be_sniffed(response), response.request.url


class Client:
    """Someone who uses the API."""

    def __init__(self, app: Any, headers: dict[str, str]) -> None:
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://codimir.test",
            headers=headers,
            event_hooks={"response": [_hold_against_the_document]},
        )

    async def request(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        if body is not None:
            options["content"] = msgspec.json.encode(body)
            options["headers"] = {"content-type": "application/json", **options.get("headers", {})}
        return Answer(await self.http.request(method, path, **options))

    async def get(self, path: str, **query: Any) -> Answer:
        return await self.request("GET", path, params=query)

    async def post(self, path: str, body: Any = None) -> Answer:
        return await self.request("POST", path, body)

    async def put(self, path: str, body: Any = None) -> Answer:
        return await self.request("PUT", path, body)

    async def delete(self, path: str) -> Answer:
        return await self.request("DELETE", path)


People = Callable[..., Client]
"""Makes the client of someone of the cast, or of nobody: the fixture `client`."""
