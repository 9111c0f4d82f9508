"""What a delivery says: an event, with the things that it is about as they are when the log is read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from codimir.comments.queries import COMMENTS
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.kit.values import Values
from codimir.model.comments import comments
from codimir.model.events import events
from codimir.model.projects import projects
from codimir.model.schemas import Comment, Person, ProjectSummary
from codimir.model.tickets import tickets
from codimir.model.users import users
from codimir.tickets.queries import IN_LIST, in_list, with_people
from codimir.tickets.schemas import TicketInList
from codimir.webhooks.schemas import EventBody


class LoggedEvent(NamedTuple):
    """An event as it stands in the log."""

    id: str
    workspace_id: str
    version: int
    type: str
    actor_id: str | None
    project_id: str | None
    ticket_id: str | None
    subject_id: str
    changes: Values
    created_at: datetime
    from_project_id: str | None = None


class Surroundings(NamedTuple):
    """The things that some events are about, by their ids."""

    tickets: dict[str, TicketInList]
    comments: dict[str, Comment]
    projects: dict[str, ProjectSummary]
    people: dict[str, Person]


async def write_bodies(tx: Transaction, logged: Sequence[LoggedEvent], *, of_project: bool) -> dict[str, str]:
    """Write the body of each event, by the event's id; the actor was checked when the webhook was made.

    `of_project` says that it is for webhooks of the event's project, who may see nothing but that: nothing of a ticket
    that is elsewhere by now, and not what one was before it came from elsewhere.
    """
    around = await _surroundings(tx, logged)
    if of_project:
        return {event.id: body_of(_in_project(event), _data_in_project(event, around)) for event in logged}
    return {event.id: body_of(event, _data(event, around)) for event in logged}


def body_of(event: LoggedEvent, about: Values) -> str:
    """Write one body: the event, what it is about, what changed, and where."""
    data = {
        **about,
        "changes": event.changes,
        "subjectId": event.subject_id,
        "projectId": event.project_id,
        "workspaceId": event.workspace_id,
        "version": event.version,
    }
    return msgspec.json.encode(EventBody(event.id, event.type, event.created_at, data)).decode()


def _data(event: LoggedEvent, around: Surroundings) -> Values:
    about: Values = {"actor": around.people.get(event.actor_id or "")}
    if event.ticket_id is not None:
        about["ticket"] = around.tickets.get(event.ticket_id)
    kind = event.type.partition(".")[0]
    if kind == "comment":
        about["comment"] = around.comments.get(event.subject_id)
    elif kind == "project":
        about["project"] = around.projects.get(event.subject_id)
    elif kind == "member":
        about["member"] = around.people.get(event.subject_id)
    return about


def _data_in_project(event: LoggedEvent, around: Surroundings) -> Values:
    about = _data(event, around)
    ticket = about.get("ticket")
    if ticket is not None and ticket.project_id != event.project_id:
        about |= dict.fromkeys(about.keys() & {"ticket", "comment"})
    return about


def _in_project(event: LoggedEvent) -> LoggedEvent:
    if event.from_project_id is None:
        return event
    return event._replace(changes={field: (None, new) for field, (_, new) in event.changes.items()})


async def _surroundings(tx: Transaction, logged: Sequence[LoggedEvent]) -> Surroundings:
    subjects = {kind: [e.subject_id for e in logged if e.type.startswith(f"{kind}.")] for kind in _KINDS}
    people = [*subjects["member"], *(e.actor_id for e in logged if e.actor_id is not None)]
    ticket_ids = [e.ticket_id for e in logged if e.ticket_id is not None]
    found = await in_list(tx, await tx.fetch_all(_TICKETS, ids=_once(ticket_ids))) if ticket_ids else []
    return Surroundings(
        tickets={ticket.id: ticket for ticket in found},
        comments={each.id: each for each in COMMENTS.projection.all(await _rows(tx, _COMMENTS, subjects["comment"]))},
        projects={each.id: each for each in SUMMARY.all(await _rows(tx, _PROJECTS, subjects["project"]))},
        people={each.id: each for each in _PERSON.all(await _rows(tx, _PEOPLE, people))},
    )


async def _rows(tx: Transaction, statement: Statement, ids: Sequence[str]) -> list[tuple[Any, ...]]:
    return await tx.fetch_all(statement, ids=_once(ids)) if ids else []


def _once(ids: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(ids))


_PERSON, SUMMARY = Projection(Person, users), Projection(ProjectSummary, projects)
_KINDS = ("comment", "project", "member")
EVENT_COLUMNS = [events.c[name] for name in LoggedEvent._fields]
_TICKETS = Statement(
    sa.select(*IN_LIST.columns).select_from(with_people(tickets)).where(is_any_of(tickets.c.id, "ids"))
)  # fmt: skip
_COMMENTS = Statement(
    sa.select(*COMMENTS.projection.columns)
    .select_from(comments.join(users, users.c.id == comments.c.author_id))
    .where(is_any_of(comments.c.id, "ids"), comments.c.deleted_at.is_(None))
)
_PROJECTS = Statement(sa.select(*SUMMARY.columns).where(is_any_of(projects.c.id, "ids")))
_PEOPLE = Statement(sa.select(*_PERSON.columns).where(is_any_of(users.c.id, "ids")))
