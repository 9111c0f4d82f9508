"""The migrations lead to the tables, from every revision and on both databases."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from codimir.config import Settings, variables_of
from codimir.database import opening
from codimir.database.core import DatabaseError
from codimir.database.migrating import MigrationProgress, migrate_database, migrate_postgres, migrate_sqlite
from codimir.database.opening import VERSIONS, migrate, newest_revision, open_database
from codimir.database.schema import metadata
from codimir.database.statements import Statement
from codimir.kit.collation import sort_key
from codimir.tickets.counters import find_wrong_counters
from tests.postgres import url_of
from tools.migrations import digests, noted

REVISIONS = sorted(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))
BY_HAND = ("ticket_search", "vector", "ix_search_documents_vector")
"""What the index of search is made of, in the way of its database."""
NAMED_BY_HAND = ("container_id", "deleted_at", "title", "key")
"""What SQLite keeps of each ticket in `search_documents` besides."""
WITHOUT_WORKSPACE = {
    "users", "people_version", "kept_replies", "sessions", "ended_sessions", "sign_in_tries", "instance_secrets",
    "links", "identities", "workspaces", "clock_readings", "known_addresses", "mail_counts",
}  # fmt: skip
"""What belongs to people, and the tenant itself: docs/decisions/0001-data-layer.md says why."""

IN_A_HURRY = """
from codimir.database import migrating
migrating.MigrationProgress.__init__.__defaults__ = (0.01,)
migrating.main()
"""


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


@contextmanager
def _migrating(path: Path) -> Iterator["subprocess.Popen[str]"]:
    environment = {**os.environ, **variables_of(Settings(data_dir=path.parent))}
    command = [sys.executable, "-c", IN_A_HURRY]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        yield process


def _revision_in(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        [revision] = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(revision)


@pytest.fixture
def empty(database_name: str, tmp_path: Path, request: pytest.FixtureRequest, worker_id: str) -> Settings:
    """Settings of a database in which there is nothing."""
    if database_name == "sqlite":
        return Settings(data_dir=tmp_path)
    server = request.getfixturevalue("postgres_server")
    name = f"codimir_empty_{worker_id}"
    asyncio.run(_make_empty(server, name))
    return Settings(data_dir=tmp_path, database_url=url_of(server, name))


class TestHistory:
    def test_it_is_one_line(self) -> None:
        assert [f"{number:04}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS
        assert newest_revision() == REVISIONS[-1]

    @pytest.mark.parametrize("revision", REVISIONS)
    async def test_every_revision_becomes_the_newest(self, empty: Settings, revision: str) -> None:
        await _migrate_to(empty, revision)
        assert await _look(empty, _revision) == revision
        await migrate_database(empty)
        assert await _look(empty, _revision) == REVISIONS[-1]
        assert await _look(empty, _differences) == []

    async def test_it_makes_the_tables_as_they_are_described(self, settings: Settings) -> None:
        assert await _look(settings, _differences) == []
        assert await _look(settings, _primary_keys) == _described()

    async def test_servers_that_start_together_wait_for_each_other(self, empty: Settings) -> None:
        await asyncio.gather(*(migrate(empty) for _ in range(3)))
        assert await _look(empty, _revision) == REVISIONS[-1]

    async def test_a_schema_that_is_newer_than_the_program_is_said_to_be(self, empty: Settings) -> None:
        await _migrate_to(empty, "head")
        await _look(empty, _pretend_to_be_newer)
        with pytest.raises(DatabaseError) as refused:
            await migrate(empty)
        assert str(refused.value).startswith(
            f"the database was made by a newer Codimir (schema 9999; this one knows up to {REVISIONS[-1]}): "
        )
        assert await _look(empty, _revision) == "9999"

    async def test_a_database_that_is_up_to_date_is_left_alone(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(asyncio, "create_subprocess_exec", None)
        await migrate(settings)


class TestSlow:
    """A migration that takes long: here it waits for somebody who writes."""

    @pytest.fixture
    def old_file(self, tmp_path: Path) -> Path:
        path = Settings(data_dir=tmp_path).sqlite_path
        migrate_sqlite(path, REVISIONS[-2])
        return path

    def test_it_says_how_far_it_is(self, old_file: Path) -> None:
        with _writing(old_file) as writing, _migrating(old_file) as process:
            said = process.stdout.readline()
            writing.execute("ROLLBACK")
        assert said.startswith("Bringing the database to the newest schema: waiting until nobody else writes, ")
        assert process.returncode == 0
        assert _revision_in(old_file) == REVISIONS[-1]

    def test_whoever_stops_it_finds_the_database_as_it_was(self, old_file: Path) -> None:
        with _writing(old_file), _migrating(old_file) as process:
            process.stdout.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait() == -signal.SIGINT
        assert _revision_in(old_file) == REVISIONS[-2]
        migrate_sqlite(old_file)
        assert _revision_in(old_file) == REVISIONS[-1]

    async def test_who_is_cancelled_stops_it(self, old_file: Path) -> None:
        with _writing(old_file):
            migrating = asyncio.create_task(migrate(Settings(data_dir=old_file.parent)))
            await asyncio.sleep(0)
            migrating.cancel()
            with pytest.raises(asyncio.CancelledError):
                await migrating
        assert _revision_in(old_file) == REVISIONS[-2]

    async def test_it_names_the_step(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        progress = MigrationProgress(seconds_between=0.001)
        steps = progress.follow([SimpleNamespace(revision=SimpleNamespace(path=tmp_path / "0002_search.py"))])
        next(steps)
        said = ""
        while "step 1 of 1 (0002_search)" not in said:
            said += capfd.readouterr().out
        progress.close()

    async def test_what_it_says_is_passed_on(self, old_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        said: list[str] = []
        monkeypatch.setattr(opening, "MIGRATING", ("-c", IN_A_HURRY))
        with _writing(old_file) as writing:

            def say(line: str) -> None:
                said.append(line)
                writing.execute("ROLLBACK") if writing.in_transaction else None

            await migrate(Settings(data_dir=old_file.parent), say)
        assert "waiting until nobody else writes" in said[0]
        assert _revision_in(old_file) == REVISIONS[-1]


class TestScopedPast:
    async def test_what_happened_before_is_told_from_the_log(self, empty: Settings) -> None:
        await _migrate_to(empty, "0017")
        await _look(empty, _log_a_move_and_a_publication)
        await migrate_database(empty)
        assert await _look(empty, _origins) == {
            1: None, 2: "project_sec", 3: "project_sec", 4: None, 5: None, 6: None, 7: None, 8: None,
        }  # fmt: skip
        assert await _look(empty, _publications) == [("project_sec", 8)]


class TestNameKeys:
    async def test_names_that_are_there_get_keys_and_infinite_moments_end(self, empty: Settings) -> None:
        await _migrate_to(empty, "0021")
        await _look(empty, _name_things)
        await migrate_database(empty)
        assert await _look(empty, _keys_of_names) == {
            "users": ("omer 10", sort_key("Ömer 10")), "workspaces": ("arger", sort_key("Ärger")),
            "projects": ("eclair", sort_key("Éclair")), "labels": ("strasse", sort_key("Straße")),
            "groups": ("ольга", sort_key("Ольга")),
        }  # fmt: skip
        first = "0001-01-01 00:00:01+00:00" if empty.database_url else "0001-01-01T00:00:00.000000Z"
        assert await _look(empty, _due_dates) == [first]

    async def test_every_workspace_that_has_tickets_is_indexed_anew(self, empty: Settings) -> None:
        await _migrate_to(empty, "0022")
        await _look(empty, _name_things)
        await migrate_database(empty)
        assert await _look(empty, _jobs) == [("search.reindexing", "w", "w", 0, 0, 1)]


class TestCounters:
    async def test_tickets_that_are_there_are_counted(self, empty: Settings) -> None:
        await _migrate_to(empty, "0025")
        await _look(empty, _make_tickets)
        await migrate_database(empty)
        db = await open_database(empty)
        assert await db.read(find_wrong_counters) == []
        assert await db.read(lambda tx: tx.fetch_all(_TOTALS)) == [("p", 7, 2, 7), ("w", 1, 0, 1)]
        await db.close()


class TestCommitted:
    def test_a_migration_is_never_changed(self) -> None:
        now = digests()
        changed = [name for name, digest in noted().items() if now.get(name) != digest]
        assert changed == [], "databases have run these as they were; mend a mistake with another migration"
        assert set(now) - set(noted()) == set(), "note them with: python -m tools.migrations"


class TestTables:
    def test_every_table_names_its_workspace(self) -> None:
        without = {table.name for table in metadata.sorted_tables if "workspace_id" not in table.c}
        assert without == WITHOUT_WORKSPACE


async def _make_empty(server: str, name: str) -> None:
    connection = await asyncpg.connect(server)
    await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()


async def _migrate_to(settings: Settings, revision: str) -> None:
    if settings.database_url:
        await migrate_postgres(settings.database_url, revision)
    else:
        migrate_sqlite(settings.sqlite_path, revision)


async def _look(settings: Settings, at: Any) -> Any:
    if settings.database_url:
        engine = create_async_engine(
            "postgresql+asyncpg://", async_creator=partial(asyncpg.connect, settings.database_url)
        )
        async with engine.connect() as connection:
            found = await connection.run_sync(at)
        await engine.dispose()
        return found
    file = sa.create_engine(f"sqlite:///{settings.sqlite_path}")
    with file.connect() as connection:
        found = at(connection)
    file.dispose()
    return found


def _revision(connection: sa.Connection) -> Any:
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()


def _pretend_to_be_newer(connection: sa.Connection) -> None:
    connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()


def _differences(connection: sa.Connection) -> Any:
    def is_described(found: Any, name: str | None, *_: object) -> bool:
        if getattr(getattr(found, "table", None), "name", None) == "search_documents" and name in NAMED_BY_HAND:
            return False
        return name is None or (name not in BY_HAND and not name.startswith("ticket_search_"))

    options = {"compare_type": True, "include_object": is_described}
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def _primary_keys(connection: sa.Connection) -> set[str]:
    """Name what autogenerate does not compare."""
    inspected = sa.inspect(connection)
    return {
        f"{table.name}: {inspected.get_pk_constraint(table.name)['constrained_columns']}"
        for table in metadata.sorted_tables
    }


def _described() -> set[str]:
    return {f"{table.name}: {[column.name for column in table.primary_key]}" for table in metadata.sorted_tables}


_TOTALS = Statement(
    sa.text("SELECT container_id, total, status_done, type_bug FROM ticket_totals ORDER BY container_id")
)


def _make_tickets(connection: sa.Connection) -> None:
    """Make nine tickets: one is in the trash, two are done, and one is due on the first day that there is."""
    at = MOMENT.format(1)
    rows = [
        (
            "users (id, email, email_key, name, role, preferences, created_at, updated_at) VALUES"
            f" ('u', 'a@example.com', 'a@example.com', 'A', 'EDITOR', '{{}}', '{at}', '{at}')"
        ),
        f"workspaces (id, name, slug, version, created_at, updated_at) VALUES ('w', 'W', 'w', 8, '{at}', '{at}')",
        (
            "projects (id, workspace_id, name, key, status, visibility, owner_id, ticket_counter, created_at,"
            f" updated_at) VALUES ('p', 'w', 'P', 'P', 'active', 'public', 'u', 0, '{at}', '{at}')"
        ),
        *(
            "tickets (id, workspace_id, project_id, title, title_sort, type, status, priority, stage, due_date,"
            " comment_count, attachment_count, time_log_count, created_at, updated_at, completed_at, deleted_at) VALUES"
            f" ('t{n}', 'w', {project}, 'A', 'a', 1, {status}, {n % 5}, 0, {due}, 0, 0, 0, '{at}',"
            f" '{at}', {completed}, {deleted})"
            for n, (project, status, due, completed, deleted) in enumerate(TICKETS)
        ),
    ]
    for row in rows:
        connection.exec_driver_sql(f"INSERT INTO {row}")
    connection.commit()


MOMENT = "2024-01-0{}T00:00:00.000000Z"
DAY, FIRST_DAY = "'2024-01-09T12:30:00.000000Z'", "'0001-01-01T00:00:00.000000Z'"
TICKETS = [
    ("'p'", 0, "NULL", "NULL", "NULL"), ("'p'", 1, DAY, "NULL", "NULL"), ("'p'", 1, FIRST_DAY, "NULL", "NULL"),
    ("'p'", 4, DAY, DAY, "NULL"), ("'p'", 4, "NULL", DAY, "NULL"), ("'p'", 5, DAY, "NULL", "NULL"),
    ("'p'", 3, DAY, "NULL", DAY), ("NULL", 2, DAY, "NULL", "NULL"), ("'p'", 0, DAY, "NULL", "NULL"),
]  # fmt: skip
LOG = [
    ("ticket.created", "project_sec", {"title": [None, "a"], "projectId": [None, "project_sec"]}, "b1"),
    ("ticket.updated", "project_456", {"title": ["a", "b"], "projectId": ["project_sec", "project_456"]}, "b2"),
    ("ticket.status_changed", "project_456", {"status": ["todo", "done"]}, "b2"),
    ("ticket.status_changed", "project_456", {"status": ["done", "todo"]}, "b4"),
    ("ticket.updated", "project_456", {"title": ["b", "c"]}, "b5"),
    ("project.updated", "project_sec", {"visibility": ["private", "public"]}, "b6"),
    ("project.updated", "project_sec", {"visibility": ["public", "private"], "name": ["a", "b"]}, "b7"),
    ("project.updated", "project_sec", {"visibility": ["private", "public"]}, "b8"),
]


def _log_a_move_and_a_publication(connection: sa.Connection) -> None:
    at = MOMENT.format(1)
    person = f"'user_1', 'a@example.com', 'a@example.com', 'A', 'EDITOR', '{{}}', '{at}', '{at}'"
    rows = [
        "users (id, email, email_key, name, role, preferences, created_at, updated_at) VALUES (" + person + ")",
        f"workspaces (id, name, slug, version, created_at, updated_at) VALUES ('w', 'W', 'w', 8, '{at}', '{at}')",
        *(
            "projects (id, workspace_id, name, key, status, visibility, owner_id, ticket_counter, created_at,"
            f" updated_at) VALUES ('{name}', 'w', 'P', '{name[-3:]}', 'active', 'public', 'user_1', 0, '{at}', '{at}')"
            for name in ("project_sec", "project_456")
        ),
        *(
            "events (id, workspace_id, version, type, actor_id, project_id, ticket_id, subject_id, changes, batch_id,"
            f" created_at) VALUES ('e{version}', 'w', {version}, '{kind}', 'user_1', '{project}',"
            f" {chr(39) + 't' + chr(39) if kind.startswith('ticket') else 'NULL'}, 's', '{json.dumps(changes)}',"
            f" '{batch}', '{MOMENT.format(version)}')"
            for version, (kind, project, changes, batch) in enumerate(LOG, 1)
        ),
    ]
    for row in rows:
        connection.exec_driver_sql(f"INSERT INTO {row}")
    connection.commit()


def _origins(connection: sa.Connection) -> dict[int, str | None]:
    return {row[0]: row[1] for row in connection.exec_driver_sql("SELECT version, from_project_id FROM events")}


def _publications(connection: sa.Connection) -> list[tuple[str, int]]:
    found = connection.exec_driver_sql("SELECT project_id, version FROM published_projects")
    return [(row[0], row[1]) for row in found]


def _name_things(connection: sa.Connection) -> None:
    at, is_sqlite = MOMENT.format(1), connection.dialect.name == "sqlite"
    first = f"{MOMENT.format(1).replace('2024', '0001')}" if is_sqlite else "-infinity"
    stamps = f"'{at}', '{at}'"
    rows = [
        (
            "users (id, email, email_key, name, role, preferences, created_at, updated_at) VALUES"
            f" ('u', 'a@example.com', 'a@example.com', 'Ömer 10', 'EDITOR', '{{}}', {stamps})"
        ),
        f"workspaces (id, name, slug, version, created_at, updated_at) VALUES ('w', 'Ärger', 'w', 8, {stamps})",
        f"workspaces (id, name, slug, version, created_at, updated_at) VALUES ('x', '', 'x', 8, {stamps})",
        (
            "projects (id, workspace_id, name, key, status, visibility, owner_id, ticket_counter, created_at,"
            f" updated_at) VALUES ('p', 'w', 'Éclair', 'P', 'active', 'public', 'u', 0, {stamps})"
        ),
        (
            "labels (id, workspace_id, name, name_key, color, created_at, updated_at) VALUES"
            f" ('l', 'w', 'Straße', 'strasse', '#000000', {stamps})"
        ),
        f"groups (id, workspace_id, name, created_at, updated_at) VALUES ('g', 'w', 'Ольга', {stamps})",
        (
            "tickets (id, workspace_id, project_id, title, title_sort, type, status, priority, stage, due_date,"
            " comment_count, attachment_count, time_log_count, created_at, updated_at) VALUES"
            f" ('t', 'w', 'p', 'A', 'a', 0, 0, 0, 0, '{first}', 0, 0, 0, {stamps})"
        ),
        "search_documents (workspace_id, ticket_id) VALUES ('w', 't')"
        if is_sqlite
        else "search_documents (workspace_id, ticket_id, vector) VALUES ('w', 't', 'a')",
    ]
    for row in rows:
        connection.exec_driver_sql(f"INSERT INTO {row}")
    connection.commit()


def _keys_of_names(connection: sa.Connection) -> dict[str, tuple[str, str]]:
    return {
        table: tuple(connection.exec_driver_sql(f"SELECT name_search, name_sort FROM {table} WHERE name <> ''").one())
        for table in ("users", "workspaces", "projects", "labels", "groups")
    }


def _due_dates(connection: sa.Connection) -> list[str]:
    return [str(row[0]) for row in connection.exec_driver_sql("SELECT due_date FROM tickets")]


def _jobs(connection: sa.Connection) -> list[Any]:
    columns = "kind, workspace_id, subject_id, position, done, total"
    return [tuple(row) for row in connection.exec_driver_sql(f"SELECT {columns} FROM background_jobs")]
