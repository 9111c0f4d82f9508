"""What the names in a text that was read mean to whoever looks at it. No parser is needed for that."""

from html import escape

import msgspec

from codimir.kit.lazy import lazy_pattern
from codimir.kit.scripts import SPACED_LETTER
from codimir.users.handles import first_known

KEY = lazy_pattern(
    rf"([A-Z](?<!(?:{SPACED_LETTER}|[/-])[A-Z])[A-Z0-9]{{1,9}}-[1-9][0-9]{{0,8}})(?!{SPACED_LETTER})(?!-)"
)
MAX_PLAIN = 500
"""How many characters are kept of what a text says in one line."""
CLIP = "\N{PAPERCLIP}"
"""What stands there before the name of a picture."""


class Name(msgspec.Struct, frozen=True):
    """What may name a ticket or a person, as it stands in a text."""

    text: str
    key: str = ""
    handles: list[str] = []
    """What may be the handle, without the @, the longest first"""


class Reading(msgspec.Struct, frozen=True):
    """What a text says, for whoever reads it."""

    pieces: list[str]
    """Its HTML, cut where a name stands: one more than there are names"""
    names: list[Name] = []
    plain: str = ""
    """What it says in one line"""
    tasks: tuple[int, int] = (0, 0)
    """How many of its tasks are done, and how many there are"""


class TicketLink(msgspec.Struct, frozen=True):
    """Where a key in a text leads, and the title of the ticket there."""

    key: str
    title: str


class Meaning(msgspec.Struct, frozen=True):
    """What the keys and the handles of texts mean to whoever reads them."""

    tickets: dict[str, TicketLink] = {}
    """By the keys that stand in texts, which may be former ones"""
    people: dict[str, str] = {}
    """The names of people by their handles"""


def with_meaning(reading: Reading, meaning: Meaning) -> str:
    """Return the HTML of a text with its names as links and marks, where they mean something to the reader."""
    if not (meaning.tickets or meaning.people):
        names = escape("\0".join(name.text for name in reading.names)).split("\0")[: len(reading.names)]
    else:
        names = [_named(name, meaning) for name in reading.names]
    parts = [""] * (2 * len(names) + 1)
    parts[::2], parts[1::2] = reading.pieces, names
    return "".join(parts)


def _named(name: Name, meaning: Meaning) -> str:
    if name.key:
        ticket = meaning.tickets.get(name.key)
        return escape(name.text) if ticket is None else _link(ticket, name.text)
    found = first_known(name.handles, meaning.people)
    if found is None:
        return escape(name.text)
    end = 1 + len(found[0])
    title, words, rest = escape(found[1]), escape(name.text[:end]), escape(name.text[end:])
    return f'<span class="mention" title="{title}">{words}</span>{rest}'


def _link(ticket: TicketLink, text: str) -> str:
    is_another_key = ticket.key != text and KEY.fullmatch(ticket.key)
    title = f"{ticket.key} {ticket.title}" if is_another_key else ticket.title
    return f'<a href="/tickets/{escape(ticket.key)}" title="{escape(title)}" class="ticket-link">{escape(text)}</a>'
