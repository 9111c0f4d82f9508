"""Mentions: `@jane` or `@jane.smith` in a text names a member of the workspace.

A handle is the part of the e-mail before the @, the whole name joined by dots, or the first name where only one member
has it; in any case, without accents. Code is not read for mentions by who renders a text.
"""

from collections.abc import Collection, Iterable
from functools import lru_cache

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Statement, columns_of
from codimir.kit.naming import plain_words
from codimir.users.schemas import Person
from codimir.users.tables import users
from codimir.workspaces.tables import workspace_members


async def find_mentioned(tx: Transaction, workspace_id: str, handles: Collection[str]) -> dict[str, Person]:
    """Give the members of a workspace who are meant by handles; a handle that means nobody, or several, is left out."""
    if not handles:
        return {}
    members = [Person(*row) for row in await tx.all(_MEMBERS, workspace_id=workspace_id)]
    meant = _by_handle(members)
    return {handle: meant[handle] for handle in handles if handle in meant}


def handle_of(person: Person) -> str:
    """Give the handle by which a person can always be mentioned."""
    return person.email.partition("@")[0].lower()


def _by_handle(members: Iterable[Person]) -> dict[str, Person]:
    """Let the surest way to name someone win: e-mail, then whole name, then first name."""
    meant: dict[str, Person] = {}
    members = list(members)
    for name in (handle_of, _whole_name, _first_name):
        named: dict[str, list[Person]] = {}
        for person in members:
            named.setdefault(name(person), []).append(person)
        for handle, people in named.items():
            if handle and len(people) == 1:
                meant.setdefault(handle, people[0])
    return meant


def _whole_name(person: Person) -> str:
    return ".".join(_words(person.name))


def _first_name(person: Person) -> str:
    return next(iter(_words(person.name)), "")


@lru_cache(maxsize=4096)
def _words(name: str) -> list[str]:
    return [word.lower() for word in plain_words(name)]


_MEMBERS = Statement(
    sa.select(*columns_of(users, Person))
    .select_from(users.join(workspace_members, workspace_members.c.user_id == users.c.id))
    .where(workspace_members.c.workspace_id == sa.bindparam("workspace_id"), users.c.disabled_at.is_(None))
    .order_by(users.c.created_at, users.c.id)
)
