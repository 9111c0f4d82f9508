"""Bring a database to the newest schema, and say on standard output how far that is when it takes long.

Everything is one transaction: whoever stops it finds the database as it was.
"""

import asyncio
import signal
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

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
SECONDS_BETWEEN_NEWS = 5.0


class MigrationProgress:
    """Prints every few seconds which step is under way; a database that is soon done prints nothing."""

    def __init__(self, seconds_between: float = SECONDS_BETWEEN_NEWS) -> None:
        self._seconds_between = seconds_between
        self._began = monotonic()
        self._step = "waiting until nobody else writes"
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name="migration-progress", daemon=True)
        self._thread.start()

    def follow(self, steps: list[Any]) -> Iterator[Any]:
        """Give the steps of Alembic one after the other, each when the one before is done."""
        for number, step in enumerate(steps, 1):
            self._step = f"step {number} of {len(steps)} ({Path(step.revision.path).stem})"
            yield step
        self._step = "writing to the disk"

    def close(self) -> None:
        """Print nothing more."""
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ends.wait(self._seconds_between):
            seconds = monotonic() - self._began
            print(f"Bringing the database to the newest schema: {self._step}, {seconds:.0f} s", flush=True)  # noqa: T201


async def migrate_database(settings: Settings) -> None:
    """Bring the database that the settings name to the newest schema."""
    if settings.database_url:
        await migrate_postgres(settings.database_url)
    else:
        migrate_sqlite(settings.sqlite_path)


def migrate_sqlite(path: Path, target: str = "head") -> None:
    """Bring a file to the target revision in one transaction; whoever comes second waits and finds it done."""
    engine = sa.create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT", connect_args={"timeout": 60})
    progress = MigrationProgress()
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                _run(connection, target, progress)
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")
    finally:
        progress.close()
        engine.dispose()


async def migrate_postgres(url: str, target: str = "head") -> None:
    """Bring a database to the target revision in one transaction; whoever comes second waits and finds it done."""
    engine = create_async_engine("postgresql+asyncpg://", async_creator=partial(asyncpg.connect, url))
    progress = MigrationProgress()
    try:
        async with engine.begin() as connection:
            await connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            await connection.run_sync(_run, target, progress)
    finally:
        progress.close()
        await engine.dispose()


def _run(connection: sa.Connection, target: str, progress: MigrationProgress) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    script = ScriptDirectory.from_config(config)

    def steps(revision: object, _context: MigrationContext) -> object:
        found = script._upgrade_revs(target, revision)  # type: ignore[arg-type]  # noqa: SLF001 - what alembic.command does
        return progress.follow(found)

    with EnvironmentContext(config, script, fn=steps, destination_rev=target) as environment:
        environment.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
        environment.run_migrations()


def main() -> None:
    """Bring the database of the settings in the environment to the newest schema."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python would wait for the end of the statement
    asyncio.run(migrate_database(settings_from()))


if __name__ == "__main__":
    main()
