"""Where a search found tickets: in their titles, or at a place in their descriptions and comments."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.expressions import AnySelect
from codimir.database.statements import Statement, is_any_of
from codimir.kit.highlighting import Sought, Span, highlight_spans
from codimir.model.comments import comments
from codimir.tickets.schemas import TicketInList
from codimir.tickets.search.backend import QueryTerm
from codimir.tickets.search.index import MAX_READ_OF_COMMENT, MAX_READ_OF_DESCRIPTION

MAX_COMMENTS_OF_TICKET, MAX_COMMENTS = 20, 200
"""So many newest comments are looked through, on one ticket and on all tickets of a page."""
AROUND = 120
"""About how many characters before and after a word are shown with it."""


class Passage(NamedTuple):
    """A piece of the Markdown of a description or a comment that holds a word which the title has not."""

    text: str
    is_comment: bool = False


def sought_of(wanted: Sequence[QueryTerm]) -> list[Sought]:
    """Return the words of a search as they are looked for in a text."""
    return [
        Sought(frozenset(each.spellings), each.spellings if each.is_beginning else (), frozenset(each.parts))
        for each in wanted
    ]


async def find_passages(
    tx: Transaction, tickets: Sequence[TicketInList], sought: Sequence[Sought]
) -> dict[str, Passage]:
    """Return a passage of each ticket whose title and key do not hold every word, by the ids of the tickets."""
    left: dict[str, list[Sought]] = {}
    found: dict[str, Passage] = {}
    for ticket in tickets:
        missing = [each for each in sought if not highlight_spans(f"{ticket.title} {ticket.key or ''}", each)]
        if not missing:
            continue
        text = passage_in((ticket.description or "")[:MAX_READ_OF_DESCRIPTION], missing)
        if text:
            found[ticket.id] = Passage(text)
        elif ticket.counts.comments:
            left[ticket.id] = missing
    rows = await tx.fetch_all(_NEWEST_COMMENTS, ticket_ids=list(left)) if left else []
    for ticket_id, content in rows:
        if ticket_id not in found and (text := passage_in(content, left[ticket_id])):
            found[ticket_id] = Passage(text, is_comment=True)
    return found


def passage_in(text: str, sought: Sequence[Sought]) -> str:
    """Return the piece of a line around the first word that stands in a text; nothing where none does."""
    if not any(each.may_stand_in(text) for each in sought):
        return ""
    for line in text.splitlines():
        likely = [each for each in sought if each.may_stand_in(line)]
        spans = sorted(span for each in likely for span in highlight_spans(line, each))
        if spans:
            return _around(line, spans[0])
    return ""


def _around(line: str, span: Span) -> str:
    """Cut a line at the spaces that are nearest to so many characters before and after a word."""
    start, end = max(0, span[0] - AROUND), min(len(line), span[1] + AROUND)
    if start:
        start = next((at + 1 for at in range(start, span[0]) if line[at].isspace()), start)
    if end < len(line):
        end = next((at for at in range(end, span[1], -1) if line[at].isspace()), end)
    return f"{'… ' if start else ''}{line[start:end].strip()}{' …' if end < len(line) else ''}"


def _newest_comments() -> AnySelect:
    place = sa.func.row_number().over(
        partition_by=comments.c.ticket_id, order_by=(comments.c.created_at.desc(), comments.c.id.desc())
    )
    numbered = (
        sa.select(comments.c.id, place.label("place"))
        .where(is_any_of(comments.c.ticket_id, "ticket_ids"), comments.c.deleted_at.is_(None))
        .subquery("numbered")
    )
    return (
        sa.select(comments.c.ticket_id, sa.func.substr(comments.c.content, 1, MAX_READ_OF_COMMENT))
        .select_from(numbered.join(comments, comments.c.id == numbered.c.id))
        .where(numbered.c.place <= MAX_COMMENTS_OF_TICKET)
        .order_by(numbered.c.place, comments.c.ticket_id)
        .limit(MAX_COMMENTS)
    )


_NEWEST_COMMENTS = Statement(_newest_comments())
