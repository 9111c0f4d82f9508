"""Believable people, projects, tickets and comments of a software company, the same ones for the same seed."""

from collections import Counter
from dataclasses import dataclass
from itertools import islice, product
from random import Random
from textwrap import shorten

from codimir.demo.areas import AREAS, BRANCHES, LABELS, Area
from codimir.demo.names import full_name, read_cultures, spell
from codimir.demo.phrases import Phrasebook, Story, capitalised, read_phrasebook
from codimir.model.enums import Type

MAX_TITLE_LENGTH = 120
MAX_DESCRIPTION_LENGTH = 6_000
_MAX_PASSAGE_LENGTH = 1_000

_TYPES: tuple[Type, ...] = ("BUG", "TASK", "IMPROVEMENT", "FEATURE", "EPIC")
_SHARE_OF_TYPES = (38, 68, 84, 98, 100)
_WITHOUT_DESCRIPTION = 0.08
_USUAL_LENGTH, _SPREAD_OF_LENGTH = 6.28, 0.85
_SECTIONS_BEFORE_EVIDENCE = 4


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here; `name` is how they write it, which may put the family first."""

    name: str
    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True, slots=True)
class Project:
    """A project; the first word of its name says what its tickets are about."""

    name: str
    key: str
    description: str


@dataclass(frozen=True, slots=True)
class TicketText:
    """What somebody typed into the form of a new ticket; the description is Markdown, or nothing."""

    title: str
    description: str | None
    type: Type


def people(rng: Random, count: int) -> list[Person]:
    """Up to 5,000 people, no two of one name or one e-mail address."""
    names = [name for first, last in read_cultures() for name in product(first, last)]
    seen: Counter[str] = Counter()
    return [_person(first, last, seen) for first, last in rng.sample(names, count)]


def projects(rng: Random, count: int) -> list[Project]:
    """Up to 500 projects, the usual ones first, no two of one name or one key."""
    branches = list(product(AREAS.items(), BRANCHES.items()))
    usual = [_project(rng, name, area.key, area) for name, area in islice(AREAS.items(), count)]
    further = rng.sample(branches, count - len(usual))
    return usual + [
        _project(rng, f"{name} {branch}", area.key + ending, area) for (name, area), (branch, ending) in further
    ]


def labels() -> list[tuple[str, str]]:
    """Names with their colours as `#rrggbb`, each readable on white."""
    return list(LABELS)


def ticket(rng: Random, project: Project) -> TicketText:
    """Tell a ticket in the words of its project, at most 120 characters of title and 6,000 of description."""
    kind = rng.choices(_TYPES, cum_weights=_SHARE_OF_TYPES)[0]
    story = Story(rng, _book_of(project), key=project.key)
    return TicketText(_title(story, kind), _description(story, kind), kind)


def comment(rng: Random, title: str) -> str:
    """One to four sentences of Markdown under the ticket of that title."""
    return Story(rng, _COMMON_BOOK, title=title).tell("comment")


def _person(first: str, last: str, seen: Counter[str]) -> Person:
    address = f"{spell(first)}.{spell(last)}"
    seen[address] += 1
    number = seen[address] if seen[address] > 1 else ""
    first, last = first.partition("/")[0], last.partition("/")[0]
    return Person(full_name(first, last), first, last, f"{address}{number}@example.com")


def _project(rng: Random, name: str, key: str, area: Area) -> Project:
    note = Story(rng, _COMMON_BOOK).tell("project_note")
    return Project(name, key, f"{area.summary} {note}")


def _title(story: Story, kind: Type) -> str:
    title = capitalised(story.tell(f"{kind.lower()}_title")).replace("`", "")
    return title if len(title) <= MAX_TITLE_LENGTH else shorten(title, MAX_TITLE_LENGTH, placeholder=" …")


def _description(story: Story, kind: Type) -> str | None:
    if story.rng.random() < _WITHOUT_DESCRIPTION:
        return None
    length = story.rng.lognormvariate(_USUAL_LENGTH, _SPREAD_OF_LENGTH)
    wanted = min(length, MAX_DESCRIPTION_LENGTH - _MAX_PASSAGE_LENGTH)
    parts = [story.tell(f"{kind.lower()}_opening")]
    while sum(map(len, parts)) < wanted:
        enough = len(parts) > _SECTIONS_BEFORE_EVIDENCE
        parts.append(story.tell("evidence" if enough else f"{kind.lower()}_section"))
    return "\n\n".join(parts)


def _book_of(project: Project) -> Phrasebook:
    return _BOOKS.get(project.name.partition(" ")[0], _COMMON_BOOK)


def _book(things: tuple[str, ...], nouns: tuple[str, ...]) -> Phrasebook:
    nouns += _PHRASES["noun"]
    return _PHRASES | {
        "thing": things + _PHRASES["thing"],
        "noun": nouns,
        "pascal": tuple(map(capitalised, nouns)),
        "constant": tuple(map(str.upper, nouns)),
    }


_PHRASES = read_phrasebook()
_COMMON_BOOK = _book((), ())
_BOOKS = {name: _book(area.things, area.nouns) for name, area in AREAS.items()}
