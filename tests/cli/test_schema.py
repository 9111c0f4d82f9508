"""A database whose schema is not what its number promises is found at the start."""

import subprocess
import sys

import pytest
import sqlalchemy as sa

from codimir.config import Settings
from codimir.database.comparing import lacking_in
from codimir.database.opening import open_database
from codimir.database.schema import metadata
from codimir.database.statements import Statement
from tests.calls import AsyncCall, Call
from tests.cli.commands import Done
from tests.cli.conftest import Serving
from tests.postgres import url_of  # noqa: F401 - so that the world of the tests is loaded, and with it every table


@pytest.fixture
def change(settings: Settings) -> AsyncCall[None]:
    """Change the schema by hand."""

    async def run(*statements: str) -> None:
        db = await open_database(settings)
        for statement in statements:
            await db.write(lambda tx, text=statement: tx.fetch_all(Statement(sa.text(text))))
        await db.close()

    return run


class TestComparing:
    async def test_what_the_migrations_made_lacks_nothing(self, settings: Settings) -> None:
        db = await open_database(settings)
        assert await db.read(lacking_in) == ([], [])
        await db.close()

    def test_the_command_knows_every_table(self) -> None:
        ask = "import codimir.cli.serving, codimir.database.schema as s; print(*sorted(s.metadata.tables))"
        done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)  # noqa: S603
        assert done.stdout.split() == sorted(metadata.tables)


class TestStart:
    @pytest.fixture
    def database_name(self) -> str:
        """Only SQLite: the schema of PostgreSQL is shared by the tests of a process."""
        return "sqlite"

    async def test_a_column_that_is_lacking_is_named(self, codimir: Call[Done], change: AsyncCall[None]) -> None:
        await change("ALTER TABLE events RENAME COLUMN batch_id TO batch")
        done = codimir("serve", "--port", "0")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("codimir: the database lacks events.batch_id, though its schema has the newest")
        assert done.stderr.count("\n") == 1

    async def test_an_index_that_is_lacking_is_named_and_the_server_runs(
        self, serve: Call[Serving], change: AsyncCall[None]
    ) -> None:
        await change("DROP INDEX ix_tickets_live_container_rank_status_priority_assignee")
        server = serve()
        server.stop()
        line = "codimir: the database lacks the index ix_tickets_live_container_rank_status_priority_assignee: "
        assert line in server.process.stderr.read()
