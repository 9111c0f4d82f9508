"""What the types in the signature of a route's function say about it; the names of its parameters say nothing.

A route takes its transaction: `ReadTx`, `LongReadTx` or `WriteTx`. It is opened before the function is called, and a
write is committed before the reply leaves. What has a condition (`If-Match`) or is done once for each key
(`Idempotency-Key`) wraps that transaction. A route takes `Database` only where it does more than one transaction.
"""

from collections.abc import Mapping
from typing import Any, Protocol, get_origin

from codimir.database.core import Database, Transaction

Provided = Mapping[str, type[Any]]
"""The parameters of a route that are provided by their types, by their names."""


class ReadTx(Transaction, Protocol):
    """A short read in one snapshot. On SQLite it runs on the event loop: index lookups, pages of lists."""


class LongReadTx(Transaction, Protocol):
    """A read that may take long (search, statistics, logs) in one snapshot, off the event loop.

    One person has one or two at a time; it is stopped when it takes longer than reads may.
    """


class WriteTx(Transaction, Protocol):
    """A write. It is committed when the route returns, and undone when it raises.

    The function may be called again from its start where the transaction collides with another, so it awaits nothing
    but the transaction.
    """


class SignedIn:
    """Base of what a route takes from whoever is signed in; such a route answers nobody else.

    It is provided before the rest of the request is looked at.
    """

    __slots__ = ()


TRANSACTIONS: frozenset[type[Any]] = frozenset({ReadTx, LongReadTx, WriteTx})


def find_parameter(provided: Provided, base: type[Any]) -> str | None:
    """Return the name of the parameter whose type is `base` or derives from it."""
    return next((name for name, kind in provided.items() if _derives(kind, base)), None)


def find_database_parameter(provided: Provided) -> str | None:
    """Return the name of the parameter by which a route uses the database: a transaction, or the database itself.

    Raises TypeError for a route that takes two.
    """
    names = [name for name, kind in provided.items() if kind is Database or kind in TRANSACTIONS]
    if len(names) > 1:
        raise TypeError(f"a route takes one transaction, or the database: {', '.join(names)}")
    return names[0] if names else None


def is_signed_in(provided: Provided) -> bool:
    """Return whether a route answers only who is signed in."""
    return find_parameter(provided, SignedIn) is not None


def _derives(kind: Any, base: type[Any]) -> bool:
    kind = get_origin(kind) or kind
    return isinstance(kind, type) and issubclass(kind, base)
