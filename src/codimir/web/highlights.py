"""Where a search found tickets, as their rows show it: marked words of titles, descriptions and comments."""

from collections.abc import Mapping, Sequence

import msgspec
from markupsafe import Markup, escape

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.kit.highlighting import Sought, highlight_spans, merged_spans
from codimir.tickets.listing.filters import bind_filter
from codimir.tickets.schemas import TicketInList, TicketListQuery
from codimir.tickets.search.where_found import Passage, find_passages, sought_of
from codimir.web.fragment_cache import Highlight
from codimir.web.prose import ProseWriter

MARK = Markup("<mark>{}</mark>")
BEFORE_MARK = 16
"""At most so many characters stand before the first marked word of a passage, so that it is seen in a narrow row."""


class Matches(msgspec.Struct, frozen=True):
    """The words of a search, the tickets that it found, and where their texts hold what their titles do not."""

    sought: Sequence[Sought]
    titles: Mapping[str, str]
    passages: Mapping[str, Passage]


async def get_matches(
    tx: Transaction, actor: Actor, query: TicketListQuery, tickets: Sequence[TicketInList]
) -> Matches:
    """Look for the words of a search in the tickets that it found."""
    sought = sought_of((await bind_filter(tx, actor, query)).wanted)
    titles = {ticket.id: ticket.title for ticket in tickets}
    return Matches(sought, titles, await find_passages(tx, tickets, sought))


async def highlights_of(matches: Matches, writer: ProseWriter, person_id: str) -> dict[str, Highlight]:
    """Return what rows show of the places where tickets were found, by the ids of the tickets."""
    said = await writer.say({name: passage.text for name, passage in matches.passages.items()}, person_id)
    return {
        name: Highlight(
            marked(title, matches.sought),
            marked(_shortened(said[name], matches.sought), matches.sought) if name in said else Markup(),
            name in said and matches.passages[name].is_comment,
        )
        for name, title in matches.titles.items()
    }


def marked(text: str, sought: Sequence[Sought]) -> Markup:
    """Return a text as HTML in which the words of a search are marked."""
    parts: list[str] = []
    at = 0
    for start, end in merged_spans([span for each in sought for span in highlight_spans(text, each)]):
        parts += (escape(text[at:start]), MARK.format(text[start:end]))
        at = end
    return Markup().join([*parts, escape(text[at:])])


def _shortened(text: str, sought: Sequence[Sought]) -> str:
    """Return a text from shortly before the first word of a search on."""
    first = min((span[0] for each in sought for span in highlight_spans(text, each)), default=0)
    if first <= BEFORE_MARK:
        return text
    begin = text.find(" ", first - BEFORE_MARK, first)
    return f"… {text[begin + 1 if begin >= 0 else first - BEFORE_MARK :].removeprefix('… ')}"
