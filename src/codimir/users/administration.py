"""The administration of people: who is there, what they may do on the instance, and whether they may come in."""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from msgspec import UNSET, UnsetType

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement, update_by_id
from codimir.http.errors import Conflict, Forbidden, NotFound
from codimir.http.paging import Page, Paged, paginate
from codimir.kit.collation import search_key
from codimir.kit.emails import email_key
from codimir.model.enums import INSTANCE_ROLES, InstanceRole
from codimir.model.users import users
from codimir.offboarding.actions import end_what_exceeds_rights
from codimir.problems.problem import Problem
from codimir.users.actions import create_user, disable_user, enable_user, tell_workspaces
from codimir.users.schemas import UserAccount, UserCreate, UserListQuery, UserUpdate

ACCOUNT = Projection(UserAccount, users)


class LastAdministrator(Conflict):
    """Nobody else administers the instance."""

    problem = Problem("last_administrator")


def require_administrator(actor: Actor) -> None:
    """Raise Forbidden unless the actor administers the instance."""
    if not actor.is_admin:
        raise Forbidden(Problem("administrators_only"))


async def list_users(tx: Transaction, query: UserListQuery) -> Page[UserAccount]:
    """Return one page of the people, by e-mail; `search` finds a part of the e-mail or the name."""
    asked = (query.search or "").strip()
    values = {"name_part": _part(search_key(asked)), "email_part": _part(email_key(asked))}
    return await paginate(tx, _listed(searches=bool(asked)), query, **values)


async def get_user(tx: Transaction, user_id: str, *, lock: bool = False) -> UserAccount:
    """Return a person.

    `lock` keeps other units from changing them until this one ends. Raises NotFound when there is none of this id.
    """
    row = await tx.fetch_one(_BY_ID_TO_CHANGE if lock else _BY_ID, user=user_id)
    if row is None:
        raise NotFound(Problem("resource_not_found", kind="User"))
    return ACCOUNT.make(row)


async def add_user(tx: Transaction, new: UserCreate) -> str:
    """Create a person who is in no workspace yet; give their id."""
    return await create_user(tx, new.email, new.name, new.role)


async def update_user(tx: Transaction, actor: Actor, account: UserAccount, update: UserUpdate) -> None:
    """Change what someone may do on the instance; who is disabled is out at once, and their sessions are over.

    What they started and may no longer do ends.
    """
    changes: dict[str, tuple[Any, Any]] = {}
    if update.role not in (UNSET, account.role):
        changes["role"] = (account.role, update.role)
    if update.disabled is not UNSET and update.disabled != (account.disabled_at is not None):
        changes["disabledAt"] = (account.disabled_at, tx.now if update.disabled else None)
    if not changes:
        return
    if (
        account.role == "ADMIN"
        and account.disabled_at is None
        and await tx.fetch_value(_OTHER_ADMIN, user=account.id) is None
    ):
        raise LastAdministrator
    if "role" in changes:
        row = {"role": update.role, "updated_at": tx.now}
        await tx.execute(update_by_id(users, frozenset(row)), row_id=account.id, **row)
    if "disabledAt" in changes:
        await (disable_user if update.disabled else enable_user)(tx, account.id)
    await tell_workspaces(tx, actor.id, account.id, changes)
    if update.disabled is True or _is_less(update.role, account.role):
        await end_what_exceeds_rights(tx, actor.id, account.id)


def _is_less(role: InstanceRole | UnsetType, before: InstanceRole) -> bool:
    return role is not UNSET and INSTANCE_ROLES.index(role) > INSTANCE_ROLES.index(before)


def _part(text: str) -> str:
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


@lru_cache(maxsize=2)
def _listed(*, searches: bool) -> Paged[UserAccount]:
    found = sa.select(*ACCOUNT.columns)
    if searches:
        name, email = (sa.bindparam(f"{of}_part", type_=sa.Text()) for of in ("name", "email"))
        found = found.where(users.c.email_key.like(email, escape="\\") | users.c.name_search.like(name, escape="\\"))
    return Paged(ACCOUNT, found, users.c.email_key)


_by_id = sa.select(*ACCOUNT.columns).where(users.c.id == sa.bindparam("user"))
_BY_ID, _BY_ID_TO_CHANGE = Statement(_by_id), Statement(_by_id.with_for_update())
_OTHER_ADMIN = Statement(
    sa.select(users.c.id)
    .where(users.c.role == "ADMIN", users.c.disabled_at.is_(None), users.c.id != sa.bindparam("user"))
    .limit(1)
)
