"""How far the data that someone sees has come."""

from typing import Protocol

import sqlalchemy as sa

from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.users.tables import people_version
from codimir.workspaces.tables import workspaces

PEOPLE = ""
"""Under what the version of people, their names, pictures and roles, stands among those of the workspaces."""

Versions = dict[str, int]


class Viewer(Protocol):
    """Who asks, and how far their workspaces and people had come when that was found out."""

    id: str
    versions: Versions

    @property
    def is_admin(self) -> bool:
        """Say whether they see every workspace."""


async def versions_for(db: Database, viewer: Viewer) -> Versions:
    """Give the version of everything that someone sees; whatever is read afterwards is at least as new."""
    return dict(await db.read(lambda tx: tx.all(_ALL))) if viewer.is_admin else viewer.versions


_PEOPLE = sa.select(sa.literal_column(f"'{PEOPLE}'", sa.Text()), people_version.c.version)
_ALL = Statement(sa.select(workspaces.c.id, workspaces.c.version).union_all(_PEOPLE).order_by(sa.literal_column("1")))
