"""Who sees the same: two people of one audience get the same answer to every question that does not name them."""

from typing import Any

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.visibility_sql import visible_projects
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.model.projects import project_members, projects, published_projects


async def audience_of(tx: Transaction, actor: Actor) -> tuple[Any, ...]:
    """Return everything that decides what an actor sees, in the past too; two are of one audience where it is equal."""
    values = {"actor_id": actor.id, "workspaces": list(actor.workspaces)}
    return (
        actor.role,
        [*actor.workspaces.items()],
        actor.bound_to,
        await tx.fetch_column(_VISIBLE, **values),
        await tx.fetch_column(_PAST, **values),
    )


_VISIBLE = Statement(visible_projects(in_trash=None).order_by(projects.c.id))
_PAST = Statement(
    sa.select(project_members.c.project_id)
    .where(
        project_members.c.user_id == sa.bindparam("actor_id"),
        project_members.c.project_id.in_(sa.select(published_projects.c.project_id)),
    )
    .order_by(project_members.c.project_id)
)
"""Where they were inside what others see only since it was made public: `was_private` keeps its past from those."""
