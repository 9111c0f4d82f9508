"""Choose how the requests of a route are answered, from what its function takes."""

from collections.abc import Awaitable, Callable
from typing import Any, Union, get_args, get_origin

from litestar import Response

from codimir.database.core import Database
from codimir.http.conditional_get import answer_read
from codimir.http.idempotent_write import WriteRoute, answer_write
from codimir.http.paging import Data
from codimir.http.replies import Call, Created, Function, WithCookies, reply_of
from codimir.http.requests import HttpRequest
from codimir.http.signatures import (
    TRANSACTIONS,
    LongReadTx,
    Provided,
    ReadTx,
    WriteTx,
    find_database_parameter,
    find_parameter,
)
from codimir.http.sources import Shortcut
from codimir.http.uploads import FileForm
from codimir.http.versions import Viewer

Answer = Callable[[HttpRequest, dict[str, Any]], Awaitable[Response[Any]]]


def choose_answer(
    function: Function, methods: tuple[str, ...], status: int, provided: Provided, returns: Any
) -> Answer:
    """Return what answers the requests of a route; what is given to it holds the database in place of a transaction."""
    viewer_name, db_name = find_parameter(provided, Viewer), find_database_parameter(provided)
    if db_name is None:
        return lambda _, values: _answer_plainly(function(**values), status)
    if "GET" in methods and provided[db_name] is WriteTx:
        raise TypeError("GET is safe: it takes no WriteTx")
    call = in_transaction(function, db_name, provided[db_name])
    if viewer_name is None:
        return lambda _, values: _answer_plainly(call(values.pop(db_name), values), status)
    if "GET" in methods:
        pure = _follows_from_data(provided)
        return lambda request, values: answer_read(
            call, request, values, values[viewer_name], values.pop(db_name), follows_from_data=pure
        )
    kinds = kinds_of_reply(provided, returns)
    route = WriteRoute(call, status, provided[db_name] is WriteTx, find_parameter(provided, FileForm), kinds)
    return lambda request, values: answer_write(route, request, values, values[viewer_name], values.pop(db_name))


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


def _follows_from_data(provided: Provided) -> bool:
    """Return whether nothing but the data and the time goes into the reply of a read."""
    known = (Database, *TRANSACTIONS)
    return all(
        kind in known or (isinstance(kind, type) and issubclass(kind, (Viewer, Shortcut))) for kind in provided.values()
    )


async def _answer_plainly(result: Awaitable[Any], status: int) -> Response[Any]:
    return reply_of(await result, status)
