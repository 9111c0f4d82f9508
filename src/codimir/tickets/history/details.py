"""One ticket as it was at a moment, with everything around it then."""

from datetime import datetime

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope, is_inside, is_visible, role_in
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.http.errors import NotFound
from codimir.model.comments import comments
from codimir.model.events import events
from codimir.model.groups import groups
from codimir.model.labels import labels
from codimir.model.projects import project_members, projects, published_projects
from codimir.model.schemas import Comment, Group, Label, Person, ProjectSummary, Workspace
from codimir.model.users import users
from codimir.model.workspaces import workspaces
from codimir.problems.problem import Problem
from codimir.tickets.history.as_of import FIELDS, people_of, require_past, states_at
from codimir.tickets.queries import FoundTicket, get_visible_ticket
from codimir.tickets.schemas import Ticket, TicketDetails


async def get_details_as_of(tx: Transaction, actor: Actor, ref: str, moment: datetime) -> TicketDetails:
    """Return a ticket as it was at a moment, to who sees it now, be it live or in the trash, and could see it there.

    Raises NotFound when it is not visible, was not there then, or was where the actor does not see it. Raises
    InvalidInput for a moment that has not come.
    """
    require_past(tx, moment)
    found = await _find(tx, actor, ref)
    state = (await states_at(tx, [found.ticket.id], moment)).get(found.ticket.id)
    if state is None or not await _saw_place(tx, actor, state.ticket, moment):
        raise NotFound(Problem("resource_not_found", kind="Ticket"))
    ticket, people = state.ticket, await people_of(tx, [state])
    project = await tx.fetch_one(_PROJECT_OF, ref=ticket.project_id)
    group = await tx.fetch_one(_GROUP_OF, ref=ticket.group_id)
    return TicketDetails(
        *(getattr(ticket, name) for name in FIELDS),
        assignee=people.get(ticket.assignee_id),
        reporter=people.get(ticket.reporter_id),
        project=_PROJECT.make(project) if project else None,
        workspace=_WORKSPACE.make(await tx.fetch_one(_WORKSPACE_OF, ref=ticket.workspace_id) or ()),
        group=_GROUP.make(group) if group else None,
        labels=_LABEL.all(await tx.fetch_all(_LABELS, label_ids=state.label_ids)),
        comments=await _comments_at(tx, ticket.id, moment),
        counts=state.counts,
    )


async def _find(tx: Transaction, actor: Actor, ref: str) -> FoundTicket:
    try:
        return await get_visible_ticket(tx, actor, ref)
    except NotFound:
        return await get_visible_ticket(tx, actor, ref, in_trash=True)


async def _saw_place(tx: Transaction, actor: Actor, ticket: Ticket, moment: datetime) -> bool:
    """Return whether the actor sees the project in which a ticket was, and what was in it at that moment."""
    if ticket.project_id is None:
        return True
    row = await tx.fetch_one(_PLACE, ref=ticket.project_id, actor_id=actor.id)
    visibility, role, deleted_at, published_at = row or (None,) * 4
    scope = Scope(ticket.workspace_id, ticket.project_id, visibility, role)
    if is_inside(actor, scope):
        return deleted_at is None or role_in(actor, Scope(ticket.workspace_id)) in ("OWNER", "ADMIN")
    return is_visible(actor, scope) and deleted_at is None and (published_at is None or published_at <= moment)


async def _comments_at(tx: Transaction, ticket_id: str, moment: datetime) -> list[Comment]:
    """Return the comments that stood there at a moment, with their text of then, the oldest first."""
    found = [_COMMENT.split(row) for row in await tx.fetch_all(_COMMENTS, ticket_id=ticket_id, moment=moment)]
    then = {comment.id: comment for comment, _ in found}
    gone = {comment.id for comment, (deleted_at,) in found if deleted_at is not None and deleted_at <= moment}
    updated_at: dict[str, datetime] = {}
    taken_back: set[str] = set()
    for comment_id, kind, changes, at in await tx.fetch_all(_COMMENT_EVENTS, ticket_id=ticket_id):
        if comment_id not in then:
            continue
        if at <= moment:
            updated_at[comment_id] = at
            (gone.add if kind == "comment.deleted" else gone.discard)(comment_id)
        elif kind == "comment.updated" and comment_id not in taken_back:
            taken_back.add(comment_id)
            before = {"content": changes["content"][0], "updated_at": updated_at.get(comment_id)}
            then[comment_id] = _as_before(then[comment_id], **before)
    return [comment for comment_id, comment in then.items() if comment_id not in gone]


def _as_before(comment: Comment, content: str, updated_at: datetime | None) -> Comment:
    return msgspec.structs.replace(comment, content=content, updated_at=updated_at or comment.created_at)


_PROJECT, _WORKSPACE = Projection(ProjectSummary, projects), Projection(Workspace, workspaces)
_GROUP, _LABEL = Projection(Group, groups), Projection(Label, labels)
_COMMENT = Projection(Comment, comments, author=Projection(Person, users))
_PROJECT_OF = Statement(sa.select(*_PROJECT.columns).where(projects.c.id == sa.bindparam("ref")))
_its_member = (project_members.c.project_id == projects.c.id) & (project_members.c.user_id == sa.bindparam("actor_id"))
_PLACE = Statement(
    sa.select(projects.c.visibility, project_members.c.role, projects.c.deleted_at, published_projects.c.published_at)
    .select_from(
        projects.outerjoin(project_members, _its_member).outerjoin(
            published_projects, published_projects.c.project_id == projects.c.id
        )
    )
    .where(projects.c.id == sa.bindparam("ref"))
)
_WORKSPACE_OF = Statement(sa.select(*_WORKSPACE.columns).where(workspaces.c.id == sa.bindparam("ref")))
_GROUP_OF = Statement(
    sa.select(*_GROUP.columns).where(groups.c.id == sa.bindparam("ref"), groups.c.deleted_at.is_(None))
)
_LABELS = Statement(
    sa.select(*_LABEL.columns)
    .where(is_any_of(labels.c.id, "label_ids"), labels.c.deleted_at.is_(None))
    .order_by(labels.c.name_sort, labels.c.id)
)
_COMMENTS = Statement(
    sa.select(*_COMMENT.columns, comments.c.deleted_at)
    .select_from(comments.join(users, users.c.id == comments.c.author_id))
    .where(
        comments.c.ticket_id == sa.bindparam("ticket_id"),
        comments.c.created_at <= sa.bindparam("moment", type_=comments.c.created_at.type),
    )
    .order_by(comments.c.created_at, comments.c.id)
)
_COMMENT_EVENTS = Statement(
    sa.select(events.c.subject_id, events.c.type, events.c.changes, events.c.created_at)
    .where(
        events.c.ticket_id == sa.bindparam("ticket_id"),
        events.c.type.in_([sa.literal_column(f"'comment.{what}'") for what in ("updated", "deleted", "restored")]),
    )
    .order_by(events.c.version)
)
