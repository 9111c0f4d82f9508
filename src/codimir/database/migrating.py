"""Bring a database to the newest schema."""

import asyncio
from functools import partial
from pathlib import Path

import asyncpg
import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

from codimir.config import Settings, settings_from
from codimir.database.schema import metadata

LOCK = 0x0C0D1317
"""The number of the advisory lock that servers starting together wait for on PostgreSQL."""


async def migrate_database(settings: Settings) -> None:
    """Bring the database that the settings name to the newest schema."""
    if settings.database_url:
        await migrate_postgres(settings.database_url)
    else:
        migrate_sqlite(settings.sqlite_path)


def migrate_sqlite(path: Path, target: str = "head") -> None:
    """Bring a file to the target revision in one transaction; whoever comes second waits and finds it done."""
    engine = sa.create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT", connect_args={"timeout": 60})
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                _run(connection, target)
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")
    finally:
        engine.dispose()


async def migrate_postgres(url: str, target: str = "head") -> None:
    """Bring a database to the target revision in one transaction; whoever comes second waits and finds it done."""
    engine = create_async_engine("postgresql+asyncpg://", async_creator=partial(asyncpg.connect, url))
    try:
        async with engine.begin() as connection:
            await connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            await connection.run_sync(_run, target)
    finally:
        await engine.dispose()


def _run(connection: sa.Connection, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    script = ScriptDirectory.from_config(config)

    def steps(revision: object, _context: MigrationContext) -> object:
        return script._upgrade_revs(target, revision)  # type: ignore[arg-type]  # noqa: SLF001 - what alembic.command does

    with EnvironmentContext(config, script, fn=steps, destination_rev=target) as environment:
        environment.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
        environment.run_migrations()


if __name__ == "__main__":
    asyncio.run(migrate_database(settings_from()))
