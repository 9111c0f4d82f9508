"""The rank of matches: by the best place of each wanted word, whole words before longer ones that begin so.

Most ranks follow from titles and keys. A description is asked for only where it could bring its ticket to the front.
"""

import heapq
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from codimir.tickets.search.backend import QueryTerm

TITLE, KEY, DESCRIPTION, COMMENTS = 8, 4, 2, 1
"""What a word counts that stands there; if in several of them, in the first."""
WHOLE_WORD = 0.5
"""What a word counts more when it is not only the beginning of a longer one."""


class Match(NamedTuple):
    """A ticket that matches, as the index tells."""

    ticket_id: str
    title: str
    key: str
    number: int


def needed_descriptions(matches: Sequence[Match], wanted: Sequence[QueryTerm], count: int) -> list[int]:
    """Return the numbers of the matches that may be among the first so many, depending on their descriptions."""
    bounds = [_bounds(match, wanted) for match in matches]
    least = min(heapq.nlargest(count, (low for low, _ in bounds)), default=0.0)
    return [match.number for match, (low, high) in zip(matches, bounds, strict=True) if low < high >= least]


def best_first(matches: Sequence[Match], wanted: Sequence[QueryTerm], descriptions: Mapping[int, str]) -> list[str]:
    """Rank matches, the newest of equals first; what has no description here counts as if it had none."""

    def rank(match: Match) -> float:
        places = ((match.title, TITLE), (match.key, KEY), (descriptions.get(match.number, ""), DESCRIPTION))
        return -sum(weight(places, each) for each in wanted)

    return [match.ticket_id for match in sorted(matches, key=rank)]


def weight(places: Sequence[tuple[str, int]], wanted: QueryTerm) -> float:
    """Weigh the best place of a word; of its parts, where it does not stand itself, the least of their best places."""
    found = _weight_of_word(places, wanted)
    if found > COMMENTS or not wanted.parts:
        return found
    *parts, last = (QueryTerm((part,), is_beginning=False) for part in wanted.parts)
    return min(_weight_of_word(places, each) for each in (*parts, last._replace(is_beginning=wanted.is_beginning)))


def _bounds(match: Match, wanted: Sequence[QueryTerm]) -> tuple[float, float]:
    """Return what a match counts at least and at most, whatever its description holds."""
    low = high = 0.0
    places = ((match.title, TITLE), (match.key, KEY))
    for each in wanted:
        found = _weight_of_word(places, each)
        low += found
        high += found if found > COMMENTS else TITLE + WHOLE_WORD if each.parts else DESCRIPTION + WHOLE_WORD
    return low, high


def _weight_of_word(places: Sequence[tuple[str, int]], wanted: QueryTerm) -> float:
    for words, counts in places:
        standing = [word for word in wanted.spellings if word in words]
        if not standing:
            continue
        spaced = f" {words} "
        if any(f" {word} " in spaced for word in standing):
            return counts + WHOLE_WORD
        if wanted.is_beginning and any(f" {word}" in spaced for word in standing):
            return counts
    return COMMENTS
