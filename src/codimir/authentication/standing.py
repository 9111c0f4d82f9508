"""What someone may do now: who started something may have lost their rights since."""

import sqlalchemy as sa

from codimir.authentication.sessions import ACTOR_COLUMNS, IN_ORDER, MEMBERSHIP, actor_of
from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, allows, is_visible
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.model.enums import Role
from codimir.model.projects import project_members
from codimir.model.users import users


async def find_actor(tx: Transaction, user_id: str) -> Actor | None:
    """Find someone with the rights that they have now; None when they are disabled."""
    rows = await tx.fetch_all(_ENABLED, user_id=user_id)
    return actor_of(rows) if rows else None


async def may_now(
    tx: Transaction, person: Actor | None, permission: Permission, workspace_id: str, project_id: str | None = None
) -> bool:
    """Return whether someone may do this now, in a workspace or in a project of it."""
    if person is None:
        return False
    role: Role | None = None
    if project_id is not None:
        role = await tx.fetch_value(_ROLE_IN_PROJECT, project_id=project_id, user_id=person.id)
    scope = Scope(workspace_id, project_id, project_role=role)
    return is_visible(person, scope) and allows(person, permission, scope)


_ENABLED = Statement(
    sa.select(*ACTOR_COLUMNS)
    .select_from(MEMBERSHIP)
    .where(users.c.id == sa.bindparam("user_id"), users.c.disabled_at.is_(None))
    .order_by(*IN_ORDER)
)
_ROLE_IN_PROJECT = Statement(
    sa.select(project_members.c.role).where(
        project_members.c.project_id == sa.bindparam("project_id"),
        project_members.c.user_id == sa.bindparam("user_id"),
    )
)
