"""Search against a slow reference: every ticket read, every word compared, every rank counted, in Python."""

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

import pytest

from codimir.database.core import Database
from codimir.kit.text import asked, words_in
from codimir.tickets.listing import best_matches
from tests.calls import AsyncCall
from tests.clients import Client, People

BEGUN = [f"test{end}" for end in ("", "s", "ed", "ing", "er", "ers", "case", "103", *"abcdfghijk")]
WORDS = [
    *BEGUN, "login", "logins", "page", "pages", "page42", "Überlauf", "ошибка", "ошибки", "数据库", "خطأ", "to", "of",
]  # fmt: skip
"""More longer words than are looked for by themselves, fewer, and none; several scripts; words that are never begun."""
PLACES: dict[str | None, set[str]] = {
    "project_456": {"jane", "mia", "root"}, "project_sec": {"jane", "root"}, None: {"jane", "mia", "root"},
}  # fmt: skip
STEPS, QUESTIONS = 45, 40


class Known(NamedTuple):
    """What the reference knows of a ticket."""

    id: str
    place: str | None
    title: str
    key: str
    description: str
    comments: str


class Reference:
    """All tickets, in the order in which they were created."""

    def __init__(self) -> None:
        self.tickets: list[Known] = []

    def search(self, who: str, q: str, window: int) -> tuple[list[str], list[str]]:
        """Return the ids of those that have every word whole in their title, then the other newest by their rank."""
        seen = [each for each in reversed(self.tickets) if who in PLACES[each.place]]
        ranks = {each.id: _rank(each, q) for each in seen}
        matches = [each.id for each in seen if ranks[each.id] is not None]
        best = 8.5 * len(asked(q))
        in_title = [each for each in matches if ranks[each] == best][:window]
        newest = sorted(matches[:window], key=lambda each: -(ranks[each] or 0))
        return in_title, [each for each in newest if each not in in_title]

    def matching(self, who: str, q: str) -> set[str]:
        """Return the ids of all matches."""
        return {each.id for each in self.tickets if who in PLACES[each.place] and _rank(each, q) is not None}


@pytest.mark.parametrize("window", [500, 5])
@pytest.mark.parametrize("seed", range(3))
class TestAgainstAReference:
    async def test_the_same_tickets_in_the_same_order(
        self, db: Database, jane: Client, client: People, new_ticket: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch,
        seed: int, window: int,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(best_matches, "CANDIDATES", window)
        rng, reference = Random(seed), Reference()
        all_words = await new_ticket(title="All", description=" ".join(WORDS), projectId="project_sec")
        reference.tickets.append(await _known(jane, all_words["id"]))
        for _ in range(STEPS):
            await _step(rng, reference, jane, new_ticket)
        for _ in range(QUESTIONS):
            who, q = rng.choice(("jane", "mia", "root")), _question(rng)
            best, others = reference.search(who, q, window)
            found = [ticket["id"] for ticket in (await client(who).get("/api/tickets/search", q=q, limit=100)).data]
            few = [ticket["id"] for ticket in (await client(who).get("/api/tickets/search", q=q, limit=2)).data]
            assert (found[: len(best)], set(found)) == (best, {*best, *others}), (who, q)
            assert few == found[:2], (who, q)
            if db.dialect == "sqlite":  # PostgreSQL counts a word that is begun once for each longer one
                assert found == [*best, *others], (who, q)
            listed = await client(who).get("/api/tickets", search=q, limit=100)
            assert {ticket["id"] for ticket in listed.data} == reference.matching(who, q), (who, q)
            assert listed.total == len(listed.data)


async def _step(rng: Random, reference: Reference, jane: Client, new_ticket: AsyncCall[Any]) -> None:
    """Create a ticket, or change, comment, move or delete one, and let the reference know."""
    kind = rng.choice(("create", "create", "create", "create", "change", "comment", "move", "delete"))
    if kind == "create" or len(reference.tickets) < 2:
        place = rng.choice(list(PLACES))
        made = await new_ticket(title=_text(rng, 1), description=_text(rng, 0), projectId=place)
        reference.tickets.append(await _known(jane, made["id"]))
        return
    at = rng.randrange(1, len(reference.tickets))
    path = f"/api/tickets/{reference.tickets[at].id}"
    if kind == "change":
        field = rng.choice(("title", "description"))
        reply = await jane.put(path, {field: _text(rng, 1)})
    elif kind == "comment":
        reply = await jane.post(f"{path}/comments", {"content": _text(rng, 1)})
    elif kind == "move":
        reply = await jane.put(path, {"projectId": rng.choice(list(PLACES))})
    else:
        reply = await jane.delete(path)
    assert reply.status in (200, 201, 204), reply.body
    known = [] if kind == "delete" else [await _known(jane, reference.tickets[at].id)]
    reference.tickets[at : at + 1] = known


async def _known(jane: Client, ref: str) -> Known:
    """Read a ticket as it is now."""
    ticket = (await jane.get(f"/api/tickets/{ref}")).data
    said = "\n".join(comment["content"] for comment in ticket["comments"])
    title, key, description = (ticket[name] or "" for name in ("title", "key", "description"))
    return Known(ticket["id"], ticket["projectId"], title, key, description, said)


def _text(rng: Random, least: int) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(least, 3)))


def _question(rng: Random) -> str:
    """Ask for one or two words, each perhaps only begun; those that are only begun are never longer than a word."""
    words = [rng.choice([word for word in WORDS if word.isalpha()]) for _ in range(rng.randint(1, 2))]
    return " ".join(word[: rng.randint(1, len(word))] if rng.random() < 0.4 else word for word in words)


def _rank(ticket: Known, q: str) -> float | None:
    """Return what a ticket counts for every word that is asked for; None where one is nowhere in it."""
    places = [set(words_in(text)) for text in (ticket.title, ticket.key, ticket.description, ticket.comments)]
    terms = asked(q)
    counts = [_count(places, each.word, _is_begun(each.word, [term.word for term in terms])) for each in terms]
    return None if not counts or 0 in counts else sum(counts)


def _is_begun(word: str, words: Sequence[str]) -> bool:
    return word == words[-1] or (len(words) <= 3 and len(word) >= 4 and word.isalpha())


def _count(places: Sequence[set[str]], word: str, is_begun: bool) -> float:  # noqa: FBT001 - said by its name
    for place, counts in zip(places, (8, 4, 2, 1), strict=True):
        if word in place:
            return counts + (0.5 if counts > 1 else 0)
        if is_begun and any(other.startswith(word) for other in place):
            return counts
    return 0
