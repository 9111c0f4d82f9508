"""A server that nobody asks for anything does next to nothing."""

from typing import Any

import pytest

from codimir.app import create_app
from codimir.config import Settings
from codimir.database.core import Unit
from codimir.database.postgres import PostgresDatabase
from codimir.database.sqlite import SqliteDatabase

A_MOMENT = 1.0
FEW = 60
"""Writes in a moment after the start; two that wake each other make thousands."""


async def test_what_works_in_the_background_wakes_nobody_for_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, load_cast: Unit[None]
) -> None:
    written = 0
    kind: Any = PostgresDatabase if settings.database_url else SqliteDatabase
    write = kind.write

    async def counted(db: Any, unit: Any) -> Any:
        nonlocal written
        written += 1
        return await write(db, unit)

    application = create_app(settings)
    async with application.lifespan():
        db = application.state.database
        await db.write(load_cast)
        monkeypatch.setattr(kind, "write", counted)
        async with db.watch() as watch:
            while await watch.wait(A_MOMENT) and written < FEW:
                pass
    assert written < FEW
