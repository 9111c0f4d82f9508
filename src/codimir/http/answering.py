"""Choose how the requests of a route are answered, from what its function takes."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, get_origin

from litestar import Request, Response

from codimir.config import Settings
from codimir.database.core import Database
from codimir.http.paging import Data
from codimir.http.reading import answer_read
from codimir.http.replies import Created, Function, WithCookies, is_response, reply_of
from codimir.http.sources import Shortcut
from codimir.http.uploads import FileForm
from codimir.http.writing import Written, answer_write

Answer = Callable[[Request[Any, Any, Any], dict[str, Any]], Awaitable[Response[Any]]]
ACTOR = "actor"


def answering(
    function: Function, methods: tuple[str, ...], status: int, provided: Mapping[str, type[Any]], returns: Any
) -> Answer:
    """Choose how the requests of a route are answered; what someone asks of the data is answered with care."""
    others = {name: kind for name, kind in provided.items() if name != ACTOR}
    db_name = next((name for name, kind in others.items() if kind is Database), None)
    if db_name is None or ACTOR not in provided:
        return lambda _, values: _answer_plainly(function, status, values)
    if "GET" in methods:
        pure = all(kind is Database or _is_shortcut(kind) for kind in others.values())
        return lambda request, values: answer_read(
            function, request, values, values[ACTOR], db_name, follows_from_data=pure
        )
    form_name = next((name for name, kind in others.items() if kind is FileForm), None)
    written = Written(function, status, db_name, form_name, is_one_unit(provided, returns), reply_kind(returns))
    return lambda request, values: answer_write(written, request, values, values[ACTOR])


def takes_keys(provided: Mapping[str, type[Any]], returns: Any) -> bool:
    """Say whether a write of someone can be sent with an `Idempotency-Key`."""
    return is_one_unit(provided, returns) or reply_kind(returns) is not None


def reply_kind(returns: Any) -> type[Any] | None:
    """Name the kind of what a route gives, if it is told from what else its units give."""
    kind = get_origin(returns)
    return kind if kind in (Data, Created, WithCookies) else None


def is_one_unit(provided: Mapping[str, type[Any]], returns: Any) -> bool:
    """Say whether a route awaits nothing but the database, and so can be done whole in one transaction."""
    kinds = {kind for name, kind in provided.items() if name != ACTOR}
    return kinds <= {Database, Settings} and not is_response(returns) and get_origin(returns) is not WithCookies


def _is_shortcut(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Shortcut)


async def _answer_plainly(function: Function, status: int, values: Mapping[str, Any]) -> Response[Any]:
    return reply_of(await function(**values), status)
