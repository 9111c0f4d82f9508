"""A ticket: as a page with an address, and the same in the panel beside a list or a board."""

from datetime import timedelta
from typing import Any

import msgspec
from litestar import Response

from codimir.authorization.permissions import Permission, allows
from codimir.comments.actions import add_comment, delete_comment, update_comment
from codimir.comments.queries import get_comment
from codimir.comments.schemas import CommentCreate, CommentUpdate
from codimir.database.core import Transaction
from codimir.http.errors import InvalidInput, NotFound
from codimir.http.requests import HttpResponse
from codimir.http.routing import get, post
from codimir.http.validation import parse_body
from codimir.kit.newlines import normalize_newlines
from codimir.kit.values import Values
from codimir.notifications.actions import mark_read_about
from codimir.notifications.queries import has_unread_about
from codimir.problems.problem import Problem
from codimir.tickets.changing.deleting import delete_ticket
from codimir.tickets.changing.updating import update_ticket
from codimir.tickets.queries import FoundTicket, get_visible_ticket
from codimir.tickets.schemas import MAX_DESCRIPTION, TicketUpdate
from codimir.timelogs.actions import log_time
from codimir.timelogs.schemas import TimeLogCreate
from codimir.trash.queries import find_trashed_ticket
from codimir.web.durations import minutes_in
from codimir.web.forms import Form
from codimir.web.page_context import Frame
from codimir.web.present import due_on
from codimir.web.prose import ProseWriter
from codimir.web.ticket_view import TicketView, get_ticket_view, with_prose, written
from codimir.web.toasts import done_here

EDITED = ("title", "description", "stage", "dueDate")
TEXTS = ("title", "description")
PANEL = "panel"


@get("/tickets/{ref:str}")
async def get_ticket(ref: str, frame: Frame, writer: ProseWriter) -> Response[bytes]:
    """Show a ticket with everything around it."""
    try:
        view, is_news = await _opened(frame, ref)
    except NotFound:
        return await _not_found(frame, ref)
    view = await with_prose(view, writer, frame.db, frame.actor)
    return await _drawn(frame, view, is_news=is_news)


async def _not_found(frame: Frame, ref: str) -> Response[bytes]:
    """Answer that a ticket is in the trash, where that may be known, or not there; a piece of a page only fails."""
    if frame.is_htmx:
        raise NotFound(Problem("resource_not_found", kind="Ticket"))
    kept_for = timedelta(days=frame.request.app.state.settings.trash_days)
    item = await frame.db.read(lambda tx: find_trashed_ticket(tx, frame.actor, ref, kept_for))
    return await frame.not_found(item)


async def _drawn(frame: Frame, view: TicketView, *, is_news: bool) -> Response[bytes]:
    if frame.htmx_target == PANEL:
        headers = {"hx-trigger": "inboxRead"} if is_news else {}
        return await frame.large_fragment("pages/ticket_panel.html", headers=headers, **_data(frame, view))
    if frame.is_htmx:
        return await frame.large_fragment("pages/ticket_parts.html", **_data(frame, view))
    ticket = view.ticket
    project = await frame.project(ticket.project.key) if ticket.project else None
    title = f"{ticket.key} {ticket.title}" if ticket.key else ticket.title
    return await frame.page("pages/ticket.html", title=title, project=project, **_data(frame, view))


@post("/tickets/{ref:str}/edit")
async def edit_ticket(ref: str, frame: Frame, form: Form, writer: ProseWriter) -> HttpResponse:
    """Change one field; `seen` is the text that the person began with, and nothing newer is overwritten."""
    field = form.get("field")
    if field not in EDITED:
        raise InvalidInput.fields(field=Problem("not_one_of", allowed=tuple(EDITED)))
    mine = form.get("value")
    update = _update(field, mine)

    async def unit(tx: Transaction) -> str | None:
        found = await get_visible_ticket(tx, frame.actor, ref, lock=True)
        theirs = normalize_newlines(getattr(found.ticket, field, None) or "")
        if field in TEXTS and theirs not in (mine, form.get("seen")):
            return theirs
        await update_ticket(tx, frame.actor, found, update)
        return None

    theirs = await frame.db.write(unit)
    if theirs is not None:
        return _conflict(frame, ref, field, mine, theirs)
    return await _changed(frame, ref, writer)


@post("/tickets/{ref:str}/comments")
async def comment_on_ticket(ref: str, frame: Frame, form: Form, writer: ProseWriter) -> HttpResponse:
    """Add a comment."""
    new = _checked(CommentCreate, {"content": form.get("content")})

    async def unit(tx: Transaction) -> None:
        await add_comment(tx, frame.actor, await get_visible_ticket(tx, frame.actor, ref, lock=True), new)

    await frame.db.write(unit)
    return await _changed(frame, ref, writer)


@post("/tickets/{ref:str}/comments/{comment_id:str}")
async def change_comment(ref: str, comment_id: str, frame: Frame, form: Form, writer: ProseWriter) -> HttpResponse:
    """Give a comment another text, or move it to the trash."""
    deletes = form.get("delete") == "yes"
    text = form.get("content")
    update = CommentUpdate() if deletes else _checked(CommentUpdate, {"content": text})

    async def unit(tx: Transaction) -> None:
        found = await get_visible_ticket(tx, frame.actor, ref, lock=True)
        comment = await get_comment(tx, found, comment_id)
        if deletes:
            await delete_comment(tx, frame.actor, found, comment)
        else:
            await update_comment(tx, frame.actor, found, comment, update)

    await frame.db.write(unit)
    return await _changed(frame, ref, writer)


