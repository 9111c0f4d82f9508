"""Choose how the requests of a route are answered, from what its function takes: with tags, conditions and keys.

The application gives `choose_answer` to `http/routing.py`, which knows nothing of revisions.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from codimir.database.core import Database
from codimir.http.replies import Function, reply_of
from codimir.http.requests import HttpRequest, HttpResponse
from codimir.http.routing import Answer, Parse
from codimir.http.signatures import (
    TRANSACTIONS,
    Provided,
    WriteTx,
    find_database_parameter,
    find_parameter,
)
from codimir.http.transactions import in_transaction, kinds_of_reply
from codimir.http.uploads import FileForm
from codimir.kit.values import Values
from codimir.revisions.conditional_get import ReadRoute, answer_read
from codimir.revisions.idempotent_write import WriteRoute, answer_write
from codimir.revisions.read_tracking import PureCache
from codimir.revisions.versions import Viewer


def choose_answer(
    function: Function,
    methods: tuple[str, ...],
    status: int,
    provided: Provided,
    returns: Any,
    is_shared: bool,  # noqa: FBT001 - handed on
) -> Answer:
    """Return what answers the requests of a route; what is given to it holds the database in place of a transaction."""
    viewer_name, db_name = find_parameter(provided, Viewer), find_database_parameter(provided)
    if db_name is None:
        return _once_parsed(lambda _, values: _answer_plainly(function(**values), status))
    if "GET" in methods and provided[db_name] is WriteTx:
        raise TypeError("GET is safe: it takes no WriteTx")
    call = in_transaction(function, db_name, provided[db_name])
    if viewer_name is None:
        return _once_parsed(lambda _, values: _answer_plainly(call(values.pop(db_name), values), status))
    if "GET" in methods:
        pure = _follows_from_data(provided)
        return partial(
            answer_read, ReadRoute(call, viewer_name, db_name, follows_from_data=pure, is_shared=pure and is_shared)
        )
    kinds = kinds_of_reply(provided, returns)
    route = WriteRoute(call, status, provided[db_name] is WriteTx, find_parameter(provided, FileForm), kinds)
    return _once_parsed(
        lambda request, values: answer_write(route, request, values, values[viewer_name], values.pop(db_name))
    )


def _once_parsed(answer: Callable[[HttpRequest, Values], Awaitable[HttpResponse]]) -> Answer:
    """Return what answers a request once all that it says is parsed."""

    async def parse_and_answer(request: HttpRequest, values: Values, parse: Parse) -> HttpResponse:
        await parse(request, values)
        return await answer(request, values)

    return parse_and_answer


def _follows_from_data(provided: Provided) -> bool:
    """Return whether nothing but the data and the time goes into the reply of a read."""
    known = (Database, *TRANSACTIONS)
    return all(
        kind in known or (isinstance(kind, type) and issubclass(kind, (Viewer, PureCache)))
        for kind in provided.values()
    )


async def _answer_plainly(result: Awaitable[Any], status: int) -> HttpResponse:
    return reply_of(await result, status)
