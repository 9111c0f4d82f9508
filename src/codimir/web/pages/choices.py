"""Menus of what a field can be: as filters of a view, and as changes of tickets."""

from typing import Any, Literal
from urllib.parse import quote

import msgspec
from litestar import Response

from codimir.http.errors import InvalidInput, NotFound
from codimir.http.routing import get, post
from codimir.http.validation import Query
from codimir.web.addresses import Address
from codimir.web.chips import ARCHIVED, CHANGEABLE, FIXED
from codimir.web.forms import Form
from codimir.web.frame import Frame, own_path
from codimir.web.names import Name, find_names
from codimir.web.spans import OFFERED, SPANS, days_in, said
from codimir.web.wording import ORDER

TAKES_ME = ("assignee", "reporter")
TAKES_NONE = ("assignee", "group")
SEARCHED_FROM = 8
"""From how many choices on a menu can be searched."""


class FilterQuery(Query):
    """The view whose filter is chosen, and what the choices are searched for."""

    back: str = "/tickets"
    q: str = ""


class BetweenQuery(Query):
    """The view whose span is chosen, and the days from and until which it is."""

    back: str = "/tickets"
    first: str = msgspec.field(default="", name="from")
    last: str = msgspec.field(default="", name="to")


class ChoiceQuery(Query):
    """The form that the choice is sent with, and the ticket that a page of its own is for."""

    form: Literal["bulk", "pick"] = "pick"
    ticket: str = ""
    q: str = ""
    workspace: str | None = None


class Choice(msgspec.Struct, frozen=True):
    """One line of a menu."""

    value: str
    text: str
    mark: str | None = None
    kind: str = ""
    address: str = ""
    chosen: bool = False


@get("/filters/{field:str}")
async def get_filter(field: str, frame: Frame, query: FilterQuery) -> Response[bytes]:
    """Show what a view can be filtered by, each choice as the link to the view that has it."""
    at = _address(query.back)
    if field in SPANS:
        return await _answer_span(frame, field, at)
    if field == ARCHIVED:
        return await _answer_archived(frame, at)
    choices = [
        msgspec.structs.replace(
            choice, address=str(at.toggle(field, choice.value)), chosen=choice.value in at.given(field)
        )
        for choice in await _choices(frame, field, query.q, special=True)
    ]
    return await _answer(frame, "components/filter_choices.html", field, query.q, choices, back=query.back)


@get("/filters/{field:str}/between")
async def get_between(field: str, frame: Frame, query: BetweenQuery) -> Response[None]:
    """Lead to the view that is filtered by a span of days."""
    if field not in SPANS:
        raise NotFound("No such field")
    at = _address(query.back)
    return frame.redirect(str(at.put(field, f"{query.first}..{query.last}") if query.first or query.last else at))


@get("/choices/{field:str}")
async def get_choices(field: str, frame: Frame, query: ChoiceQuery) -> Response[bytes]:
    """Show what a field of tickets can become, each choice as a button of a form."""
    choices = await _changes(frame, field, query.q, query.workspace)
    tickets, back = ([query.ticket], f"/tickets/{quote(query.ticket)}") if query.ticket else ([], "")
    return await _answer(
        frame, "components/choices.html", field, query.q, choices, form=query.form, tickets=tickets, leads=back
    )


@post("/tickets/bulk/choose")
async def choose_for_many(frame: Frame, form: Form) -> Response[bytes]:
    """Show what a field of the tickets that are named can become, on a page of its own: for who runs no scripts."""
    field, tickets = form.get("field"), list(dict.fromkeys(form.all("ticket")))
    if not tickets:
        raise InvalidInput.fields(ticket=frame.gettext("Select a ticket first"))
    return await _answer(
        frame, "components/choices.html", field, "", await _changes(frame, field), form="pick", tickets=tickets,
        leads=form.get("back", "/tickets"),
    )  # fmt: skip


async def _changes(frame: Frame, field: str, text: str = "", workspace_id: str | None = None) -> list[Choice]:
    choices = await _choices(frame, field, text, workspace_id, special=False)
    return choices if text else [*_first(frame, field), *choices]


async def _choices(
    frame: Frame, field: str, text: str, workspace_id: str | None = None, *, special: bool
) -> list[Choice]:
    if field not in CHANGEABLE:
        raise NotFound("No such field")
    if field in FIXED:
        return [Choice(word, frame.words.fixed[field][word], kind=f"{field}-{word}") for word in ORDER[field]]
    chosen = workspace_id if workspace_id in frame.actor.workspaces else frame.workspace_id
    found = await frame.db.read(lambda tx: find_names(tx, frame.actor, field, text, chosen))
    named = [_of_name(field, each) for each in found]
    return [*_special(frame, field), *named] if special and not text else named


def _first(frame: Frame, field: str) -> list[Choice]:
    """Give what is chosen most often: nobody, and oneself."""
    nobody = [Choice("", frame.gettext("Nobody"), kind="nobody")] if field in TAKES_NONE else []
    oneself = [Choice(frame.actor.id, f"{frame.viewer.name} ({frame.words.special['me']})", kind="person")]
    return nobody + (oneself if field in TAKES_ME else [])


def _special(frame: Frame, field: str) -> list[Choice]:
    return [
        Choice(value, frame.words.special[value], kind=symbol)
        for value, fields, symbol in (("me", TAKES_ME, "person"), ("none", TAKES_NONE, "nobody"))
        if field in fields
    ]


def _of_name(field: str, name: Name) -> Choice:
    return Choice(name.id, name.name, name.mark, "person" if field in TAKES_ME else field)


def _address(back: str) -> Address:
    path, _, given = own_path(back).partition("?")
    return Address.of(path, given.encode())


async def _answer_span(frame: Frame, field: str, at: Address) -> Response[bytes]:
    """Offer what is chosen most often, each as a link, and fields for the days."""
    present = ",".join(at.given(field))
    choices = [
        Choice(
            span, said(span, frame.clock), kind="calendar", chosen=span == present,
            address=str(at.without(field) if span == present else at.put(field, span)),
        )
        for span in OFFERED[field]
    ]  # fmt: skip
    return await _answer(
        frame, "components/filter_choices.html", field, "", choices, back=str(at), days=days_in(present)
    )


async def _answer_archived(frame: Frame, at: Address) -> Response[bytes]:
    """Offer to leave archived projects out, or all others: one or the other."""
    present = ",".join(at.given(ARCHIVED))
    choices = [
        Choice(
            value, text, kind="project", chosen=value == present,
            address=str(at.without(ARCHIVED) if value == present else at.put(ARCHIVED, value)),
        )
        for value, text in frame.words.archived.items()
    ]  # fmt: skip
    return await _answer(frame, "components/filter_choices.html", ARCHIVED, "", choices, back=str(at))


async def _answer(
    frame: Frame, template: str, field: str, text: str, choices: list[Choice], **data: Any
) -> Response[bytes]:
    shown = {
        "field": field,
        "choices": choices,
        "text": text,
        "searched": len(choices) >= SEARCHED_FROM or text,
        "tickets": [],
        **data,
    }
    if frame.in_pieces:
        return frame.fragment(template, **shown)
    title = frame.words.field[field]
    return await frame.page("pages/choices.html", title=title, piece=template, **shown)


ROUTES = (get_filter, get_between, get_choices, choose_for_many)
