"""What the page of a ticket shows: the ticket, its files and time, and its talk woven with its history."""

from collections.abc import Mapping, Sequence

import msgspec

from codimir.attachments.queries import list_attachments
from codimir.attachments.schemas import Attachment
from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, allows
from codimir.database.core import Database, Transaction
from codimir.feeds.activity import list_happenings, log_of
from codimir.http.paging import PageQuery
from codimir.model.enums import JoinPolicy
from codimir.projects.queries import get_visible_project
from codimir.tickets.queries import get_details, get_visible_ticket
from codimir.tickets.schemas import TicketDetails
from codimir.timelogs.queries import list_time_logs
from codimir.timelogs.schemas import TimeLog
from codimir.web.activity import TimelineEntry, woven
from codimir.web.markdown_meaning import Meaning
from codimir.web.meaning import get_meaning
from codimir.web.prose import Prose, ProseWriter, looked_up, shown
from codimir.web.queries import list_who_adds
from codimir.web.standing import Reason, why_only_reads

EVERYTHING = PageQuery(limit=100)
DESCRIPTION = "description"


class TicketView(msgspec.Struct, frozen=True):
    """Everything that stands on the page of a ticket."""

    ticket: TicketDetails
    scope: Scope
    activity: list[TimelineEntry]
    hidden_before: int
    """How many things that happened earlier are not shown"""
    files: list[Attachment]
    time_logs: list[TimeLog]
    minutes: int
    why_only_reads: Reason | None = None
    who_adds: Sequence[str] = ()
    """Who can add the person to the project, where they are not in it and cannot join it"""
    prose: Mapping[str, Prose] = {}
    """The description, and the comments by their ids, as they stand on the page"""


async def get_ticket_view(tx: Transaction, actor: Actor, ref: str) -> TicketView:
    """Read a ticket for its page; its texts are written afterwards, by `with_prose`.

    Raises NotFound when there is none that the actor sees.
    """
    found = await get_visible_ticket(tx, actor, ref)
    ticket = await get_details(tx, found.ticket.id)
    happened = await list_happenings(tx, log_of(actor, "ticket_id", ticket.id, found.scope), EVERYTHING)
    time_logged = await list_time_logs(tx, found, EVERYTHING)
    why = None if allows(actor, Permission.TICKET_EDIT, found.scope) else await _why(tx, actor, found.scope)
    project_id = found.scope.project_id or ""
    return TicketView(
        ticket=ticket,
        scope=found.scope,
        activity=woven(ticket.comments, happened.data),
        hidden_before=max(0, happened.pagination.total - len(happened.data)),
        files=(await list_attachments(tx, found, EVERYTHING)).data,
        time_logs=time_logged.data,
        minutes=time_logged.total_minutes,
        why_only_reads=why,
        who_adds=await list_who_adds(tx, ticket.workspace_id, project_id) if why == "ask" else (),
    )


async def _why(tx: Transaction, actor: Actor, scope: Scope) -> Reason | None:
    policy: JoinPolicy = "invite_only"
    if scope.project_id is not None:
        policy = (await get_visible_project(tx, actor, scope.project_id)).join_policy
    return why_only_reads(actor, scope, policy)


async def with_prose(view: TicketView, writer: ProseWriter, db: Database, actor: Actor) -> TicketView:
    """Return a view with its texts as they stand on the page of the actor; pictures in them are no files beside it."""
    texts = _texts(view.ticket)
    prose = await written(texts, writer, db, actor, view.ticket.workspace_id)
    files = [file for file in view.files if not _stands_in(file, prose)]
    return msgspec.structs.replace(view, prose=prose, files=files)


def _stands_in(file: Attachment, prose: Mapping[str, Prose]) -> bool:
    return any(f'<img src="{file.url}"' in text.html for text in prose.values())


async def written(
    texts: Mapping[str, str], writer: ProseWriter, db: Database, actor: Actor, workspace_id: str
) -> dict[str, Prose]:
    """Return texts of a workspace, by their names, as they stand on a page of the actor."""
    readings = await writer.read(texts, actor.id)
    named = looked_up(readings)
    meaning = await db.read(lambda tx: get_meaning(tx, actor, workspace_id, named.values())) if named else Meaning()
    return shown(texts, readings, dict.fromkeys(named, meaning))


def _texts(ticket: TicketDetails) -> dict[str, str]:
    """Return the description and the comments, the newest first: where not all can be formatted, those shall be."""
    comments = {comment.id: comment.content for comment in reversed(ticket.comments)}
    return {DESCRIPTION: ticket.description or "", **comments}
