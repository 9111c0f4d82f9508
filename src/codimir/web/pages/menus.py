"""Menus of what a field can be: as filters of a view, and as changes of tickets."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal
from urllib.parse import quote

import msgspec
from litestar import Response

from codimir.http.errors import InvalidInput, NotFound
from codimir.http.requests import HttpResponse
from codimir.http.routing import get, post
from codimir.http.validation import Query
from codimir.labels.actions import name_key
from codimir.labels.queries import find_label_named
from codimir.problems.problem import Problem
from codimir.tickets.fields import FIELDS, FILTERS, Field, Kind
from codimir.web.addresses import Address
from codimir.web.date_ranges import OFFERED, days_in, said
from codimir.web.forms import Form
from codimir.web.lookups import Name, find_names, named
from codimir.web.page_context import Frame, own_path
from codimir.web.pages.bulk import NEW
from codimir.web.present import NOTHING, Present, get_present, offered_days, said_day

EDITED = {field.name: field for field in FIELDS if field.edits}
FILTERED = {field.name: field for field in FILTERS}
SEARCHED_FROM = 8
"""From how many choices on a menu can be searched."""


class FilterQuery(Query, frozen=True):
    """The view whose filter is chosen, and what the choices are searched for."""

    back: str = "/tickets"
    q: str = ""


class BetweenQuery(Query, frozen=True):
    """The view whose span is chosen, and the days from and until which it is."""

    back: str = "/tickets"
    first: str = msgspec.field(default="", name="from")
    last: str = msgspec.field(default="", name="to")


class ChoiceQuery(Query, frozen=True):
    """The form that the choice is sent with, and the ticket whose present value is marked, if it is one ticket."""

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
    note: str = ""


@get("/filters")
async def get_filter_fields(frame: Frame, query: FilterQuery) -> HttpResponse:
    """Show what the view can be filtered by; without scripts it leads to the view, which has the same menu."""
    at = _address(query.back)
    if not frame.is_htmx:
        return frame.redirect(str(at))
    return frame.fragment(
        "components/filter_fields.html", at=at, fields=tuple(FILTERED), project=at.path.startswith("/projects/")
    )


@get("/filters/{field:str}")
async def get_filter(field: str, frame: Frame, query: FilterQuery) -> Response[bytes]:
    """Show what a view can be filtered by, each choice as the link to the view that has it."""
    at = _address(query.back)
    if field not in FILTERED:
        raise NotFound(Problem("resource_not_found", kind="Field"))
    if FILTERED[field].kind is Kind.DATE:
        return await _answer_span(frame, field, at)
    if FILTERED[field].kind is Kind.SWITCH:
        return await _answer_switch(frame, field, at)
    choices = [
        msgspec.structs.replace(
            choice, address=str(at.toggle(field, choice.value)), chosen=choice.value in at.given(field)
        )
        for choice in await _filter_choices(frame, FILTERED[field], query.q)
    ]
    return await _answer(frame, "components/filter_choices.html", field, query.q, choices, back=str(at))


@get("/filters/{field:str}/between")
async def get_between(field: str, frame: Frame, query: BetweenQuery) -> Response[None]:
    """Lead to the view that is filtered by a span of days."""
    if field not in OFFERED:
        raise NotFound(Problem("resource_not_found", kind="Field"))
    at = _address(query.back)
    return frame.redirect(str(at.put(field, f"{query.first}..{query.last}") if query.first or query.last else at))


@get("/choices/{field:str}")
async def get_choices(field: str, frame: Frame, query: ChoiceQuery) -> Response[bytes]:
    """Show what a field of tickets can become, each choice as a button of a form."""
    present = NOTHING
    if query.ticket and field in EDITED:
        present = await frame.db.read(lambda tx: get_present(tx, frame.actor, field, query.ticket, frame.clock))
    choices = await _changes(frame, field, query.q, query.workspace, present)
    tickets, back = ([query.ticket], f"/tickets/{quote(query.ticket)}") if query.ticket else ([], "")
    return await _answer(
        frame,
        "components/choices.html",
        field,
        query.q,
        choices,
        form=query.form,
        tickets=tickets,
        leads=back,
        asked=Address(f"/choices/{field}", {"form": (query.form,)}).put("ticket", *filter(None, (query.ticket,))),
        day=present.values[0] if EDITED[field].kind is Kind.DATE and present.values else None,
        is_fixed=EDITED[field].kind is Kind.CHOICE,
    )


@post("/tickets/bulk/choose")
async def choose_for_many(frame: Frame, form: Form) -> Response[bytes]:
    """Show what a field of the tickets that are named can become, on a page of its own: for who runs no scripts."""
    field, tickets = form.get("field"), list(dict.fromkeys(form.all("ticket")))
    if not tickets:
        raise InvalidInput.fields(ticket=Problem("ticket_not_selected"))
    return await _answer(
        frame, "components/choices.html", field, "", await _changes(frame, field), form="pick", tickets=tickets,
        leads=form.get("back", "/tickets"), day=None, is_fixed=EDITED[field].kind is Kind.CHOICE,
        asked=Address(f"/choices/{field}", {"form": ("pick",)}),
    )  # fmt: skip


async def _changes(
    frame: Frame, field: str, text: str = "", workspace_id: str | None = None, present: Present = NOTHING
) -> list[Choice]:
    """Return what a field can become, what it is now among it; where there may be many, that comes first."""
    if field not in EDITED:
        raise NotFound(Problem("resource_not_found", kind="Field"))
    edited = EDITED[field]
    if edited.kind is Kind.DATE:
        return _days(frame, text, present)
    if edited.kind is Kind.CHOICE:
        return [_marked(each, present) for each in _values(frame, edited)]
    found = await _named(frame, edited, text, workspace_id or present.workspace_id)
    if text:
        return [*(_marked(each, present) for each in found), *await _new_label(frame, text, found, present)]
    kept = await frame.db.read(lambda tx: named(tx, frame.actor, field, present.values))
    others = [*_first(frame, edited), *found]
    known = {each.value: each for each in [*(_of_name(edited, name) for name in kept), *others]}
    known |= {each.value: each for each in _first(frame, edited)}
    return sorted((_marked(each, present) for each in known.values()), key=lambda each: not each.chosen)


def _marked(choice: Choice, present: Present) -> Choice:
    return msgspec.structs.replace(choice, chosen=True) if choice.value in present.values else choice


def _values(frame: Frame, field: Field) -> list[Choice]:
    """Return the fixed values of a field: they keep their places, so that their digits can be learned by hand."""
    named = frame.words.fixed[field.name].items()
    return [Choice(value, name, kind=f"{field.name}-{value}" if field.has_icons else "") for value, name in named]


def _days(frame: Frame, text: str, present: Present) -> list[Choice]:
    names = {
        "today": frame.gettext("Today"),
        "tomorrow": frame.gettext("Tomorrow"),
        "next week": frame.gettext("Next week"),
    }
    days = [
        Choice(day.isoformat(), names.get(name, said), kind="calendar", note=said if name else "")
        for name, day in offered_days(frame.clock, text)
        for said in (said_day(day, frame.language, near=bool(name)),)
    ]
    nothing = [] if text or not any(present.values) else [Choice("", frame.gettext("No date"), kind="close")]
    return [_marked(each, present) for each in [*nothing, *days]]


async def _new_label(frame: Frame, text: str, found: Iterable[Choice], present: Present) -> list[Choice]:
    """Offer to make the label that is looked for, where there is none of exactly this name."""
    scope, name = present.makes_labels_at, name_key(text.strip())
    if scope is None or name in {name_key(each.text) for each in found}:
        return []
    if await frame.db.read(lambda tx: find_label_named(tx, scope, name)) is not None:
        return []
    said = frame.gettext("Create label “%(name)s”") % {"name": text.strip()}
    return [Choice(f"{NEW}{text.strip()}", said, kind="plus")]


async def _filter_choices(frame: Frame, field: Field, text: str) -> list[Choice]:
    if field.kind is Kind.CHOICE:
        return _values(frame, field)
    found = await _named(frame, field, text)
    return found if text else [*_special(frame, field), *found]


async def _named(frame: Frame, field: Field, text: str, workspace_id: str | None = None) -> list[Choice]:
    chosen = workspace_id if workspace_id in frame.actor.workspaces else frame.workspace_id
    found = await frame.db.read(lambda tx: find_names(tx, frame.actor, field.name, text, chosen))
    return [_of_name(field, each) for each in found]


def _first(frame: Frame, field: Field) -> list[Choice]:
    """Return what is chosen most often: nobody, and oneself."""
    nobody = [Choice("", frame.words.without[field.name], kind=_empty_icon(field))] if field.without else []
    oneself = [Choice(frame.actor.id, f"{frame.viewer.name} ({frame.words.special['me']})", kind="person")]
    return nobody + (oneself if field.takes_me else [])


def _special(frame: Frame, field: Field) -> list[Choice]:
    """Return what a filter takes besides names: oneself, and nothing."""
    me = [Choice("me", frame.words.special["me"], kind="person")] if field.takes_me else []
    return me + ([Choice("none", frame.words.without[field.name], kind=_empty_icon(field))] if field.without else [])


def _empty_icon(field: Field) -> str:
    return "nobody" if field.kind is Kind.PERSON else "minus"


def _of_name(field: Field, name: Name) -> Choice:
    return Choice(name.id, name.name, name.mark, "person" if field.kind is Kind.PERSON else field.name)


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


async def _answer_switch(frame: Frame, field: str, at: Address) -> Response[bytes]:
    """Offer one or the other, such as to leave archived projects out, or all others."""
    present = ",".join(at.given(field))
    choices = [
        Choice(
            value, text, kind=FILTERED[field].icon, chosen=value == present,
            address=str(at.without(field) if value == present else at.put(field, value)),
        )
        for value, text in frame.words.fixed[field].items()
    ]  # fmt: skip
    return await _answer(frame, "components/filter_choices.html", field, "", choices, back=str(at))


async def _answer(
    frame: Frame, template: str, field: str, text: str, choices: list[Choice], **data: Any
) -> Response[bytes]:
    shown = {
        "field": field,
        "choices": choices,
        "text": text,
        "searched": (frame.is_htmx and "form" in data) or len(choices) >= SEARCHED_FROM or text,
        "tickets": [],
        "today": date.fromordinal(frame.clock.today).isoformat(),
        **data,
    }
    if frame.is_htmx:
        return frame.fragment(template, **shown)
    title = frame.words.field[field]
    return await frame.page("pages/choices.html", title=title, piece=template, **shown)


ROUTES = (get_filter_fields, get_filter, get_between, get_choices, choose_for_many)
