"""What is measured: what is asked in turn, and how far the answers of both servers must agree."""

import random
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from benchmarks.dataset import TOKEN, Sample
from benchmarks.servers import Server

COOKIE = f"next-auth.session-token={TOKEN}"
LISTED = ("in_progress", "done", "backlog")
DEEP_PAGE, LIMIT = 500, 20
SEARCHES, CREATES, CHECKED = 60, 200, 60
SESSION, REPEATED = "fixed reply, session looked up", "the same list, as it was kept"
MAX_SHOWN_LENGTH = 2_000

Asked = tuple[str, str, bytes | None]
"""Method, path and body."""
Agreed = Callable[[bytes], Any]
"""What of a reply must be the same from both servers."""


class Disagreement(Exception):
    """The two servers answer differently, so their speed cannot be compared."""


CONNECTIONS, MANY = 16, 64
"""How many connections ask at once: usually, and where many write"""
MAX_TAIL = 3.0


class Case(msgspec.Struct, frozen=True):
    """One thing that is measured."""

    name: str
    asked: Sequence[Asked]
    agreed: Agreed
    target: float | None = None
    """How much of the floor's rate ours shall reach."""
    patience: int = 1
    """How many times longer it is measured, because a reply takes long."""
    page: int | None = None
    """Which page of the list whose pages are compared."""
    is_repeated: bool = False
    """Whether it is about replies that ours keeps; it keeps none in the other cases."""
    beside: Sequence[Asked] = ()
    """What is sent once a second, one after the other, while it is measured."""
    connections: int = CONNECTIONS
    max_tail: float | None = None
    """How many times as long as the median the slowest hundredth may take."""


def cases_of(sample: Sample, visible: int) -> list[Case]:
    """Build the cases for a member who sees so many tickets; those that write come last."""
    page = min(DEEP_PAGE, max(1, visible // LIMIT))
    listed = [f"/api/tickets?{urlencode({'project': p, 'status': s})}" for p in sample.project_ids for s in LISTED]
    return [
        Case("fixed reply", _gets("/bench/fixed"), bytes),
        Case(SESSION, _gets("/bench/session"), bytes),
        Case("list of a project in a status", _gets(*listed), bytes, target=0.8),
        Case("list of all, sees 20 of 100 projects", _gets("/api/tickets"), bytes, target=0.8, page=1),
        Case(REPEATED, _gets("/api/tickets"), bytes, is_repeated=True),
        Case(f"the same list, page {page}", _gets(f"/api/tickets?page={page}"), bytes, page=page),
        Case("one ticket", _gets(*(f"/api/tickets/{ref}" for ref in sample.ticket_ids)), bytes, target=0.6),
        Case("search for two words", _gets(*(f"/api/tickets/search?q={q}" for q in searches(sample))), ids_in),
        Case("statistics", _gets("/api/tickets/stats"), numbers_in, patience=2),
        Case("create", creates(sample), _shape, max_tail=MAX_TAIL),
        Case(f"create, {MANY} connections", creates(sample), _shape, connections=MANY, max_tail=MAX_TAIL),
    ]


def check(case: Case, ours: Server, floor: Server) -> None:
    """Raise Disagreement where the servers answer differently."""
    for asked in case.asked[:CHECKED]:
        mine, its = (server.ask(*asked[:2], COOKIE, asked[2]) for server in (ours, floor))
        if case.agreed(mine) != case.agreed(its):
            shown = f"\n  ours:  {mine[:MAX_SHOWN_LENGTH]!r}\n  floor: {its[:MAX_SHOWN_LENGTH]!r}"
            raise Disagreement(f"{case.name}: {asked[0]} {asked[1]}{shown}")


def _gets(*paths: str) -> list[Asked]:
    return [("GET", path, None) for path in paths]


def creates(sample: Sample) -> list[Asked]:
    """Build requests that create tickets in the projects of the sample in turn."""
    return [("POST", "/api/tickets", _new_ticket(sample, number)) for number in range(CREATES)]


def searches(sample: Sample) -> list[str]:
    """Take two words out of titles, one or the other way around."""
    rng = random.Random(1)
    words = [[word for word in title.split() if word.isalpha()] for title in sample.titles]
    pairs = [rng.sample(some, 2) for some in words if len(some) > 1]
    return [quote(" ".join(pair)) for pair in pairs[:SEARCHES]]


def _new_ticket(sample: Sample, number: int) -> bytes:
    project = sample.project_ids[number % len(sample.project_ids)]
    title = sample.titles[number % len(sample.titles)]
    return msgspec.json.encode({"title": title, "description": f"As in: {title}. " * 8, "projectId": project})


def ids_in(reply: bytes) -> Any:
    """Return the ids of the tickets in a reply."""
    return {ticket["id"] for ticket in msgspec.json.decode(reply)["data"]}


def numbers_in(reply: bytes) -> Any:
    """Return the numbers of a reply with statistics."""
    data = msgspec.json.decode(reply)["data"]
    return {name: value for name, value in data.items() if name not in ("startDate", "endDate")}


def _shape(reply: bytes) -> Any:
    data = msgspec.json.decode(reply)["data"]
    return list(data), data["title"], data["description"], data["status"], data["project"]["id"]
