"""Answer a write: on its condition, once for each key, and with the tag of what is there now."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from litestar import Request, Response

from codimir.database.core import Database, Recorded, Transaction, UniqueViolation, Unit
from codimir.database.wrapping import InTransaction, Wrapped
from codimir.http.conditional import by_content, marked, tagged, thing_in
from codimir.http.errors import InvalidInput
from codimir.http.idempotency import HEADER, Attempt, KeptReply, attempt_of
from codimir.http.preconditions import HEADER as IF_MATCH
from codimir.http.preconditions import IfMatch
from codimir.http.replies import Function, JsonResponse, reply_of
from codimir.http.versions import Viewer

T = TypeVar("T")
REPLAYED = {"idempotent-replayed": "true"}
Work = Callable[[Database], Awaitable[Response[Any]]]


async def answer_write(
    function: Function,
    status: int,
    request: Request[Any, Any, Any],
    values: dict[str, Any],
    viewer: Viewer,
    db_name: str,
    *,
    is_one_unit: bool,
) -> Response[Any]:
    """Answer a write of someone; `is_one_unit` says that the function awaits nothing but the database."""
    header = request.headers.get(IF_MATCH)
    condition = None if header is None else IfMatch(viewer, header)

    async def work(db: Database) -> Response[Any]:
        guarded = _GuardedWrites(db, condition)
        result = await function(**{**values, db_name: guarded})
        return _tagged(reply_of(result, status), viewer, thing_in(result), guarded.recorded)

    if not is_one_unit and HEADER in request.headers:
        raise InvalidInput(details={HEADER: ["Not taken here, where more is done than one change of the data"]})
    attempt = await attempt_of(request, viewer.id)
    if attempt is None:
        return await work(values[db_name])
    with attempt.alone():
        return await _once(values[db_name], attempt, work)


class _GuardedWrites(Wrapped):
    """A database whose writes are undone where the condition of the request does not hold."""

    def __init__(self, db: Database, condition: IfMatch | None) -> None:
        super().__init__(db)
        self.condition = condition
        self.recorded: list[Recorded] = []

    async def write(self, unit: Unit[T]) -> T:
        async def guarded(tx: Transaction) -> T:
            result = await unit(tx)
            if self.condition is not None:
                await self.condition.check(tx, result)
            self.recorded = tx.recorded
            return result

        return await self.db.write(guarded)


def _tagged(response: Response[Any], viewer: Viewer, thing: Any, recorded: list[Recorded]) -> Response[Any]:
    """Give the reply the tag of the thing that it shows, with which it can be written to next."""
    if thing is None or not isinstance(response, JsonResponse):
        return response
    workspace = getattr(thing, "workspace_id", None) or (recorded[-1].workspace_id if recorded else None)
    raised = [event.version for event in recorded if event.workspace_id == workspace]
    version = raised[-1] if raised else viewer.versions.get(workspace or "")
    if workspace is not None and version is not None:
        tag = marked(by_content(viewer, response.content), viewer, version, thing.id)
        response.headers = tagged(tag, response.headers)
    return response


async def _once(db: Database, attempt: Attempt, work: Work) -> Response[Any]:
    """Do the whole work in one transaction with keeping its reply, or give the reply that is kept."""

    async def unit(tx: Transaction) -> Response[Any]:
        kept = await attempt.find(tx)
        if kept is not None:
            return _replayed(kept)
        response = await work(InTransaction(db, tx))
        await attempt.keep(tx, KeptReply(response.status_code or 200, dict(response.headers), response.content or b""))
        return response

    try:
        return await db.write(unit)
    except UniqueViolation:  # perhaps another server did it at the same time
        kept = await db.read(attempt.find)
        if kept is None:
            raise
        return _replayed(kept)


def _replayed(kept: KeptReply) -> Response[Any]:
    return JsonResponse(kept.body, kept.status, kept.headers | REPLAYED)