@post("/tickets/{ref:str}/time")
async def log_time_on_ticket(ref: str, frame: Frame, form: Form, writer: ProseWriter) -> HttpResponse:
    """Log time, written as `1h 30m`, `90m`, `1.5h` or `1:30`."""
    minutes = minutes_in(form.get("time"))
    if minutes is None:
        raise InvalidInput.fields(time=Problem("duration_malformed"))
    new = _checked(TimeLogCreate, {"minutes": minutes, "description": form.get("description") or None})

    async def unit(tx: Transaction) -> None:
        await log_time(tx, frame.actor, await get_visible_ticket(tx, frame.actor, ref, lock=True), new)

    await frame.db.write(unit)
    return await _changed(frame, ref, writer)


@post("/tickets/{ref:str}/delete")
async def move_to_trash(ref: str, frame: Frame) -> HttpResponse:
    """Move a ticket to the trash; a script stays where it is and offers that back, else it leads to the list."""

    async def unit(tx: Transaction) -> tuple[FoundTicket, str | None]:
        found = await get_visible_ticket(tx, frame.actor, ref, lock=True)
        await delete_ticket(tx, frame.actor, found)
        return found, tx.batch_id

    found, batch_id = await frame.db.write(unit)
    if frame.is_htmx:
        said = frame.gettext("%(key)s moved to the trash") % {"key": found.ticket.key or frame.gettext("Ticket")}
        return done_here(frame, said, batch_id, ticketTrashed={"ticket": found.ticket.id})
    key = (found.ticket.key or "").partition("-")[0]
    return frame.redirect(f"/projects/{key}/list" if found.ticket.project_id else "/tickets")


@post("/markdown")
async def preview_markdown(frame: Frame, form: Form, writer: ProseWriter) -> Response[bytes]:
    """Show how a text will look; none may be longer than a description."""
    texts = {"text": form.get("text")}
    if len(texts["text"]) > MAX_DESCRIPTION:
        raise InvalidInput.fields(text=Problem("too_long_has", limit=MAX_DESCRIPTION, length=len(texts["text"])))
    workspace_id = form.get("workspace") or frame.workspace_id or ""
    chosen = workspace_id if workspace_id in frame.actor.workspaces else ""
    prose = await written(texts, writer, frame.db, frame.actor, chosen)
    return await frame.large_fragment("components/preview.html", text=prose["text"])


def _opens(frame: Frame) -> bool:
    """Say whether the person looks at the ticket: not when a browser asks ahead, nor for parts of an open one."""
    asks_ahead = "sec-purpose" in frame.request.headers
    return not asks_ahead and (frame.htmx_target == PANEL or not frame.is_htmx)


async def _opened(frame: Frame, ref: str) -> tuple[TicketView, bool]:
    """Read a ticket, and mark what the person was told of it as read; say whether anything was."""

    async def unit(tx: Transaction) -> tuple[TicketView, bool]:
        view = await get_ticket_view(tx, frame.actor, ref)
        return view, _opens(frame) and await has_unread_about(tx, frame.actor, view.ticket.id)

    view, is_news = await frame.db.read(unit)
    if is_news:
        await frame.db.write(lambda tx: mark_read_about(tx, frame.actor, view.ticket.id))
    return view, is_news


def _data(frame: Frame, view: TicketView) -> Values:
    may = {
        name: allows(frame.actor, permission, view.scope)
        for name, permission in (
            ("edit", Permission.TICKET_EDIT), ("comment", Permission.COMMENT_CREATE), ("attach", Permission.FILE_ADD),
            ("log", Permission.TIME_ADD), ("moderate", Permission.COMMENT_MODERATE),
            ("delete", Permission.TICKET_DELETE),
        )
    }  # fmt: skip
    may["delete"] = may["delete"] or (may["edit"] and view.ticket.reporter_id == frame.actor.id)
    return {"view": view, "ticket": view.ticket, "may": may, "ref": view.ticket.key or view.ticket.id}


def _update(field: str, value: str) -> TicketUpdate:
    if field == "dueDate":
        return TicketUpdate(due_date=due_on(value) if value else None)
    update: TicketUpdate = _checked(TicketUpdate, {field: value if value or field == "title" else None})
    return update


def _checked(shape: type[Any], values: Values) -> Any:
    return parse_body(shape, msgspec.json.encode(values))


async def _changed(frame: Frame, ref: str, writer: ProseWriter) -> HttpResponse:
    if not frame.is_htmx:
        return frame.redirect(f"/tickets/{ref}")
    read = await frame.db.read(lambda tx: get_ticket_view(tx, frame.actor, ref))
    view = await with_prose(read, writer, frame.db, frame.actor)
    return await frame.large_fragment("pages/ticket_parts.html", **_data(frame, view))


def _conflict(frame: Frame, ref: str, field: str, mine: str, theirs: str) -> Response[bytes]:
    """Show both texts and let the person choose; nothing was changed."""
    data: Values = {"ref": ref, "field": field, "mine": mine, "theirs": theirs}
    if frame.is_htmx:
        headers = {"hx-retarget": "body", "hx-reswap": "beforeend"}
        return frame.fragment("components/conflict.html", headers=headers, **data)
    title = frame.gettext("Someone changed this meanwhile")
    return frame.fragment("pages/conflict.html", status=409, title=title, **data)


ROUTES = (
    get_ticket,
    edit_ticket,
    comment_on_ticket,
    change_comment,
    log_time_on_ticket,
    move_to_trash,
    preview_markdown,
)
