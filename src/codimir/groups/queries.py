"""Reading groups."""

import sqlalchemy as sa

from codimir.access.permissions import Scope
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.groups.tables import groups


async def is_group_name_taken(tx: Transaction, scope: Scope, name: str) -> bool:
    """Say whether the workspace has a group of this name."""
    return await tx.value(_BY_NAME, workspace_id=scope.workspace_id, name=name) is not None


_BY_NAME = Statement(
    sa.select(groups.c.id).where(
        groups.c.workspace_id == sa.bindparam("workspace_id"), groups.c.name == sa.bindparam("name")
    )
)
