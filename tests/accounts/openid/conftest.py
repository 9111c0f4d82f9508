"""A provider that runs, and people who sign in with it."""

import re
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
from litestar import Litestar

from codimir.config import Settings
from tests.accounts.npm import FOLDER, install
from tests.apps import RunApp

CALLBACK = "http://codimir.test/api/auth/callback/openid"
SECRET = "a client secret: 100% & more"
MAX_STEPS = 12


@contextmanager
def running_provider(*more: str) -> Iterator[str]:
    """Run a certified provider in a process of its own, and give its address."""
    install()
    command = ["node", "openid_provider.mjs", CALLBACK, *more]
    with subprocess.Popen(  # noqa: S603 - our own script
        command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """The address of a provider."""
    with running_provider() as address:
        yield address


@pytest.fixture(scope="session")
def provider_with_slash() -> Iterator[str]:
    """The address of a provider whose own name ends in a slash."""
    with running_provider("slash") as address:
        yield address


@pytest.fixture
def more_settings() -> dict[str, Any]:
    """What a test sets besides the provider."""
    return {}


@pytest.fixture
async def app(
    settings: Settings, provider: str, more_settings: dict[str, Any], run_app: RunApp
) -> AsyncIterator[Litestar]:
    """The application with a provider of identities."""
    with_provider = msgspec.structs.replace(
        settings,
        **{
            "oidc_issuer": provider, "oidc_client_id": "codimir", "oidc_client_secret": SECRET,
            "oidc_name": "Acme ID", **more_settings,
        },
    )  # fmt: skip
    async with run_app(with_provider) as application:
        yield application


class Browser:
    """A browser that can open both Codimir and the provider."""

    def __init__(self, app: Any) -> None:
        self.codimir = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://codimir.test"
        )
        self.outside = httpx.AsyncClient()

    async def depart(self, callback_url: str = "/tickets") -> str:
        """Begin to sign in, and give the address to which the browser is sent."""
        token = (await self.codimir.get("/api/auth/csrf")).json()["csrfToken"]
        form = {"csrfToken": token, "callbackUrl": callback_url, "json": "true"}
        reply = await self.codimir.post("/api/auth/signin/openid", data=form)
        return str(reply.json()["url"])

    async def visit(self, url: str, who: str) -> str:
        """Sign in and consent at the provider, and give the address with which it sends the browser back."""
        reply = await self.outside.get(url)
        for _ in range(MAX_STEPS):
            if reply.is_redirect:
                location = str(reply.url.join(reply.headers["location"]))
                if location.startswith(CALLBACK):
                    return location
                reply = await self.outside.get(location)
            else:
                form = {"prompt": re.search(r'name="prompt" value="(\w+)"', reply.text)[1], "login": who}
                action = re.search(r'action="([^"]+)"', reply.text)[1]
                reply = await self.outside.post(action, data={**form, "password": "any"})
        raise AssertionError(f"the provider leads nowhere: {reply.text}")

    async def sign_in(self, who: str) -> httpx.Response:
        """Walk the whole way."""
        return await self.codimir.get(await self.visit(await self.depart(), who))

    async def session(self) -> Any:
        return (await self.codimir.get("/api/auth/session")).json()

    async def close(self) -> None:
        await self.codimir.aclose()
        await self.outside.aclose()


@pytest.fixture
async def browse(app: Litestar) -> AsyncIterator[Callable[[], Browser]]:
    """Open a browser."""
    opened: list[Browser] = []

    def open_browser() -> Browser:
        opened.append(Browser(app))
        return opened[-1]

    yield open_browser
    for each in opened:
        await each.close()


def code_of(reply: httpx.Response) -> str:
    """Give our own word for why nobody is signed in."""
    return parse_qs(urlsplit(reply.headers["location"]).query)["code"][0]


def error_of(reply: httpx.Response) -> str:
    """Give NextAuth's word for why nobody is signed in."""
    return parse_qs(urlsplit(reply.headers["location"]).query)["error"][0]
