"""`make events`: write the page of the event types from their docstrings."""

import inspect
import sys
from itertools import groupby
from pathlib import Path

from codimir.events.types import Event

PAGE = Path("docs/events.md")
BEGINNING = """\
# Events

Everything that changes is an event, recorded in the transaction that changes it. This page is made from the docstrings
in `events/types.py` by `make events`.

An event has an `id`, a `type`, a `timestamp`, the ids of its workspace, project and ticket, the id of its subject (the
thing that it happened to), its `actor`, and `changes`: from the name of each field to its old and its new value. All
events of one request share a `batchId`.
"""


def page() -> str:
    """Write the page: a table of types for each noun."""
    kinds = sorted(Event.__subclasses__(), key=lambda kind: kind.type)
    nouns = groupby(kinds, key=lambda kind: kind.type.partition(".")[0])
    return "\n".join([BEGINNING, *(_section(noun, list(of_noun)) for noun, of_noun in nouns)])


def _section(noun: str, kinds: list[type[Event]]) -> str:
    rows = [f"| `{kind.type}` | {_purpose(kind)} |" for kind in kinds]
    return "\n".join([f"## {noun}", "", "| type | when |", "|---|---|", *rows, ""])


def _purpose(kind: type[Event]) -> str:
    return " ".join((inspect.getdoc(kind) or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE).write_text(page(), encoding="utf-8")
