"""The world of the tests: both databases, a cast of people, and a client for each of them.

Acme has two projects: WEB, which everyone in Acme sees, and SEC, which is private. Jane and John write code in both,
Ada owns the workspace, Victor only reads, Mia is in Acme but in none of its projects. Eve belongs to Globex and must
never see anything of Acme. Root administers the instance.
"""

import asyncio
import compileall
import email.policy
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from email import message_from_bytes
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar

import codimir
from codimir.app import create_app
from codimir.config import Settings
from codimir.database.core import Database, Transaction
from codimir.database.migrating import migrate_postgres, migrate_sqlite
from codimir.database.schema import metadata
from codimir.database.statements import Statement, insert_into, update_by_id
from codimir.kit.collation import name_keys
from codimir.kit.ranks import first_rank
from codimir.model.events import events as events_table
from codimir.model.projects import project_members, projects
from codimir.model.tickets import ticket_labels, tickets, title_sort_key
from codimir.model.users import users
from codimir.model.workspaces import workspace_members
from codimir.projects.search_columns import search_columns
from codimir.tickets.search.index import index_tickets
from codimir.web import prose, task_counts
from tests.apps import Applications
from tests.cast import LONG_AGO, PEOPLE, load_world
from tests.cli.commands import Commands, forking
from tests.clients import Client
from tests.postgres import ReusedPool, WorkerDatabase, own_server, run_sql, url_of

MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it
MIN_MEMORY = 2 * 1024**3
COUNTS = {table.name: Statement(sa.select(sa.func.count()).select_from(table)) for table in metadata.sorted_tables}


def pytest_configure(config: pytest.Config) -> None:
    """Let the files of the tests be in memory where there is room: a disk takes longer than all that they test.

    The code is compiled once before: Python may be told to write no bytecode, and then each process of a test compiles
    everything anew, which takes as long as everything else that it does.
    """
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(str(Path(codimir.__file__).parent), quiet=1)
    if "PYTEST_DEBUG_TEMPROOT" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MIN_MEMORY:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)


