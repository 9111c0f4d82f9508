"""What somebody may do now is the same in SQL as in Python, whatever they are."""

from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.authentication.standing import find_actor, may_now
from codimir.authorization.permissions import Permission
from codimir.authorization.visibility_sql import administers
from codimir.database.core import Database, Transaction
from codimir.database.statements import Statement, insert_into
from codimir.kit.collation import name_keys
from codimir.model.enums import INSTANCE_ROLES, ROLES
from codimir.model.projects import project_members
from codimir.model.users import users
from codimir.model.workspaces import workspace_members
from tests.cast import LONG_AGO

PLACES = [("workspace_789", None), ("workspace_789", "project_sec"), ("workspace_789", "project_456")]
EVERY = list(product(INSTANCE_ROLES, (None, *ROLES), (None, *ROLES), (False, True)))


@pytest.fixture
async def everybody(db: Database) -> list[str]:
    """Make a person for each combination of roles: on the instance, in Acme, in its project SEC, disabled or not."""

    async def unit(tx: Transaction) -> list[str]:
        ids = []
        for number, (instance_role, role, project_role, is_disabled) in enumerate(EVERY):
            ids.append(user_id := f"user_x{number}")
            row = {"id": user_id, "email": f"x{number}@example.com", "email_key": f"x{number}@example.com", "name": "X"}
            await tx.execute(
                insert_into(users), **row, first_name=None, last_name=None, image=None, role=instance_role,
                password_hash=None, preferences={}, not_before=None, disabled_at=LONG_AGO if is_disabled else None,
                email_verified_at=None, created_at=LONG_AGO, updated_at=LONG_AGO, **name_keys("X"),
            )  # fmt: skip
            member = {"workspace_id": "workspace_789", "user_id": user_id, "created_at": LONG_AGO}
            if role is not None:
                await tx.execute(insert_into(workspace_members), **member, role=role)
            if project_role is not None:
                await tx.execute(insert_into(project_members), **member, role=project_role, project_id="project_sec")
        return ids

    return await db.write(unit)


@pytest.mark.parametrize(("workspace_id", "project_id"), PLACES)
async def test_administering(db: Database, everybody: list[str], workspace_id: str, project_id: str | None) -> None:
    place: Any = sa.bindparam("workspace", type_=sa.Text()), sa.bindparam("project", type_=sa.Text())
    in_sql = Statement(sa.select(users.c.id).where(users.c.id.like("user_x%"), administers(users.c.id, *place)))

    async def unit(tx: Transaction) -> tuple[set[str], set[str]]:
        found = {row[0] for row in await tx.fetch_all(in_sql, workspace=workspace_id, project=project_id)}
        said = {
            user_id
            for user_id in everybody
            if await may_now(tx, await find_actor(tx, user_id), Permission.WEBHOOK_MANAGE, workspace_id, project_id)
        }
        return found, said

    found, said = await db.read(unit)
    assert found == said
    assert 0 < len(said) < len(everybody)
