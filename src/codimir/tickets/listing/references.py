"""What filters name: people, projects, workspaces, groups and labels, looked up among those that the actor sees."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.visibility_sql import former_members, visible_projects
from codimir.database.core import Transaction
from codimir.database.statements import Row, Statement, is_any_of
from codimir.http.validation_messages import label_of
from codimir.model.events import events
from codimir.model.groups import groups
from codimir.model.labels import labels
from codimir.model.projects import former_project_keys, projects
from codimir.model.users import users
from codimir.model.workspaces import workspace_members, workspaces
from codimir.problems.problem import Problem, Problems
from codimir.tickets.fields import NAMED, REFERENCES, Kind, names_of_filters


async def find_references(
    tx: Transaction, actor: Actor, asked: Mapping[str, list[Any]]
) -> tuple[dict[str, list[Any]], Problems]:
    """Look up what the filters name; a project may be named by its key."""
    found: dict[str, list[Any]] = {}
    problems: Problems = {}
    for field in names_of_filters(*REFERENCES):
        kind = NAMED[field].kind
        named = [value for value in asked.get(field, ()) if not _is_known(actor, field, value)]
        if not named:
            continue
        rows = await tx.fetch_all(
            _lookup(kind, single=len(named) == 1, all_of_them=actor.is_admin),
            named=named, keys=[name.upper() for name in named], name=named[0], key=named[0].upper(),
            actor_id=actor.id, workspaces=list(actor.workspaces),
        )  # fmt: skip
        if kind is Kind.PROJECT:
            rows += await _found_by_former_keys(tx, actor, named, rows)
        known = {name for row in rows for name in row}
        if kind is Kind.PERSON and any(name not in known for name in named):
            rows = await tx.fetch_all(_FORMER_MEMBERS, named=named, workspaces=list(actor.workspaces))
            known |= {row[0] for row in rows}
        if any(name not in known and name.upper() not in known for name in named):
            problems[field] = [Problem("invalid_id", kind=label_of(field).lower())]
        if kind is Kind.PROJECT:
            found[field] = [*(row[0] for row in rows), *(value for value in asked[field] if value is None)]
    return found, problems


async def _found_by_former_keys(tx: Transaction, actor: Actor, named: list[Any], rows: list[Row]) -> list[Row]:
    """Look for the rest of the projects that are named: by keys that they had before."""
    known = {name for row in rows for name in row}
    keys = [name.upper() for name in named if name not in known and name.upper() not in known]
    if not keys:
        return []
    statement = _former_keys(all_of_them=actor.is_admin)
    return await tx.fetch_all(statement, keys=keys, actor_id=actor.id, workspaces=list(actor.workspaces))


def _is_known(actor: Actor, field: str, value: str | None) -> bool:
    return value is None or (NAMED[field].kind is Kind.PERSON and value == actor.id)


@lru_cache(maxsize=32)
def _lookup(kind: Kind, *, single: bool, all_of_them: bool) -> Statement:
    """Select the things of a kind that are named and that the actor sees; `single` says that one project is."""
    if kind is Kind.PERSON:
        return _people(all_of_them=all_of_them)
    if kind is Kind.PROJECT:
        columns = (projects.c.id, projects.c.key)
        source = (
            sa.select(*columns).where(projects.c.deleted_at.is_(None))
            if all_of_them
            else visible_projects(*columns, named=True)
        )
        if single:
            return Statement(source.where((projects.c.id == _text("name")) | (projects.c.key == _text("key"))))
        return Statement(source.where(is_any_of(projects.c.id, "named") | is_any_of(projects.c.key, "keys")))
    table = {Kind.WORKSPACE: workspaces, Kind.GROUP: groups, Kind.LABELS: labels}[kind]
    found = sa.select(table.c.id).where(is_any_of(table.c.id, "named"), table.c.deleted_at.is_(None))
    if not all_of_them:
        workspace = workspaces.c.id if kind is Kind.WORKSPACE else table.c.workspace_id
        found = found.where(is_any_of(workspace, "workspaces"))
    if kind is Kind.LABELS and not all_of_them:
        found = found.where(labels.c.project_id.is_(None) | labels.c.project_id.in_(visible_projects()))
    return Statement(found)


def _text(name: str) -> "sa.BindParameter[str]":
    return sa.bindparam(name, type_=sa.Text())


@lru_cache(maxsize=2)
def _former_keys(*, all_of_them: bool) -> Statement:
    live = sa.select(projects.c.id).where(projects.c.deleted_at.is_(None))
    had = former_project_keys.c
    return Statement(
        sa.select(had.project_id, had.key).where(
            is_any_of(had.key, "keys"), had.project_id.in_(live if all_of_them else visible_projects())
        )
    )


_FORMER_MEMBERS = Statement(former_members(is_any_of(events.c.subject_id, "named")))
"""Who left: tickets still name them"""


def _people(*, all_of_them: bool) -> Statement:
    found = sa.select(users.c.id).where(is_any_of(users.c.id, "named"))
    if all_of_them:
        return Statement(found)
    shared = sa.select(workspace_members.c.user_id).where(is_any_of(workspace_members.c.workspace_id, "workspaces"))
    return Statement(found.where(users.c.id.in_(shared)))
