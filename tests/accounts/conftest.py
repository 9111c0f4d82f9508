"""Browsers of people who sign in."""

from collections.abc import AsyncIterator, Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.authentication.passwords import hash_password
from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.model.authentication import sessions
from tests.accounts.npm import install
from tests.calls import AsyncCall
from tests.cli.conftest import codimir, environment, serve  # noqa: F401 - fixtures

PASSWORD = "correct horse battery staple"
PASSWORD_HASH = hash_password(PASSWORD)
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Browser:
    """A client of NextAuth's that keeps cookies as a browser does."""

    def __init__(self, app: Any, origin: str, address: str) -> None:
        self.origin = origin
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 50_000)), base_url=origin
        )

    @property
    def cookies(self) -> dict[str, str]:
        return dict(self.http.cookies.items())

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.get(f"/api/auth/{path}", **options)

    async def post(self, path: str, *, headers: Any = None, **fields: Any) -> httpx.Response:
        return await self.http.post(f"/api/auth/{path}", content=urlencode(fields), headers={**FORM, **(headers or {})})

    async def csrf_token(self) -> str:
        return str((await self.get("csrf")).json()["csrfToken"])

    async def send(self, path: str, *, headers: Any = None, **fields: Any) -> httpx.Response:
        """Post a form as version 4 of the client does, with the CSRF token."""
        return await self.post(path, headers=headers, csrfToken=await self.csrf_token(), json="true", **fields)

    async def sign_in(self, email: str = "jane@example.com", password: str = PASSWORD, **more: Any) -> httpx.Response:
        return await self.send("callback/credentials", email=email, password=password, redirect="false", **more)

    async def session(self) -> Any:
        return (await self.get("session")).json()


def set_cookies(response: httpx.Response) -> dict[str, Any]:
    """Give the cookies that a reply sets, with their attributes."""
    return {
        name: morsel
        for header in response.headers.get_list("set-cookie")
        for name, morsel in SimpleCookie(header).items()
    }


@pytest.fixture(scope="session")
def nextauth() -> None:
    """Have the real NextAuth at hand."""
    install()


@pytest.fixture
async def passwords(set_user: AsyncCall[None]) -> None:
    """Give Jane and Victor a password."""
    for who in ("jane", "victor"):
        await set_user(who, password_hash=PASSWORD_HASH)


@pytest.fixture
async def browse(app: Litestar, passwords: None) -> AsyncIterator[Callable[..., Browser]]:
    """Open a browser of its own, at an address of its own if that is said."""
    opened: list[Browser] = []

    def open_browser(origin: str = "http://codimir.test", address: str = "192.0.2.1", of: Any = app) -> Browser:
        opened.append(Browser(of, origin, address))
        return opened[-1]

    yield open_browser
    for each in opened:
        await each.http.aclose()


@pytest.fixture
def browser(browse: Callable[..., Browser]) -> Browser:
    return browse()


@pytest.fixture
def sessions_in_database(db: Database) -> AsyncCall[Any]:
    """Read every stored session."""

    async def read() -> Any:
        return await db.read(lambda tx: tx.fetch_all(Statement(sa.select(sessions))))

    return read
