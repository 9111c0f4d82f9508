"""Names of what filters and menus are about: people, projects, groups, labels. Only what the actor sees."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.visibility_sql import former_members, visible_projects
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.kit.collation import search_key
from codimir.kit.emails import email_key
from codimir.model.events import events
from codimir.model.groups import groups
from codimir.model.labels import labels
from codimir.model.projects import projects
from codimir.model.users import users
from codimir.model.workspaces import workspace_members, workspaces
from codimir.tickets.fields import NAMED, Kind

MAX_COUNT = 30


class Name(msgspec.Struct, frozen=True):
    """Something that can be chosen; `mark` is a label's colour, a project's key, or a person's picture."""

    id: str
    name: str
    mark: str | None


class Handle(msgspec.Struct, frozen=True):
    """A person and the handle by which they are mentioned."""

    id: str
    name: str
    image: str | None
    handle: str


async def names_of(tx: Transaction, actor: Actor, field: str, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of what is asked for by id, or by key in the case of projects."""
    things = await named(tx, actor, field, ids)
    found = {thing.id: thing.name for thing in things}
    if NAMED[field].kind is Kind.PROJECT:
        found |= {key: thing.name for thing in things for key in (thing.mark or "", (thing.mark or "").lower())}
    return found


async def named(tx: Transaction, actor: Actor, field: str, ids: Sequence[str]) -> list[Name]:
    """Return what is asked for by id, or by key in the case of projects."""
    values = {"ids": list(ids), "keys": [each.upper() for each in ids]}
    rows = await tx.fetch_all(_named(NAMED[field].kind), **values, actor_id=actor.id, workspaces=list(actor.workspaces))
    return [Name(*row) for row in rows]


async def find_names(tx: Transaction, actor: Actor, field: str, text: str, workspace_id: str | None) -> list[Name]:
    """Return what can be chosen in a workspace and has the text in its name, in the order of the names."""
    scope = [workspace_id] if workspace_id and NAMED[field].kind is not Kind.WORKSPACE else list(actor.workspaces)
    pattern = f"%{_escaped(search_key(text))}%"
    rows = await tx.fetch_all(_containing(NAMED[field].kind), actor_id=actor.id, workspaces=scope, pattern=pattern)
    return [Name(*row) for row in rows]


async def find_handles(tx: Transaction, actor: Actor, text: str, workspace_id: str | None) -> list[Handle]:
    """Return the people of a workspace whose name or handle begins with a text, in the order of the names."""
    if workspace_id not in actor.workspaces:
        return []
    begins = f"{_escaped(search_key(text))}%"
    email = f"{_escaped(email_key(text))}%"
    rows = await tx.fetch_all(_HANDLES, workspaces=[workspace_id], begins=begins, within=f"% {begins}", email=email)
    return [Handle(row[0], row[1], row[2], row[3].partition("@")[0].lower()) for row in rows]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


@lru_cache(maxsize=16)
def _named(kind: Kind) -> Statement:
    table, select = _choices(kind)
    wanted = is_any_of(table.c.id, "ids")
    if kind is Kind.PERSON:
        there = table.c.id.in_(_members().union(former_members(is_any_of(events.c.subject_id, "ids"))))
        return Statement(sa.select(users.c.id, users.c.name, users.c.image).where(wanted, there))
    return Statement(select.where(wanted | is_any_of(table.c.key, "keys") if kind is Kind.PROJECT else wanted))


@lru_cache(maxsize=16)
def _containing(kind: Kind) -> Statement:
    table, select = _choices(kind)
    matches = table.c.name_search.like(sa.bindparam("pattern", type_=sa.Text()), escape="\\")
    return Statement(select.where(matches).order_by(table.c.name_sort, table.c.id).limit(MAX_COUNT))


def _members() -> "sa.Select[tuple[str]]":
    return sa.select(workspace_members.c.user_id).where(is_any_of(workspace_members.c.workspace_id, "workspaces"))


def _choices(kind: Kind) -> tuple[sa.Table, Any]:
    if kind is Kind.PERSON:
        people = sa.select(users.c.id, users.c.name, users.c.image)
        return users, people.where(users.c.id.in_(_members()), users.c.disabled_at.is_(None))
    if kind is Kind.PROJECT:
        return projects, visible_projects(projects.c.id, projects.c.name, projects.c.key)
    if kind is Kind.LABELS:
        visible = labels.c.project_id.is_(None) | labels.c.project_id.in_(visible_projects())
        found = sa.select(labels.c.id, labels.c.name, labels.c.color)
        return labels, found.where(
            is_any_of(labels.c.workspace_id, "workspaces"), labels.c.deleted_at.is_(None), visible
        )
    if kind is Kind.GROUP:
        return groups, sa.select(groups.c.id, groups.c.name, sa.null()).where(
            is_any_of(groups.c.workspace_id, "workspaces"), groups.c.deleted_at.is_(None)
        )
    return workspaces, sa.select(workspaces.c.id, workspaces.c.name, sa.null()).where(
        is_any_of(workspaces.c.id, "workspaces"), workspaces.c.deleted_at.is_(None)
    )


_HANDLES = Statement(
    sa.select(users.c.id, users.c.name, users.c.image, users.c.email)
    .where(
        users.c.id.in_(_members()),
        users.c.disabled_at.is_(None),
        sa.or_(
            users.c.name_search.like(sa.bindparam("begins", type_=sa.Text()), escape="\\"),
            users.c.name_search.like(sa.bindparam("within", type_=sa.Text()), escape="\\"),
            users.c.email_key.like(sa.bindparam("email", type_=sa.Text()), escape="\\"),
        ),
    )
    .order_by(users.c.name_sort, users.c.id)
    .limit(MAX_COUNT)
)
