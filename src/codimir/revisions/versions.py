"""How far the data that someone sees has come."""

from abc import abstractmethod

import sqlalchemy as sa

from codimir.database.core import Database, Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.http.signatures import SignedIn
from codimir.model.events import events
from codimir.model.users import people_version
from codimir.model.workspaces import workspaces

PEOPLE = ""
"""Under what the version of people, their names, pictures and roles, stands among those of the workspaces."""

Versions = dict[str, int]


class Viewer(SignedIn):
    """Who asks, and how far their workspaces and people had come when that was found out.

    A route that takes one, under whichever name, answers with tags, and takes conditions and keys.
    """

    __slots__ = ()

    id: str
    versions: Versions
    """The versions of what they see, or of a part of it for who sees every workspace"""
    bound_to: str | None
    """The workspace to which they are held by what they came with"""

    @property
    @abstractmethod
    def is_admin(self) -> bool:
        """Return whether they see every workspace."""


async def versions_for(db: Database, viewer: Viewer) -> Versions:
    """Return the version of everything that someone sees; whatever is read afterwards is at least as new."""
    return dict(await db.read(lambda tx: tx.fetch_all(_ALL))) if viewer.is_admin else viewer.versions


async def versions_in(tx: Transaction, viewer: Viewer) -> Versions:
    """Return the version of everything that someone sees, as old as everything else that the transaction reads."""
    return dict(await tx.fetch_all(_ALL if viewer.is_admin else _SOME, workspaces=[*viewer.versions]))


async def find_workspace_of(tx: Transaction, subject_id: str) -> str | None:
    """Return the workspace in whose log something stands, by its id."""
    found: str | None = await tx.fetch_value(_WORKSPACE, subject=subject_id)
    return found


async def end_every_tag(tx: Transaction) -> None:
    """Raise a version that everybody sees: replies are made anew, though nothing that the log tells has changed."""
    await tx.execute(_NEXT_VERSION_OF_PEOPLE)


_NEXT_VERSION_OF_PEOPLE = Statement(sa.update(people_version).values(version=people_version.c.version + 1))
_WORKSPACE = Statement(
    sa.select(events.c.workspace_id).where(events.c.subject_id == sa.bindparam("subject")).limit(sa.literal_column("1"))
)
_PEOPLE = sa.select(sa.literal_column(f"'{PEOPLE}'", sa.Text()), people_version.c.version)
_EVERY = sa.select(workspaces.c.id, workspaces.c.version)
_ALL = Statement(_EVERY.union_all(_PEOPLE).order_by(sa.literal_column("1")))
_SOME = Statement(_EVERY.where(is_any_of(workspaces.c.id, "workspaces")).union_all(_PEOPLE))
