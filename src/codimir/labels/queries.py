"""Reading labels."""

import sqlalchemy as sa

from codimir.access.permissions import Scope
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.labels.tables import labels


async def is_label_name_taken(tx: Transaction, scope: Scope, name_key: str) -> bool:
    """Say whether a project, or a workspace for all its projects, has a label of this name."""
    place = scope.project_id or scope.workspace_id
    return await tx.value(_BY_NAME, scope_id=place, name_key=name_key) is not None


_BY_NAME = Statement(
    sa.select(labels.c.id).where(
        labels.c.scope_id == sa.bindparam("scope_id"), labels.c.name_key == sa.bindparam("name_key")
    )
)
