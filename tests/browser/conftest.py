"""A real browser before a real server, on SQLite: what a page shows does not depend on the database.

    def test_the_list_opens_a_ticket(visit):
        page = visit("jane")
        page.goto("/tickets")

`site` serves the cast of tests/conftest.py; `visit` opens a browser for someone of it. Every test fails when a page
says an error on its console, breaks its content security policy, or is answered with an error of the server.
Needs Chromium: on Debian and Ubuntu `apt install chromium`. Without it these tests are skipped, but not in CI.
"""

import asyncio
import os
import random
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from litestar import Litestar
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from codimir.authorization.actor import Actor
from codimir.config import Settings
from codimir.database.core import Transaction, Unit
from codimir.database.opening import open_database
from codimir.database.statements import update_by_id
from codimir.model.users import users
from codimir.tickets.changing.creating import create_ticket
from codimir.tickets.schemas import TicketCreate
from tests.apps import Applications
from tests.browser.contexts import Contexts

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--process-per-site",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
HOW = "Chromium is not installed (on Debian and Ubuntu: apt install chromium)"
AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {"runOnly": {"type": "tag", "values": WCAG}, "rules": {"target-size": {"enabled": True}}}
"""All of WCAG 2.2 AA that axe knows: it leaves out the size of targets (2.5.8) unless it is asked."""
ADA = Actor("user_ada", "Ada Owner", "EDITOR", {"workspace_789": "OWNER"})
JANE = Actor("user_101", "Jane Smith", "EDITOR", {"workspace_789": "MEMBER"})
PATIENCE = 60_000
"""How many milliseconds anything may take: other tests run on the same processors."""
LATE = float(os.environ.get("BROWSER_TESTS_LATE", "0"))
"""By how many seconds an answer of the server may be late: what only passes on a quick machine fails."""
SLOW = float(os.environ.get("BROWSER_TESTS_SLOW", "1"))
"""How many times slower than this machine the browser is."""
expect.set_options(timeout=PATIENCE)
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.is_up.set()


def _late(app: Litestar) -> Any:
    """Let every answer come late, each by another while, so that they overtake one another."""

    async def wait(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and not scope["path"].startswith("/static"):
            await asyncio.sleep(random.uniform(0, LATE))
        await app(scope, receive, send)

    return wait


class Site:
    """A server that runs in a thread of its own."""

    def __init__(self, app: Litestar, settings: Settings, listening: socket.socket) -> None:
        self.app = app
        self.address = address_of(listening)
        app.state.update({"settings": settings, "delivers": True, "open_database": open_database})
        config = uvicorn.Config(_late(self.app) if LATE else self.app, log_config=None, ws="none", lifespan="on")
        self.server = _Server(config)
        serving = self.server.serve([listening.dup()])
        self.thread = threading.Thread(target=lambda: asyncio.run(serving), daemon=True)
        self.thread.start()
        if not self.server.is_up.wait(PATIENCE / 1000):
            pytest.fail("the server did not start")

    def do(self, unit: Callable[[Any], Any]) -> Any:
        """Run a unit of work in its database."""
        return asyncio.run_coroutine_threadsafe(self.app.state.database.write(unit), self.server.loop).result(
            PATIENCE / 1000
        )

    def stop(self) -> None:
        """Finish what is under way and end."""
        self.server.should_exit = True
        self.thread.join(PATIENCE / 1000)


def address_of(listening: socket.socket) -> str:
    """Return where those find us who visit a socket."""
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture(scope="module")
def listening() -> Iterator[socket.socket]:
    """What the servers of a module listen on, one after another: the browser knows them as one site."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of the server."""
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def site(
    applications: Applications,
    settings: Settings,
    sqlite_template: Path,
    load_cast: Unit[None],
    listening: socket.socket,
) -> Iterator[Site]:
    """A server with the cast."""
    settings.data_dir.mkdir()
    shutil.copy(sqlite_template, settings.sqlite_path)
    with applications.lend() as app:
        running = Site(app, settings, listening)
        running.do(load_cast)
        running.do(_no_pictures_elsewhere)
        yield running
        running.stop()


async def _no_pictures_elsewhere(tx: Transaction) -> None:
    """Let Jane's picture be at an address that is refused before anything is sent: tests talk to this machine only."""
    await tx.execute(update_by_id(users, frozenset({"image"})), row_id="user_101", image="https://127.0.0.1/jane.jpg")


@pytest.fixture
def fill(site: Site) -> Callable[..., None]:
    """Let Jane create tickets of WEB: `fill(3, status="done")`; the first is WEB-1, the last is on top of a column."""

    def create(count: int = 1, **fields: Any) -> None:
        new = TicketCreate(**{"title": "Feed the zebra", "project_id": "project_456", "status": "todo", **fields})

        async def unit(tx: Any) -> None:
            for _ in range(count):
                await create_ticket(tx, JANE, new)

        site.do(unit)

    return create


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module: while it runs, this process can run no loop of asyncio beside it."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail(HOW)
        pytest.skip(HOW)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


class Guard:
    """Notes everything that goes wrong on a page without anyone seeing it."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.expected: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._note(f"uncaught: {error}"))
        page.on("response", lambda reply: self._note(f"{reply.status} {reply.url}") if reply.status >= 500 else None)

    def _note(self, text: str) -> None:
        if not any(part in text for part in self.expected):
            self.found.append(text)


@pytest.fixture
def guard() -> Iterator[Guard]:
    """Fail at the end when a page had an error; `guard.expected.append("404")` allows what a test provokes."""
    watching = Guard()
    yield watching
    assert watching.found == []


@pytest.fixture(scope="module")
def contexts(chromium: Browser, listening: socket.socket) -> Contexts:
    """The contexts of the browser, which the tests of a module have one after another."""
    return Contexts(chromium, address_of(listening))


def session_of(who: str, address: str) -> Any:
    """Return the cookie of someone of the cast."""
    return {"name": "next-auth.session-token", "value": f"session-of-{who}", "url": address}


@pytest.fixture
def visit(site: Site, contexts: Contexts, guard: Guard) -> Iterator[Callable[..., Page]]:
    """Open a page for someone of the cast, or for nobody: `visit("jane")`, `visit("jane", **PHONE)`."""

    def open_page(who: str | None = "jane", **options: Any) -> Page:
        page = contexts.open_page(**{"viewport": DESKTOP, "locale": "en-GB", "reduced_motion": "reduce", **options})
        page.context.set_default_timeout(PATIENCE)
        if who:
            page.context.add_cookies([session_of(who, site.address)])
        if SLOW > 1:
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
        guard.watch(page)
        return page

    yield open_page
    contexts.take_back()


@pytest.fixture
def phone() -> dict[str, Any]:
    """Options of `visit` for a phone: `visit("jane", **phone)`."""
    return PHONE


@pytest.fixture
def barriers() -> Callable[[Page], list[str]]:
    """Give what axe finds against WCAG 2.2 AA on a page, each in a line; nothing is what a page should have."""

    def check(page: Page) -> list[str]:
        page.evaluate(AXE.read_text())
        found = page.evaluate("(options) => axe.run(document, options)", RULES)
        return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]

    return check
