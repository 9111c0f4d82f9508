"""The world of the tests: both databases, a cast of people, and a client for each of them.

Acme has two projects: WEB, which everyone in Acme sees, and SEC, which is private. Jane and John write code in both,
Ada owns the workspace, Victor only reads, Mia is in Acme but in none of its projects. Eve belongs to Globex and must
never see anything of Acme. Root administers the instance.
"""

import asyncio
import compileall
import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

import codimir
from codimir.app import create_app
from codimir.config import Settings
from codimir.database.core import Database, Unit
from codimir.database.migrating import migrate_postgres, migrate_sqlite
from codimir.web import prose, task_counts
from tests.apps import Applications, RunApp
from tests.calls import AsyncCall
from tests.cast import load_world
from tests.cli.commands import Commands, forking
from tests.clients import Client, People
from tests.loading import join, load_project, load_ticket, recorded, row_counts, set_user  # noqa: F401 - fixtures
from tests.mail.receiving import mail_server  # noqa: F401 - a fixture
from tests.postgres import ReusedPool, WorkerDatabase, own_server, run_sql, url_of

MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it
MIN_MEMORY = 2 * 1024**3


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
async def reused_pool(anyio_backend: object) -> AsyncIterator[ReusedPool]:
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
def run_app(applications: Applications, reused_pool: ReusedPool) -> RunApp:
    """Run another application: `async with run_app(settings, has_cast=False, delivers=True) as app`."""
    return partial(applications.run, pool=reused_pool)


@pytest.fixture(scope="session")
def load_cast() -> Unit[None]:
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
def full_disk(db: Database) -> AsyncCall[None]:
    """Let the file of SQLite not grow, as on a full disk, and with `full=False` grow again."""

    async def change(*, full: bool = True) -> None:
        async def limit(tx: Any) -> None:
            pages = tx.connection.execute("PRAGMA page_count").fetchone()[0] if full else 2**30
            tx.connection.execute(f"PRAGMA max_page_count = {pages}")

        await db.write(limit)

    return change


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[People]:
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
async def jane(client: People) -> Client:
    return client("jane")


@pytest.fixture
def new_ticket(jane: Client) -> AsyncCall[Any]:
    """Make a ticket of Jane's in WEB and give it."""

    async def make(**fields: Any) -> Any:
        reply = await jane.post("/api/tickets", {"title": "Fix login", "projectId": "project_456", **fields})
        assert reply.status == 201, reply.body
        return reply.data

    return make
