"""Becoming a member of a project."""

from codimir.database.core import Transaction
from codimir.database.statements import insert_into
from codimir.events.recording import record
from codimir.events.types import MemberAdded
from codimir.model.enums import Role
from codimir.model.projects import project_members


async def add_project_member(
    tx: Transaction, actor_id: str | None, workspace_id: str, project_id: str, user_id: str, role: Role
) -> None:
    """Make someone a member of a project."""
    await tx.execute(
        insert_into(project_members), workspace_id=workspace_id, project_id=project_id, user_id=user_id, role=role,
        created_at=tx.now,
    )  # fmt: skip
    changes = {"userId": (None, user_id), "role": (None, role)}
    await record(
        tx, actor_id,
        MemberAdded(workspace_id=workspace_id, project_id=project_id, subject_id=user_id, changes=changes),
    )  # fmt: skip
