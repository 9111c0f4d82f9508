"""The application, put together. This is the only place that knows every part; nothing imports it but `serve`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State

from codimir.access.actor import Actor
from codimir.access.authentication import authenticate
from codimir.config import Settings, settings_from
from codimir.database.core import Database
from codimir.database.opening import open_database
from codimir.http.rendering import EXCEPTION_HANDLERS
from codimir.http.routing import Providers, Route, handlers
from codimir.tickets import api as tickets

ROUTES: tuple[Route, ...] = (*tickets.ROUTES,)


async def _database(request: Request[Any, Any, Any]) -> Database:
    database: Database = request.app.state.database
    return database


async def _settings(request: Request[Any, Any, Any]) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def _request(request: Request[Any, Any, Any]) -> Request[Any, Any, Any]:
    return request


PROVIDERS: Providers = {Actor: authenticate, Database: _database, Settings: _settings, Request: _request}


def create_app(settings: Settings | None = None) -> Litestar:
    """Make the application; the database that the settings name has been migrated before."""
    settings = settings or settings_from()

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        app.state.database = await open_database(settings)
        yield
        await app.state.database.close()

    return Litestar(
        handlers(ROUTES, PROVIDERS),
        lifespan=[lifespan],
        state=State({"settings": settings}),
        exception_handlers={**EXCEPTION_HANDLERS},
        openapi_config=None,
        logging_config=None,
    )
