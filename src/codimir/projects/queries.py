"""Reading projects."""

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.projects.tables import former_project_keys, projects


async def keys_in(tx: Transaction, workspace_id: str) -> set[str]:
    """Give every key that a project of a workspace has or had: none of them can be given to another."""
    return {row[0] for row in await tx.all(_KEYS, workspace_id=workspace_id)}


_KEYS = Statement(
    sa.union_all(
        *(
            sa.select(table.c.key).where(table.c.workspace_id == sa.bindparam("workspace_id"))
            for table in (projects, former_project_keys)
        )
    )
)
