"""The application as tests run it: put together as seldom as possible, with the cast loaded."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager

from litestar import Litestar

from codimir.app import create_app
from codimir.config import Settings
from tests.cast import load_world
from tests.postgres import ReusedPool, WorkerDatabase

RunApp = Callable[..., AbstractAsyncContextManager[Litestar]]
"""Runs another application: `async with run_app(settings, has_cast=False, delivers=True) as app`."""


class Applications:
    """Applications that are put together and wait for a test: their hundreds of routes take longer than most tests."""

    def __init__(self) -> None:
        self.worker_databases: dict[str, WorkerDatabase] = {}
        self._spare: list[Litestar] = []

    @contextmanager
    def lend(self) -> Iterator[Litestar]:
        """Lend one that is not running, and that nobody else has meanwhile."""
        app = self._spare.pop() if self._spare else create_app(Settings())
        yield app
        self._spare.append(app)

    @asynccontextmanager
    async def run(
        self, settings: Settings, pool: ReusedPool, *, has_cast: bool = True, delivers: bool = False
    ) -> AsyncIterator[Litestar]:
        """Run one of them."""
        with self.lend() as app:
            async with self.running(app, settings, pool, has_cast=has_cast, delivers=delivers):
                yield app

    @asynccontextmanager
    async def running(
        self, app: Litestar, settings: Settings, pool: ReusedPool, *, has_cast: bool = True, delivers: bool = False
    ) -> AsyncIterator[None]:
        """Run an application."""
        app.state.update({"settings": settings, "delivers": delivers, "open_database": pool.open_database})
        database = self.worker_databases.get(settings.database_url or "")
        if has_cast and database:
            database.load_cast()
        async with app.lifespan():
            if has_cast and not database:
                await app.state.database.write(load_world)
            yield
