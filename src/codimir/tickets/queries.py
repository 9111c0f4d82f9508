"""Reading tickets. Every read is scoped to the actor."""

from functools import lru_cache

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope, is_visible
from codimir.authorization.visibility_sql import visible_projects
from codimir.database.core import Database, Transaction
from codimir.database.expressions import AnyColumn
from codimir.database.projection import Projection
from codimir.database.statements import Row, Statement, is_any_of, rows_of
from codimir.http.errors import NotFound
from codimir.kit.values import Values
from codimir.model.comments import comments
from codimir.model.groups import groups
from codimir.model.keys import parts_of_ticket_key
from codimir.model.labels import labels
from codimir.model.projects import former_project_keys, project_members, projects
from codimir.model.schemas import Comment, Group, Label, LabelTag, Person, ProjectSummary, Workspace
from codimir.model.tickets import former_ticket_keys, ticket_labels, tickets
from codimir.model.users import users
from codimir.model.workspaces import workspaces
from codimir.problems.problem import Problem
from codimir.tickets.schemas import Ticket, TicketCounts, TicketDetails, TicketInList

assignee, reporter = users.alias("assignee"), users.alias("reporter")
GROUP_ID = sa.case(
    (tickets.c.group_id.in_(sa.select(groups.c.id).where(groups.c.deleted_at.is_not(None))), sa.null()),
    else_=tickets.c.group_id,
).label("group_id")
"""The group of a ticket; one that is deleted is none, also before the ticket has left it."""
TICKET = Projection(Ticket, tickets, group_id=GROUP_ID)
_COUNTS = Projection(
    TicketCounts,
    comments=tickets.c.comment_count,
    attachments=tickets.c.attachment_count,
    time_logs=tickets.c.time_log_count,
)
_PEOPLE: Values = {
    "assignee": Projection(Person, assignee).optional(), "reporter": Projection(Person, reporter).optional()
}  # fmt: skip
IN_LIST = Projection(TicketInList, tickets, group_id=GROUP_ID, **_PEOPLE, labels=None, counts=_COUNTS)
"""A ticket of a list, from `with_people`; `in_list` finds the labels."""
_DETAILS = Projection(
    TicketDetails,
    tickets,
    group_id=groups.c.id,
    **_PEOPLE,
    project=Projection(ProjectSummary, projects).optional(),
    workspace=Projection(Workspace, workspaces),
    group=Projection(Group, groups).optional(),
    labels=None,
    comments=None,
    counts=_COUNTS,
)
_LABEL, _TAG = Projection(Label, labels), Projection(LabelTag, labels)
_COMMENT = Projection(Comment, comments, author=Projection(Person, users))


class FoundTicket(msgspec.Struct, frozen=True):
    """A ticket and where it is, as a verb needs them."""

    ticket: Ticket
    scope: Scope
    number: int | None


async def get_visible_ticket(
    tx: Transaction, actor: Actor, ref: str, *, lock: bool = False, in_trash: bool = False
) -> FoundTicket:
    """Find a ticket by its id or its key, in any case; keys from before it moved find it too, for who sees that place.

    `lock` keeps other units from changing it until this one ends; `in_trash` looks among the deleted ones. Raises
    NotFound when there is none that the actor sees.
    """
    for row in await tx.fetch_all(_found(lock=lock, in_trash=in_trash), ref=ref, key=ref.upper(), actor_id=actor.id):
        found = _found_ticket(row)
        if is_visible(actor, found.scope):
            return found
    if (key := parts_of_ticket_key(ref)) is not None:
        for row in await tx.fetch_all(
            _found_by_former_key(lock=lock, in_trash=in_trash, everywhere=actor.is_admin),
            project_key=key[0],
            number=key[1],
            actor_id=actor.id,
            workspaces=list(actor.workspaces),
        ):
            found = _found_ticket(row)
            if is_visible(actor, found.scope):
                return found
    raise NotFound(Problem("resource_not_found", kind="Ticket"))


