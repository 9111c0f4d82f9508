"""Let people into the demo: its owner by a link, and the administrators of the instance as themselves."""

from datetime import UTC, datetime

import sqlalchemy as sa

from codimir.authentication.links import make_link
from codimir.database.core import Database, Transaction
from codimir.database.statements import Statement
from codimir.demo.company import DEMO_EMAIL, SLUG, Plan
from codimir.demo.loading import load_demo
from codimir.model.users import users
from codimir.model.workspaces import workspace_members, workspaces
from codimir.notifications.fanout import MAX_MAIL_AGE
from codimir.users.queries import find_account
from codimir.workspaces.actions import add_workspace_member

EXAMPLE_TICKETS = 1_000


async def load_example(db: Database) -> str:
    """Load the demo at its usual size, let the administrators in, and return the id of its workspace.

    Raises DemoExists.
    """
    await load_demo(db, Plan(EXAMPLE_TICKETS, ends=usual_end()))
    return await db.write(admit_administrators)


def usual_end() -> datetime:
    """Return a full hour that is so long ago that nobody is mailed about what happened before it."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - MAX_MAIL_AGE


async def admit_administrators(tx: Transaction) -> str:
    """Make every administrator of the instance an owner of the demo, and return the id of its workspace."""
    workspace_id = str(await tx.fetch_value(_DEMO, slug=SLUG))
    for (user_id,) in await tx.fetch_all(_ADMINISTRATORS_OUTSIDE, workspace=workspace_id):
        await add_workspace_member(tx, None, workspace_id, user_id, "OWNER")
    return workspace_id


async def has_example(tx: Transaction) -> bool:
    """Return whether the demo was loaded into this instance before."""
    return await tx.fetch_value(_DEMO, slug=SLUG) is not None


async def make_owner_link(tx: Transaction) -> str:
    """Return the token of a link that signs in as the owner of the demo, once, for an hour."""
    account = await find_account(tx, DEMO_EMAIL)
    token, _ = await make_link(tx, "sign_in", account.id if account else None)
    return token


_DEMO = Statement(sa.select(workspaces.c.id).where(workspaces.c.slug == sa.bindparam("slug")))
_ADMINISTRATORS_OUTSIDE = Statement(
    sa.select(users.c.id)
    .where(
        users.c.role == sa.literal_column("'ADMIN'"),
        users.c.disabled_at.is_(None),
        users.c.id.not_in(
            sa.select(workspace_members.c.user_id).where(workspace_members.c.workspace_id == sa.bindparam("workspace"))
        ),
    )
    .order_by(users.c.created_at, users.c.id)
)
