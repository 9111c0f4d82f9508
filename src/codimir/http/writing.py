"""Answer a write: on its condition, once for each key, and with the tag of what is there now."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from litestar import Request, Response

from codimir.database.core import Database, Recorded, Transaction, UniqueViolation, Unit
from codimir.database.wrapping import InTransaction, Wrapped
from codimir.http.conditional import TagMaker, tagged, thing_in
from codimir.http.errors import ApiError, InvalidInput
from codimir.http.idempotency import HEADER, AlreadyDone, Attempt, KeptReply, attempt_of
from codimir.http.preconditions import HEADER as IF_MATCH
from codimir.http.preconditions import IfMatch
from codimir.http.replies import Function, JsonResponse, reply_of
from codimir.http.uploads import FileForm
from codimir.http.versions import Viewer

T = TypeVar("T")
REPLAYED = {"idempotent-replayed": "true"}
Work = Callable[[Database], Awaitable[Response[Any]]]


@dataclass(frozen=True)
class Written:
    """What is known of a route that writes."""

    function: Function
    status: int
    db_name: str
    form_name: str | None
    """What brings the file that the route takes, if it takes one"""
    is_one_unit: bool
    """Whether the function awaits nothing but the database"""
    reply_kind: type[Any] | None
    """By what the one of its units is known that gives the reply"""


async def answer_write(
    route: Written, request: Request[Any, Any, Any], values: dict[str, Any], viewer: Viewer
) -> Response[Any]:
    """Answer a write of someone."""
    header, state = request.headers.get(IF_MATCH), request.app.state
    tags: TagMaker = state.tags
    condition = None if header is None else IfMatch(tags, state.changes_since, viewer, header)
    db: Database = values[route.db_name]

    async def work(db: Database) -> Response[Any]:
        guarded = _GuardedWrites(db, condition)
        result = await route.function(**{**values, route.db_name: guarded})
        return _tagged(tags, reply_of(result, route.status), viewer, thing_in(result), guarded.recorded)

    if HEADER not in request.headers:
        return await work(db)
    if not route.is_one_unit and route.reply_kind is None:
        raise InvalidInput(details={HEADER: ["Not taken here, where more is done than one change of the data"]})
    form: FileForm | None = values[route.form_name] if route.form_name else None
    attempt = await attempt_of(request, viewer, None if form is None else form.said)
    with attempt.alone():
        try:
            if route.is_one_unit:
                return await _in_one_unit(db, attempt, work)
            await _refuse_what_is_done(db, attempt, form)
            return await work(_KeepingWrites(db, attempt, route, viewer, tags))
        except AlreadyDone as done:
            kept = done.reply
            return JsonResponse(kept.body, kept.status, kept.headers | REPLAYED, kept.cookies)


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


class _KeepingWrites(Wrapped):
    """A database that keeps the reply of a route with the change of the unit that gives it.

    So a route can do more than its one change: before it, which is done again by the next attempt if this one ends, and
    after it, which is not done again.
    """

    def __init__(self, db: Database, attempt: Attempt, route: Written, viewer: Viewer, tags: TagMaker) -> None:
        super().__init__(db)
        self.attempt = attempt
        self.route = route
        self.viewer = viewer
        self.tags = tags

    async def write(self, unit: Unit[T]) -> T:
        async def keeping(tx: Transaction) -> T:
            await _refuse_again(tx, self.attempt)
            result = await unit(tx)
            if self.route.reply_kind is not None and isinstance(result, self.route.reply_kind):
                reply = reply_of(result, self.route.status)
                await _keep(tx, self.attempt, _tagged(self.tags, reply, self.viewer, thing_in(result), tx.recorded))
            return result

        return await _write_once(self.db, self.attempt, keeping)


def _tagged(
    tags: TagMaker, response: Response[Any], viewer: Viewer, thing: Any, recorded: list[Recorded]
) -> Response[Any]:
    """Give the reply the tag of the thing that it shows, with which it can be written to next."""
    if thing is None or not isinstance(response, JsonResponse):
        return response
    workspace = getattr(thing, "workspace_id", None) or (recorded[-1].workspace_id if recorded else None)
    raised = [event.version for event in recorded if event.workspace_id == workspace]
    version = raised[-1] if raised else viewer.versions.get(workspace or "")
    if workspace is not None and version is not None:
        tag = tags.marked(tags.by_content(viewer, response.content), viewer, version, thing.id)
        response.headers = tagged(tag, response.headers)
    return response


async def _in_one_unit(db: Database, attempt: Attempt, work: Work) -> Response[Any]:
    """Do the whole work in one transaction with keeping its reply."""

    async def unit(tx: Transaction) -> Response[Any]:
        await _refuse_again(tx, attempt)
        response = await work(InTransaction(db, tx))
        await _keep(tx, attempt, response)
        return response

    return await _write_once(db, attempt, unit)


async def _write_once(db: Database, attempt: Attempt, unit: Unit[T]) -> T:
    """Write; where that fails because another server was faster with the same request, say AlreadyDone."""
    try:
        return await db.write(unit)
    except (ApiError, UniqueViolation):
        await db.read(lambda tx: _refuse_again(tx, attempt))
        raise


async def _refuse_what_is_done(db: Database, attempt: Attempt, form: FileForm | None) -> None:
    """Raise AlreadyDone before anything is begun; the bytes of a file are compared then, and not stored."""
    if form is not None:
        if not await db.read(attempt.is_kept):
            return
        await form.skim()
    await db.read(lambda tx: _refuse_again(tx, attempt))


async def _refuse_again(tx: Transaction, attempt: Attempt) -> None:
    kept = await attempt.find(tx)
    if kept is not None:
        raise AlreadyDone(kept)


async def _keep(tx: Transaction, attempt: Attempt, response: Response[Any]) -> None:
    cookies = response.cookie_headers if isinstance(response, JsonResponse) else ()
    body = response.content or b""
    await attempt.keep(tx, KeptReply(response.status_code or 200, dict(response.headers), body, [*cookies]))