async def in_list(tx: Transaction, rows: list[Row]) -> list[TicketInList]:
    """Create the tickets of a list from rows of `IN_LIST`, in their order."""
    if not rows:
        return []
    tags: dict[str, list[LabelTag]] = {}
    for ticket_id, *tag in await tx.fetch_all(_LABEL_TAGS, ticket_ids=[ticket_id for ticket_id, *_ in rows]):
        tags.setdefault(ticket_id, []).append(_TAG.make(tag))
    return [IN_LIST.make(row, labels=tags.get(row[0], [])) for row in rows]


def with_people(source: sa.FromClause) -> sa.Join:
    """Join the people of tickets."""
    return source.outerjoin(assignee, assignee.c.id == tickets.c.assignee_id).outerjoin(
        reporter, reporter.c.id == tickets.c.reporter_id
    )


async def find_details_at_once(db: Database, actor: Actor, ref: str) -> TicketDetails | None:
    """Find a ticket by its id with everything around it, in a single statement where each one is a way to a server.

    None where that is not so, and where `get_visible_details` has to look further.
    """
    if db.dialect != "postgresql" or parts_of_ticket_key(ref) is not None:
        return None
    rows = await db.fetch_all(_WITH_ALL_DETAILS, ticket_id=ref, actor_id=actor.id)
    for row in rows:
        *_, visibility, role, labelled, said = row
        found = _DETAILS.make(row, labels=_LABEL.all(labelled), comments=_COMMENT.all(said))
        if is_visible(actor, Scope(found.workspace_id, found.project_id, visibility, role)):
            return found
    return None


async def get_visible_details(tx: Transaction, actor: Actor, ref: str) -> TicketDetails:
    """Find a ticket as `get_visible_ticket` does and give it with everything around it; by its id in one go.

    Raises NotFound when there is none that the actor sees.
    """
    if parts_of_ticket_key(ref) is None:
        row = await tx.fetch_one(_WITH_DETAILS, ticket_id=ref, actor_id=actor.id)
        if row is not None:
            details, (visibility, role) = _DETAILS.split(row, labels=[], comments=[])
            if is_visible(actor, Scope(details.workspace_id, details.project_id, visibility, role)):
                return await _with_what_hangs_on_it(tx, details)
    return await get_details(tx, (await get_visible_ticket(tx, actor, ref)).ticket.id)


async def get_details(tx: Transaction, ticket_id: str) -> TicketDetails:
    """Return a ticket that has been found visible with everything around it."""
    row = await tx.fetch_one(_WITH_DETAILS, ticket_id=ticket_id, actor_id="")
    if row is None:
        raise NotFound(Problem("resource_not_found", kind="Ticket"))
    return await _with_what_hangs_on_it(tx, _DETAILS.make(row, labels=[], comments=[]))


async def _with_what_hangs_on_it(tx: Transaction, details: TicketDetails) -> TicketDetails:
    details.labels = _LABEL.all(await tx.fetch_all(_LABELS, ticket_id=details.id))
    if details.counts.comments:
        details.comments = _COMMENT.all(await tx.fetch_all(_COMMENTS, ticket_id=details.id))
    return details


def _columns_of_found() -> list[AnyColumn]:
    return [*TICKET.columns, tickets.c.number, projects.c.visibility, project_members.c.role, projects.c.status]


def _with_scope(source: sa.FromClause) -> sa.Join:
    return source.outerjoin(projects, projects.c.id == tickets.c.project_id).outerjoin(
        project_members,
        (project_members.c.project_id == tickets.c.project_id)
        & (project_members.c.user_id == sa.bindparam("actor_id")),
    )


def _is_live(*, in_trash: bool = False) -> sa.ColumnElement[bool]:
    """Build the condition that a ticket is not in the trash, or that it is, perhaps only with its project so far."""
    if in_trash:
        return tickets.c.deleted_at.is_not(None) | projects.c.deleted_at.is_not(None)
    return tickets.c.deleted_at.is_(None) & projects.c.deleted_at.is_(None)


