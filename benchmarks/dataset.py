"""The file that is measured: the demo in a hundred private projects, and a member who sees twenty of them."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import sqlalchemy as sa

from codimir.authentication.tokens import hash_of
from codimir.config import Settings
from codimir.database.core import Transaction
from codimir.database.opening import migrate, open_database
from codimir.database.statements import Statement, insert_into
from codimir.demo.company import REFERENCE, Plan
from codimir.demo.loading import load_demo
from codimir.kit.collation import name_keys
from codimir.kit.ids import new_id
from codimir.model.authentication import sessions
from codimir.model.projects import project_members, projects
from codimir.model.tickets import tickets
from codimir.model.users import users
from codimir.model.workspaces import workspace_members

PROJECTS, SEES_EVERY = 100, 5
TOKEN = "session-of-the-benchmark"  # noqa: S105 - of nobody
FAR_AHEAD = datetime(2200, 1, 1, tzinfo=UTC)
SAMPLES = 200
SECONDS_BETWEEN_NEWS = 10.0


def prepare(folder: Path, count: int, say: Callable[[str], None] = print) -> Settings:
    """Return a fresh copy of the file with so many tickets; the file is made when it is not there yet."""
    made = folder / f"tickets-{count}"
    if not made.exists():
        say(f"Making a file with {count:,} tickets, once: about {1 + count // 35_000} minutes.")
        folder.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(dir=folder))
        asyncio.run(fill(Settings(data_dir=new), count, say))
        new.replace(made)
    copy = Settings(data_dir=Path(tempfile.mkdtemp(prefix="run-", dir=folder)))
    shutil.copy(made / "codimir.db", copy.sqlite_path)
    asyncio.run(migrate(copy))
    return copy


class Progress:
    """Says how much of a file is made, and how long the rest will take."""

    def __init__(self, count: int, say: Callable[[str], None], clock: Callable[[], float] = monotonic) -> None:
        self._count = count
        self._say = say
        self._clock = clock
        self._began = self._told = clock()
        self._made = 0

    def made(self, more: int) -> None:
        """Note that so many tickets more are durable."""
        self._made += more
        now = self._clock()
        if now - self._told < SECONDS_BETWEEN_NEWS:
            return
        self._told = now
        left = (now - self._began) / self._made * (self._count - self._made)
        part = 100 * self._made // self._count
        self._say(f"{self._made:,} of {self._count:,} tickets, {part} %, about {left / 60:.0f} minutes left")


class Sample:
    """Things of the file that the member sees, to ask for."""

    def __init__(self, project_ids: list[str], ticket_ids: list[str], titles: list[str]) -> None:
        self.project_ids = project_ids
        self.ticket_ids = ticket_ids
        self.titles = titles


def sample(settings: Settings) -> Sample:
    """Choose what is asked for: the projects, and tickets from all over the list."""
    return asyncio.run(_sample(settings))


async def fill(settings: Settings, count: int, say: Callable[[str], None] = print) -> None:
    """Fill a new database with so many tickets, and say every now and then how many there are."""
    await migrate(settings)
    db = await open_database(settings)
    progress = Progress(count, say)
    await load_demo(db, Plan(count, projects=PROJECTS, visibility="private"), progress.made)
    await db.write(lambda tx: add_member(tx, "Bench Member", TOKEN))
    await db.close()


async def add_member(tx: Transaction, name: str, token: str) -> None:
    """Add a member of every fifth project, with a session of that token."""
    user_id, email = new_id("user"), f"{token}@example.com"
    found = await tx.fetch_all(_PROJECTS)
    role = {"user_id": user_id, "role": "MEMBER", "created_at": REFERENCE}
    await tx.execute(
        insert_into(users), id=user_id, email=email, email_key=email, name=name,
        first_name=None, last_name=None, image=None, role="EDITOR", email_verified_at=None,
        password_hash=None, preferences={}, not_before=None, disabled_at=None, created_at=REFERENCE,
        updated_at=REFERENCE, **name_keys(name),
    )  # fmt: skip
    await tx.execute(insert_into(workspace_members), workspace_id=found[0][1], **role)
    for project_id, workspace_id in found[::SEES_EVERY]:
        await tx.execute(insert_into(project_members), workspace_id=workspace_id, project_id=project_id, **role)
    row = {"token_hash": hash_of(token), "user_id": user_id, "created_at": REFERENCE, "expires_at": FAR_AHEAD}
    await tx.execute(insert_into(sessions), **row)


async def _sample(settings: Settings) -> Sample:
    db = await open_database(settings)
    projects_seen = [row[0] for row in (await db.read(lambda tx: tx.fetch_all(_PROJECTS)))[::SEES_EVERY]]
    found = [row for row in await db.read(lambda tx: tx.fetch_all(_TICKETS)) if row[1] in projects_seen]
    await db.close()
    some = found[:: max(1, len(found) // SAMPLES)][:SAMPLES]
    return Sample(projects_seen, [row[0] for row in some], [row[2] for row in some])


_PROJECTS = Statement(
    sa.select(projects.c.id, projects.c.workspace_id).order_by(projects.c.ticket_counter.desc(), projects.c.id)
)
MEMBER = Statement(sa.select(sessions.c.user_id).where(sessions.c.token_hash == hash_of(TOKEN)))
_TICKETS = Statement(sa.select(tickets.c.id, tickets.c.project_id, tickets.c.title).order_by(tickets.c.updated_at))
