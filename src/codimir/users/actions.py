"""What can be done to people."""

import msgspec

from codimir.access.roles import InstanceRole, Role
from codimir.access.tokens import end_sessions_of
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into, update_by_id
from codimir.http.errors import Conflict, InvalidInput
from codimir.kit.ids import new_id
from codimir.users.emails import email_key, is_email
from codimir.users.fields import LONGEST_NAME
from codimir.users.queries import find_account
from codimir.users.tables import users
from codimir.workspaces.actions import add_workspace_member, create_workspace
from codimir.workspaces.queries import find_oldest_workspace

FIRST_WORKSPACE = "My workspace"
ROLE_OF_NEWCOMER: dict[InstanceRole, Role] = {"ADMIN": "ADMIN", "EDITOR": "MEMBER", "VIEWER": "VIEWER"}


class EmailTaken(Conflict):
    """Someone has this e-mail already."""

    message = "Someone with this e-mail exists already"


class Membership(msgspec.Struct, frozen=True):
    """Where someone was put, and as what."""

    workspace_name: str
    role: Role


async def create_user(
    tx: Transaction,
    email: str,
    name: str,
    role: InstanceRole,
    password_hash: str | None = None,
    *,
    is_email_proven: bool = True,
) -> str:
    """Create a person, who is in no workspace yet; give their id.

    The e-mail counts as proven where an administrator or a provider of identities says so.

    Raises InvalidInput for an e-mail or a name that cannot be, EmailTaken when someone has the e-mail.
    """
    email, name = email.strip(), name.strip()
    _check(email, name)
    if await find_account(tx, email) is not None:
        raise EmailTaken(details={"email": [EmailTaken.message]})
    user_id = new_id("user")
    await tx.run(
        insert_into(users), id=user_id, email=email, email_key=email_key(email), name=name, first_name=None,
        last_name=None, image=None, role=role, email_verified_at=tx.now if is_email_proven else None,
        password_hash=password_hash, preferences={}, not_before=None, disabled_at=None,
        created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    return user_id


async def disable_user(tx: Transaction, user_id: str) -> None:
    """Keep someone out from now on; what they made stays, under their name."""
    await tx.run(_set("disabled_at"), row_id=user_id, disabled_at=tx.now, updated_at=tx.now)
    await end_sessions_of(tx, user_id)


async def enable_user(tx: Transaction, user_id: str) -> None:
    """Let someone in again, who signs in anew."""
    await tx.run(_set("disabled_at"), row_id=user_id, disabled_at=None, updated_at=tx.now)


async def settle_user(tx: Transaction, user_id: str, role: InstanceRole) -> Membership:
    """Put a new person into the oldest workspace; the first person of an instance gets one of their own."""
    oldest = await find_oldest_workspace(tx)
    if oldest is None:
        await create_workspace(tx, user_id, FIRST_WORKSPACE)
        return Membership(FIRST_WORKSPACE, "OWNER")
    workspace_id, workspace_name = oldest
    await add_workspace_member(tx, None, workspace_id, user_id, ROLE_OF_NEWCOMER[role])
    return Membership(workspace_name, ROLE_OF_NEWCOMER[role])


def _set(column: str) -> Statement:
    return update_by_id(users, frozenset({column, "updated_at"}))


def _check(email: str, name: str) -> None:
    problems: dict[str, list[str]] = {}
    if not is_email(email):
        problems["email"] = ["Must be an e-mail address such as jane@example.com"]
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        problems["name"] = [f"Must be one line of 1 to {LONGEST_NAME} characters"]
    if problems:
        raise InvalidInput(details=problems)
