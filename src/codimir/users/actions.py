"""What can be done to people."""

import msgspec
import sqlalchemy as sa

from codimir.authentication.links import withdraw_links
from codimir.authentication.tokens import end_sessions_of
from codimir.authorization.actor import Actor
from codimir.authorization.permissions import require_unbound
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into, update_by_id
from codimir.events.recording import record
from codimir.events.types import Changes, UserUpdated
from codimir.http.errors import Conflict, InvalidInput
from codimir.kit.collation import name_keys
from codimir.kit.emails import email_key, is_email
from codimir.kit.ids import new_id
from codimir.kit.lines import is_one_line
from codimir.kit.updates import changed, in_api_names, new_values
from codimir.kit.values import Values
from codimir.model.enums import InstanceRole, Role
from codimir.model.users import users
from codimir.model.workspaces import workspace_members, workspaces
from codimir.offboarding.actions import revoke_tokens
from codimir.problems.problem import Problem, Problems
from codimir.users.fields import MAX_NAME_LENGTH
from codimir.users.profiles import get_profile, stored_preferences
from codimir.users.queries import find_account
from codimir.users.schemas import PreferencesUpdate, Profile, ProfileUpdate
from codimir.workspaces.actions import add_workspace_member, create_workspace
from codimir.workspaces.queries import find_oldest_workspace

FIRST_WORKSPACE = "My workspace"
ROLE_OF_NEWCOMER: dict[InstanceRole, Role] = {"ADMIN": "ADMIN", "EDITOR": "MEMBER", "VIEWER": "VIEWER"}


class EmailTaken(Conflict):
    """Someone has this e-mail already."""

    problem = Problem("email_taken")


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
        raise EmailTaken.about("email")
    user_id = new_id("user")
    await tx.execute(
        insert_into(users), id=user_id, email=email, email_key=email_key(email), name=name, first_name=None,
        last_name=None, image=None, role=role, email_verified_at=tx.now if is_email_proven else None,
        password_hash=password_hash, preferences={}, not_before=None, disabled_at=None,
        created_at=tx.now, updated_at=tx.now, **name_keys(name),
    )  # fmt: skip
    return user_id


async def disable_user(tx: Transaction, user_id: str) -> None:
    """Keep someone out from now on; what they made stays, under their name."""
    await tx.execute(_set("disabled_at"), row_id=user_id, disabled_at=tx.now, updated_at=tx.now)
    await _end_ways_in(tx, user_id)


async def enable_user(tx: Transaction, user_id: str) -> None:
    """Let someone in again, who signs in anew; tokens, sessions and links from before stay worth nothing."""
    await tx.execute(_set("disabled_at"), row_id=user_id, disabled_at=None, updated_at=tx.now)
    await _end_ways_in(tx, user_id)


async def update_profile(tx: Transaction, actor: Actor, update: ProfileUpdate) -> None:
    """Change the fields that are given of the actor's own profile, and tell the workspaces that see it."""
    require_unbound(actor)
    old = await get_profile(tx, actor)
    changes = changed(old, update)
    if not changes:
        return
    row = new_values(changes) | {"updated_at": tx.now}
    row |= name_keys(row["name"]) if "name" in row else {}
    await tx.execute(update_by_id(users, frozenset(row)), row_id=actor.id, **row)
    await tell_workspaces(tx, actor.id, actor.id, in_api_names(Profile, changes))


async def update_preferences(tx: Transaction, actor: Actor, update: PreferencesUpdate) -> None:
    """Change the preferences that are given; they are nobody else's business, so nothing is recorded."""
    require_unbound(actor)
    old = await stored_preferences(tx, actor.id)
    given: Values = msgspec.to_builtins(update)
    mails = old.get("emailNotifications", {}) | given.pop("emailNotifications", {})
    chosen = {**old, **given, **({"emailNotifications": mails} if mails else {})}
    if chosen != old:
        row = {"preferences": chosen, "updated_at": tx.now}
        await tx.execute(update_by_id(users, frozenset(row)), row_id=actor.id, **row)


async def tell_workspaces(tx: Transaction, actor_id: str, user_id: str, changes: Changes) -> None:
    """Record what changed of a person in each of their workspaces."""
    for (workspace_id,) in await tx.fetch_all(_WORKSPACES_OF, user=user_id):
        await record(tx, actor_id, UserUpdated(workspace_id=workspace_id, subject_id=user_id, changes=changes))


async def settle_user(
    tx: Transaction, user_id: str, role: InstanceRole, first_workspace: str = FIRST_WORKSPACE
) -> Membership:
    """Put a new person into the oldest workspace; the first person of an instance gets one of their own."""
    oldest = await find_oldest_workspace(tx)
    if oldest is None:
        await create_workspace(tx, user_id, first_workspace)
        return Membership(first_workspace, "OWNER")
    workspace_id, workspace_name = oldest
    await add_workspace_member(tx, None, workspace_id, user_id, ROLE_OF_NEWCOMER[role])
    return Membership(workspace_name, ROLE_OF_NEWCOMER[role])


async def _end_ways_in(tx: Transaction, user_id: str) -> None:
    await end_sessions_of(tx, user_id)
    await revoke_tokens(tx, user_id, keep=[])
    await withdraw_links(tx, "reset", user_id)


def _set(column: str) -> Statement:
    return update_by_id(users, frozenset({column, "updated_at"}))


def _check(email: str, name: str) -> None:
    problems: Problems = {}
    if not is_email(email):
        problems["email"] = [Problem("not_an_email")]
    if not name or len(name) > MAX_NAME_LENGTH or not is_one_line(name):
        problems["name"] = [Problem("name_not_one_line", limit=MAX_NAME_LENGTH)]
    if problems:
        raise InvalidInput(details=problems)


_WORKSPACES_OF = Statement(
    sa.select(workspaces.c.id)
    .select_from(workspaces.join(workspace_members, workspace_members.c.workspace_id == workspaces.c.id))
    .where(workspace_members.c.user_id == sa.bindparam("user"), workspaces.c.deleted_at.is_(None))
    .order_by(workspaces.c.id)
)
