"""Mentions: `@jane` or `@jane.smith` in a text names a member of the workspace.

A handle is the part of the e-mail before the @, the whole name joined by dots, or the first name where only one member
has it; in any case and any script, with accents or without. Scripts that need no spaces join names by nothing.
Code is not read for mentions by who renders a text.
"""

from collections.abc import Collection, Iterable
from functools import lru_cache

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement
from codimir.kit.collation import search_key
from codimir.kit.lazy import lazy_pattern
from codimir.kit.naming import plain_words
from codimir.kit.scripts import MARKS
from codimir.model.schemas import Person
from codimir.model.users import users
from codimir.model.workspaces import workspace_members
from codimir.users.handles import handle_key


async def find_mentioned(tx: Transaction, workspace_id: str, handles: Collection[str]) -> dict[str, Person]:
    """Return the members of a workspace who are meant by handles; one that means nobody, or several, is left out."""
    if not handles:
        return {}
    meant = _by_handle(_PERSON.all(await tx.fetch_all(_MEMBERS, workspace_id=workspace_id)))
    return {handle: meant[handle] for handle in handles if handle in meant}


def handle_of(person: Person) -> str:
    """Return the handle by which a person can always be mentioned."""
    return handle_key(person.email.partition("@")[0])


def _by_handle(members: Iterable[Person]) -> dict[str, Person]:
    """Let the surest way to name someone win: e-mail, then whole name, then first name."""
    meant: dict[str, Person] = {}
    members = list(members)
    for names in (_of_email, _whole_names, _first_names):
        named: dict[str, list[Person]] = {}
        for person in members:
            for name in names(person):
                named.setdefault(name, []).append(person)
        for handle, people in named.items():
            if handle and len(people) == 1:
                meant.setdefault(handle, people[0])
    return meant


def _of_email(person: Person) -> set[str]:
    return {handle_of(person)}


def _whole_names(person: Person) -> set[str]:
    return {between.join(words) for words in _spellings(person.name) for between in _between(words)}


def _first_names(person: Person) -> set[str]:
    return {words[0] for words in _spellings(person.name) if words}


def _between(words: tuple[str, ...]) -> tuple[str, ...]:
    return (".",) if any(map(str.isascii, words)) else (".", "")


@lru_cache(maxsize=4096)
def _spellings(name: str) -> frozenset[tuple[str, ...]]:
    """Return the words of a name: as they are written, without accents, and what is ASCII without them."""
    written = handle_key(name)
    ascii_only = (word.lower() for word in plain_words(name))
    return frozenset((tuple(_WORD.findall(written)), tuple(_WORD.findall(search_key(name))), tuple(ascii_only)))


_WORD = lazy_pattern(rf"[^\W_](?:[^\W_]|[{MARKS}])*+")


_PERSON = Projection(Person, users)
_MEMBERS = Statement(
    sa.select(*_PERSON.columns)
    .select_from(users.join(workspace_members, workspace_members.c.user_id == users.c.id))
    .where(workspace_members.c.workspace_id == sa.bindparam("workspace_id"), users.c.disabled_at.is_(None))
    .order_by(users.c.created_at, users.c.id)
)