@lru_cache(maxsize=4)
def _found(*, lock: bool, in_trash: bool) -> Statement:
    named = sa.or_(tickets.c.id == sa.bindparam("ref"), tickets.c.key == sa.bindparam("key"))
    found = (
        sa.select(*_columns_of_found())
        .select_from(_with_scope(tickets))
        .where(named, _is_live(in_trash=in_trash))
        .order_by((tickets.c.id == sa.bindparam("ref")).desc(), tickets.c.created_at, tickets.c.id)
    )
    return Statement(found.with_for_update(of=tickets) if lock else found)


@lru_cache(maxsize=8)
def _found_by_former_key(*, lock: bool, in_trash: bool, everywhere: bool) -> Statement:
    """Find tickets by a project's key, present or former, and a number that they have or had in it.

    What they had counts where the actor sees that project: `everywhere`, or as a member.
    """
    key, number = sa.bindparam("project_key", type_=sa.Text()), sa.bindparam("number", type_=sa.Integer())
    named = sa.select(projects.c.id).where(projects.c.key == key)
    was_named = sa.select(former_project_keys.c.project_id).where(former_project_keys.c.key == key)
    projects_meant = named.union(was_named)
    moved = sa.select(former_ticket_keys.c.ticket_id).where(
        former_ticket_keys.c.project_id.in_(projects_meant), former_ticket_keys.c.number == number
    )
    if not everywhere:
        moved = moved.where(former_ticket_keys.c.project_id.in_(visible_projects(in_trash=None)))
    there = tickets.c.project_id.in_(projects_meant) & (tickets.c.number == number)
    found = (
        sa.select(*_columns_of_found())
        .select_from(_with_scope(tickets))
        .where(there | tickets.c.id.in_(moved), _is_live(in_trash=in_trash))
        .order_by(tickets.c.created_at, tickets.c.id)
    )
    return Statement(found.with_for_update(of=tickets) if lock else found)


def _found_ticket(row: Row) -> FoundTicket:
    ticket, (number, visibility, role, status) = TICKET.split(row)
    scope = Scope(ticket.workspace_id, ticket.project_id, visibility, role, status == "archived")
    return FoundTicket(ticket, scope, number)


_DETAILS_AND_SCOPE = (
    sa.select(*_DETAILS.columns, projects.c.visibility.label("visibility_of_scope"), project_members.c.role)
    .select_from(
        _with_scope(with_people(tickets))
        .join(workspaces, workspaces.c.id == tickets.c.workspace_id)
        .outerjoin(groups, (groups.c.id == tickets.c.group_id) & groups.c.deleted_at.is_(None))
    )
    .where(tickets.c.id == sa.bindparam("ticket_id"), _is_live())
)
_WITH_DETAILS = Statement(_DETAILS_AND_SCOPE)
_LABELLED = ticket_labels.join(labels, (labels.c.id == ticket_labels.c.label_id) & labels.c.deleted_at.is_(None))
_LABELS_OF_ONE = (
    sa.select(*_LABEL.columns)
    .select_from(_LABELLED)
    .where(ticket_labels.c.ticket_id == sa.bindparam("ticket_id"))
    .order_by(labels.c.name_sort, labels.c.id)
)
_COMMENTS_ON_ONE = (
    sa.select(*_COMMENT.columns)
    .select_from(comments.join(users, users.c.id == comments.c.author_id))
    .where(comments.c.ticket_id == sa.bindparam("ticket_id"), comments.c.deleted_at.is_(None))
    .order_by(comments.c.created_at, comments.c.id)
)
_LABELS, _COMMENTS = Statement(_LABELS_OF_ONE), Statement(_COMMENTS_ON_ONE)
_WITH_ALL_DETAILS = Statement(
    _DETAILS_AND_SCOPE.add_columns(
        rows_of(_LABELS_OF_ONE).label("labels_of_one"), rows_of(_COMMENTS_ON_ONE).label("comments_on_one")
    )
)
"""The same in one statement, for PostgreSQL"""
_LABEL_TAGS = Statement(
    sa.select(ticket_labels.c.ticket_id, *_TAG.columns)
    .select_from(_LABELLED)
    .where(is_any_of(ticket_labels.c.ticket_id, "ticket_ids"))
    .order_by(labels.c.name_sort, labels.c.id)
)
