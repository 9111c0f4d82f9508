"""What the tests of comments need besides the cast."""

import pytest
import sqlalchemy as sa

from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.model.users import users
from tests.calls import AsyncCall


@pytest.fixture
def set_role(db: Database) -> AsyncCall[None]:
    """Give someone another role on the instance."""
    statement = Statement(
        sa.update(users).where(users.c.id == sa.bindparam("user")).values(role=sa.bindparam("role", type_=sa.Text()))
    )

    async def change(user_id: str, role: str) -> None:
        await db.write(lambda tx: tx.execute(statement, user=user_id, role=role))

    return change
