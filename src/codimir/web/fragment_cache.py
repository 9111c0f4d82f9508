"""The small parts of pages that are written often: kept as they were written, by everything that they show."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import msgspec
from jinja2 import Environment
from markupsafe import Markup

from codimir.kit.moments import stands_for_day
from codimir.model.enums import CLOSED_STATUSES
from codimir.model.schemas import Label, LabelTag, Person
from codimir.tickets.schemas import Ticket, TicketInList
from codimir.web import assets
from codimir.web.dates import DateFormatter
from codimir.web.display_names import DisplayNames
from codimir.web.task_counts import TaskCounts

PERSON, PARTS, ROW = "components/person.html", "components/ticket_parts.html", "components/ticket_row.html"
MAX_PARTS_KEPT = 4_096
MAX_ROWS_KEPT = 10_000


@cache
def icon(name: str, label: str = "") -> Markup:
    """Draw an icon of `static/icons.svg`; with a label it speaks, without one it is silent."""
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    drawing = Markup('<svg class="icon icon-{}" {}><use href="{}#{}"/></svg>')
    return drawing.format(name, spoken, assets.url("icons.svg"), name)


class Drawn:
    """The icons of the words of tickets, drawn once."""

    def __init__(self, words: DisplayNames) -> None:
        self.status = {word: icon(f"status-{word}", text) for word, text in words.status.items()}
        self.priority = {word: icon(f"priority-{word}", text) for word, text in words.priority.items()}
        self.type = {word: icon(f"type-{word}", text) for word, text in words.type.items()}


def filters_of(made: Environment) -> dict[str, Callable[..., Markup]]:
    """Build filters of the macros that a list uses often; each keeps what it wrote for what it showed."""

    @lru_cache(maxsize=MAX_PARTS_KEPT)
    def written(template: str, macro: str, *values: Any) -> Markup:
        text: Markup = getattr(made.get_template(template).module, macro)(*values)
        return text

    def avatar(who: Person | None, large: bool = False) -> Markup:  # noqa: FBT001, FBT002 - a filter has no keywords
        return written(PERSON, "picture", *((who.id, who.name, who.image) if who else ("", "", None)), large)

    def label(tag: LabelTag | Label) -> Markup:
        return written(PARTS, "tag", tag.name, tag.color)

    def when(moment: datetime, clock: DateFormatter) -> Markup:
        return written(PARTS, "moment", moment.isoformat(), clock.exact(moment), clock.ago(moment))

    def due(ticket: Ticket, clock: DateFormatter) -> Markup:
        if ticket.due_date is None:
            return Markup()
        moment = ticket.due_date
        late = clock.is_overdue(moment) and ticket.status not in CLOSED_STATUSES
        written_out = clock.iso_day(moment) if stands_for_day(moment) else moment.isoformat()
        return written(PARTS, "deadline", late, written_out, clock.due_exactly(moment), clock.due(moment))

    return {"avatar": avatar, "label": label, "when": when, "due": due, "rows": Rows(made)}


class Highlight(msgspec.Struct, frozen=True):
    """Where a search found a ticket."""

    title: Markup
    """The title, with the words marked"""
    passage: Markup = Markup()
    """What stands around the words in a text, where the title does not hold them all"""
    is_comment: bool = False


_NO_HIGHLIGHTS: Mapping[str, Highlight] = {}
_NO_TASKS: TaskCounts = {}


class Rows:
    """Writes tickets as rows, and keeps what it wrote of each for everything that it shows of it."""

    def __init__(self, made: Environment) -> None:
        self._made = made
        self._kept: dict[Any, str] = {}

    def __call__(
        self,
        tickets: list[TicketInList],
        clock: DateFormatter,
        columns: frozenset[str],
        highlights: Mapping[str, Highlight] = _NO_HIGHLIGHTS,
        tasks: TaskCounts = _NO_TASKS,
    ) -> Markup:
        """Write the rows of some tickets; those of a search say where it found them, and are not kept."""
        if len(self._kept) > MAX_ROWS_KEPT:
            self._kept.clear()
        around = (clock.timezone, clock.today, columns)
        if highlights:
            template = self._made.get_template(ROW)
            rows = [
                template.render(
                    ticket=ticket,
                    clock=clock,
                    columns=columns,
                    highlight=highlights.get(ticket.id),
                    tasks=tasks.get(ticket.id),
                )
                for ticket in tickets
            ]
            return Markup("".join(rows))  # noqa: S704 - templates
        rows = [self._row(ticket, clock, columns, around, tasks.get(ticket.id)) for ticket in tickets]
        return Markup("".join(rows))  # noqa: S704 - templates

    def _row(
        self,
        ticket: TicketInList,
        clock: DateFormatter,
        columns: frozenset[str],
        around: tuple[Any, ...],
        tasks: tuple[int, int] | None,
    ) -> str:
        who = ticket.assignee
        shown = (
            ticket.id, ticket.key, ticket.title, ticket.type, ticket.status, ticket.priority, ticket.created_at,
            ticket.updated_at, clock.ago(ticket.updated_at), ticket.due_date,
            ticket.due_date is not None and clock.is_overdue(ticket.due_date), who and (who.id, who.name, who.image),
            tuple([(tag.name, tag.color) for tag in ticket.labels]), around, tasks,
        )  # fmt: skip
        row = self._kept.get(shown)
        if row is None:
            template = self._made.get_template(ROW)
            row = template.render(ticket=ticket, clock=clock, columns=columns, highlight=None, tasks=tasks)
            self._kept[shown] = row
        return row
