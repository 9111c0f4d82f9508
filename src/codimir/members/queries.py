"""Reading members. Whoever sees a workspace or a project sees who is in it."""

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope
from codimir.database.core import Transaction
from codimir.database.expressions import AnySelect
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.http.errors import NotFound
from codimir.http.paging import Page, Paged, PageQuery, paginate
from codimir.kit.emails import email_key
from codimir.members.schemas import Member
from codimir.model.enums import Role
from codimir.model.events import events
from codimir.model.projects import project_members
from codimir.model.schemas import Person
from codimir.model.users import users
from codimir.model.workspaces import workspace_members
from codimir.problems.problem import Problem

PERSON = Projection(Person, users)
MAX_ADDABLE = 200
"""How many people are listed who can be added to a project; others are named by their e-mail."""


@dataclass(frozen=True, eq=False)
class Roster:
    """Where it is written who is in a kind of place."""

    name: str
    """What people call the place."""
    table: sa.Table
    place: sa.ColumnElement[str]

    def place_of(self, scope: Scope) -> str:
        """Return the id of the place in a scope."""
        return scope.workspace_id if scope.project_id is None else scope.project_id


OF_WORKSPACES = Roster("workspace", workspace_members, workspace_members.c.workspace_id)
OF_PROJECTS = Roster("project", project_members, project_members.c.project_id)


def roster_of(scope: Scope) -> Roster:
    """Return the roster that a scope belongs to."""
    return OF_WORKSPACES if scope.project_id is None else OF_PROJECTS


async def list_members(tx: Transaction, scope: Scope, query: PageQuery) -> Page[Member]:
    """Return one page of the members of a place that has been found visible, the owners first."""
    roster = roster_of(scope)
    return await paginate(tx, _listed(roster), query, place=roster.place_of(scope))


async def get_member(tx: Transaction, scope: Scope, user_id: str) -> Member:
    """Find a member of a place that has been found visible.

    Raises NotFound when that person is none.
    """
    roster = roster_of(scope)
    row = await tx.fetch_one(_one(roster), place=roster.place_of(scope), user=user_id)
    if row is None:
        raise NotFound(Problem("resource_not_found", kind="Member"))
    return _projection(roster).make(row)


async def count_owners(tx: Transaction, scope: Scope) -> int:
    """Count the owners of a place."""
    roster = roster_of(scope)
    return int(await tx.fetch_value(_owners(roster), place=roster.place_of(scope)))


async def find_person(
    tx: Transaction, actor: Actor, scope: Scope, *, user_id: str | None, email: str | None
) -> str | None:
    """Find the id of someone who could be added to a place, by id or e-mail.

    Into a project comes who is in its workspace; into a workspace whoever the actor knows from another one, and from an
    administrator of the instance anyone. So nobody learns who else has an account.
    """
    named = {"user": user_id or "", "email_key": email_key(email or "")}
    if scope.project_id is not None:
        found = await tx.fetch_value(_known, **named, workspaces=[scope.workspace_id])
    elif actor.is_admin:
        found = await tx.fetch_value(_anyone, **named)
    else:
        found = await tx.fetch_value(_known, **named, workspaces=list(actor.workspaces))
    return None if found is None else str(found)


async def list_addable(tx: Transaction, scope: Scope) -> list[Person]:
    """Return people of a workspace who are not in the project of a scope yet, by name; at most `MAX_ADDABLE`."""
    return PERSON.all(await tx.fetch_all(_ADDABLE, workspace=scope.workspace_id, project=scope.project_id))


async def was_taken_out(tx: Transaction, scope: Scope, user_id: str) -> bool:
    """Return whether someone's last end in a project was of another's doing, or that of a reader.

    Whoever joins by themselves must not get by it what its administrators took, or never gave.
    """
    row = await tx.fetch_one(_LAST_REMOVAL, project=scope.project_id, user=user_id)
    return row is not None and (row[0] != user_id or row[1]["role"][0] == "VIEWER")


async def projects_of(tx: Transaction, workspace_id: str, user_id: str) -> list[tuple[str, Role]]:
    """Return the projects of a workspace that someone is a member of, and as what."""
    found: list[tuple[str, Role]] = await tx.fetch_all(_PROJECTS_OF, workspace=workspace_id, user=user_id)
    return found


@lru_cache(maxsize=2)
def _projection(roster: Roster) -> Projection[Member]:
    return Projection(Member, roster.table, user=PERSON)


def _rows(roster: Roster) -> AnySelect:
    table = roster.table
    return (
        sa.select(*_projection(roster).columns)
        .select_from(table.join(users, users.c.id == table.c.user_id))
        .where(roster.place == sa.bindparam("place"))
    )


@lru_cache(maxsize=2)
def _owners(roster: Roster) -> Statement:
    return Statement(
        sa.select(sa.func.count())
        .select_from(roster.table)
        .where(roster.place == sa.bindparam("place"), roster.table.c.role == "OWNER")
    )


@lru_cache(maxsize=2)
def _listed(roster: Roster) -> Paged[Member]:
    order = (roster.table.c.role, roster.table.c.created_at, roster.table.c.user_id)
    return Paged(_projection(roster), _rows(roster), *order)


@lru_cache(maxsize=2)
def _one(roster: Roster) -> Statement:
    return Statement(_rows(roster).where(roster.table.c.user_id == sa.bindparam("user")))


_named = (users.c.id == sa.bindparam("user")) | (users.c.email_key == sa.bindparam("email_key"))
_anyone = Statement(sa.select(users.c.id).where(_named, users.c.disabled_at.is_(None)))
_known = Statement(
    sa.select(users.c.id).where(
        _named,
        users.c.disabled_at.is_(None),
        users.c.id.in_(
            sa.select(workspace_members.c.user_id).where(is_any_of(workspace_members.c.workspace_id, "workspaces"))
        ),
    )
)
_ADDABLE = Statement(
    sa.select(*PERSON.columns)
    .select_from(workspace_members.join(users, users.c.id == workspace_members.c.user_id))
    .where(
        workspace_members.c.workspace_id == sa.bindparam("workspace"),
        users.c.disabled_at.is_(None),
        users.c.id.not_in(
            sa.select(project_members.c.user_id).where(project_members.c.project_id == sa.bindparam("project"))
        ),
    )
    .order_by(users.c.name_sort, users.c.id)
    .limit(MAX_ADDABLE)
)
_LAST_REMOVAL = Statement(
    sa.select(events.c.actor_id, events.c.changes)
    .where(
        events.c.project_id == sa.bindparam("project"),
        events.c.subject_id == sa.bindparam("user"),
        events.c.type == sa.literal_column("'member.removed'"),
    )
    .order_by(events.c.version.desc())
    .limit(1)
)
_PROJECTS_OF = Statement(
    sa.select(project_members.c.project_id, project_members.c.role)
    .where(
        project_members.c.workspace_id == sa.bindparam("workspace"), project_members.c.user_id == sa.bindparam("user")
    )
    .order_by(project_members.c.project_id)
)
