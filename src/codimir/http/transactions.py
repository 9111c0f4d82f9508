"""The transaction in which a route is called, and which of several gives its reply."""

from collections.abc import Awaitable, Callable
from typing import Any, Union, get_args, get_origin

from codimir.database.core import Database
from codimir.http.paging import Data
from codimir.http.replies import Call, Created, Function, WithCookies
from codimir.http.signatures import LongReadTx, Provided, ReadTx, WriteTx


def in_transaction(function: Function, name: str, kind: type[Any]) -> Call:
    """Return what calls a function in a transaction of the kind that its parameter `name` is of."""
    run = RUN[kind]
    return lambda db, values: run(db, lambda tx: function(**{**values, name: tx}))


RUN: dict[type[Any], Callable[[Database, Callable[[Any], Awaitable[Any]]], Awaitable[Any]]] = {
    Database: lambda db, work: work(db),
    ReadTx: lambda db, unit: db.read(unit),
    LongReadTx: lambda db, unit: db.read_long(unit),
    WriteTx: lambda db, unit: db.write(unit),
}


def takes_keys(provided: Provided, returns: Any) -> bool:
    """Return whether a write of someone can be sent with an `Idempotency-Key`."""
    return WriteTx in provided.values() or bool(kinds_of_reply(provided, returns))


def kinds_of_reply(provided: Provided, returns: Any) -> tuple[type[Any], ...]:
    """Return the types by which the transaction that gives the reply is known, of a route that does several.

    There are none where nothing tells the reply from what the other transactions give.
    """
    if Database not in provided.values():
        return ()
    kinds = [get_origin(each) for each in (get_args(returns) if get_origin(returns) is Union else [returns])]
    return tuple(kind for kind in kinds if kind in (Data, Created, WithCookies))