def pytest_collection_finish() -> None:
    """Let the collector of garbage not look again and again at what stays until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    path = tmp_path_factory.mktemp("template") / "codimir.db"
    migrate_sqlite(path)
    return path


@pytest.fixture(scope="session")
def applications() -> Applications:
    """The applications of this worker."""
    return Applications()


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    """What runs the commands of this worker."""
    with forking() as made:
        yield made


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL: the one that is named, or one of our own that ends with the tests."""
    if named := os.environ.get("CODIMIR_TEST_DATABASE_URL"):
        yield named
        return
    with own_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str, worker_id: str, applications: Applications) -> Iterator[WorkerDatabase]:
    """The migrated database of this worker."""
    name = f"codimir_test_{worker_id}"
    asyncio.run(run_sql(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}"))
    url = url_of(postgres_server, name)
    asyncio.run(migrate_postgres(url))
    database = applications.worker_databases[url] = WorkerDatabase(url)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(database_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings of an empty, migrated instance."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    if database_name == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), data_dir / "codimir.db")
        return Settings(data_dir=data_dir)
    database: WorkerDatabase = request.getfixturevalue("postgres_database")
    database.empty()
    return Settings(data_dir=data_dir, database_url=database.url)


@pytest.fixture(scope="session")
def application() -> Litestar:
    """The application of most tests."""
    return create_app(Settings())


@pytest.fixture(scope="module")
async def reused_pool(anyio_backend: Any) -> AsyncIterator[ReusedPool]:
    """What the applications of a module work with on PostgreSQL, one after another.

    As long as it is there, so is the event loop, to which its connections belong.
    """
    pool = ReusedPool()
    yield pool
    await pool.end()


@pytest.fixture
async def app(
    applications: Applications, application: Litestar, settings: Settings, reused_pool: ReusedPool
) -> AsyncIterator[Litestar]:
    """The application with the cast loaded, running."""
    async with applications.running(application, settings, reused_pool):
        yield application


@pytest.fixture
def run_app(
    applications: Applications, reused_pool: ReusedPool
) -> Callable[..., AbstractAsyncContextManager[Litestar]]:
    """Run another application: `async with run_app(settings, has_cast=False, delivers=True) as app`."""
    return partial(applications.run, pool=reused_pool)


@pytest.fixture(scope="session")
def load_cast() -> Any:
    """The unit of work that loads the cast."""
    return load_world


@pytest.fixture
def db(app: Litestar) -> Database:
    """The database of the running application."""
    database: Database = app.state.database
    return database


@pytest.fixture(scope="session", autouse=True)
def patient_pages() -> Iterator[None]:
    """Let pages wait for the process that reads texts, as long as a busy machine makes it take."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(prose, "PATIENCE_SECONDS", 300)
        patched.setattr(task_counts, "PATIENCE_SECONDS", 300)
        yield


@pytest.fixture
def full_disk(db: Database) -> Any:
    """Let the file of SQLite not grow, as on a full disk, and with `full=False` grow again."""

    async def change(*, full: bool = True) -> None:
        async def limit(tx: Any) -> None:
            pages = tx.connection.execute("PRAGMA page_count").fetchone()[0] if full else 2**30
            tx.connection.execute(f"PRAGMA max_page_count = {pages}")

        await db.write(limit)

    return change


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[Any]:
    """Make a client: `client("jane")` for someone of the cast, `client()` for nobody."""
    made: list[Client] = []

    def make(who: str | None = None) -> Client:
        headers = {"cookie": f"next-auth.session-token=session-of-{who}"} if who else {}
        made.append(Client(app, headers))
        return made[-1]

    yield make
    for each in made:
        await each.http.aclose()


@pytest.fixture
async def jane(client: Any) -> Client:
    return client("jane")


@pytest.fixture
def new_ticket(jane: Client) -> Any:
    """Make a ticket of Jane's in WEB and give it."""

    async def make(**fields: Any) -> Any:
        reply = await jane.post("/api/tickets", {"title": "Fix login", "projectId": "project_456", **fields})
        assert reply.status == 201, reply.body
        return reply.data

    return make


@pytest.fixture
def recorded(db: Database) -> Any:
    """Give the events that were recorded about something, oldest first: (type, changes)."""
    columns = events_table.c
    statement = Statement(
        sa.select(columns.type, columns.changes)
        .where(columns.subject_id == sa.bindparam("subject"))
        .order_by(columns.workspace_id, columns.version)
    )

    async def read(subject_id: str) -> list[tuple[str, Any]]:
        rows = await db.read(lambda tx: tx.all(statement, subject=subject_id))
        return [(row[0], row[1]) for row in rows]

    return read


@pytest.fixture
def row_counts(db: Database) -> Any:
    """Count the rows of every table."""

    async def unit(tx: Transaction) -> dict[str, int]:
        return {name: await tx.value(count) for name, count in COUNTS.items()}

    async def count() -> dict[str, int]:
        return await db.read(unit)

    return count


@pytest.fixture
def load_ticket(db: Database) -> Any:
    """Load a ticket as data, past every verb; columns that are not given are plain. Jane reported it in WEB."""

    async def load(ticket_id: str, label_ids: Sequence[str] = (), **columns: Any) -> None:
        row = {
            "id": ticket_id, "workspace_id": "workspace_789", "project_id": "project_456", "number": None, "key": None,
            "title": "Fix login", "description": None, "type": "TASK", "status": "backlog", "priority": "medium",
            "rank": first_rank(columns.get("created_at", LONG_AGO), ticket_id),
            "stage": "PLANNING", "assignee_id": None, "reporter_id": "user_101", "group_id": None, "due_date": None,
            "completed_at": None, "comment_count": 0, "attachment_count": 0, "time_log_count": 0,
            "created_at": LONG_AGO, "updated_at": LONG_AGO, "deleted_at": None, **columns,
        }  # fmt: skip

        async def unit(tx: Transaction) -> None:
            await tx.run(insert_into(tickets), **row, title_sort=title_sort_key(row["title"]))
            for label_id in label_ids:
                labelled = {"workspace_id": row["workspace_id"], "ticket_id": ticket_id, "label_id": label_id}
                await tx.run(insert_into(ticket_labels), **labelled)
            if row["number"] is not None:
                counted = update_by_id(projects, frozenset({"ticket_counter"}))
                await tx.run(counted, row_id=row["project_id"], ticket_counter=row["number"])
            await index_tickets(tx, [ticket_id])

        await db.write(unit)

    return load


@pytest.fixture
def join(db: Database) -> Any:
    """Make someone of the cast a member: `join("mia", "MEMBER", "workspace_globex")`, or of a project of it too."""

    async def load(who: str, role: str, workspace_id: str, project_id: str | None = None) -> None:
        row = {"workspace_id": workspace_id, "user_id": PEOPLE[who][0], "role": role, "created_at": LONG_AGO}
        if project_id is None:
            await db.write(lambda tx: tx.run(insert_into(workspace_members), **row))
        else:
            await db.write(lambda tx: tx.run(insert_into(project_members), **row, project_id=project_id))

    return load


@pytest.fixture
def set_user(db: Database) -> Any:
    """Set columns of someone of the cast: `set_user("jane", role="VIEWER")`."""

    async def load(who: str, **columns: Any) -> None:
        columns |= name_keys(columns["name"]) if "name" in columns else {}
        statement = update_by_id(users, frozenset(columns))
        await db.write(lambda tx: tx.run(statement, row_id=PEOPLE[who][0], **columns))

    return load


@pytest.fixture
def load_project(db: Database) -> Any:
    """Load a project as data, past every verb: a public one of Acme, older than all others, if nothing else is said."""

    async def load(project_id: str, **columns: Any) -> None:
        long_before = LONG_AGO.replace(year=2000)
        row = {
            "id": project_id, "workspace_id": "workspace_789", "name": project_id, "description": None, "key": "NEW",
            "status": "active", "visibility": "public", "owner_id": "user_ada",
            "join_policy": "open", "ticket_counter": 0,
            "deleted_at": None, "created_at": long_before, "updated_at": long_before, **columns,
        }  # fmt: skip
        row |= search_columns(row["name"], row["key"], row["description"])
        await db.write(lambda tx: tx.run(insert_into(projects), **row))

    return load


class MailServer:
    """A mail server that runs, and what has arrived there."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def mails(self) -> list[EmailMessage]:
        """Give every mail, the earliest first."""
        raw = [path.read_bytes() for path in sorted(self.folder.glob("*.eml"))]
        return [message_from_bytes(each, policy=email.policy.default) for each in raw]  # type: ignore[arg-type]


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[MailServer]:
    """A real mail server in a process of its own."""
    folder = tmp_path / "mails"
    folder.mkdir()
    script = Path(__file__).parent / "mail" / "mail_server.py"
    command = [sys.executable, script, folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own script
        assert process.stdout
        yield MailServer(f"smtp://127.0.0.1:{process.stdout.readline().strip()}", folder)
        process.terminate()
