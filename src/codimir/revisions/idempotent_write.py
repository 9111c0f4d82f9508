"""Answer a write: on its condition, once for each key, and with the tag of what is there now.

What all this wraps is the transaction. Where a route takes the database, because it does more than one transaction, it
wraps each of them, and the reply is kept with the one that gives it.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

from codimir.database.core import Database, Recorded, Transaction, UniqueViolation, Unit
from codimir.database.forwarding import ForwardingDatabase
from codimir.http.errors import ApiError, InvalidInput
from codimir.http.headers import IDEMPOTENCY_KEY, IF_MATCH
from codimir.http.replies import Call, JsonResponse, reply_of
from codimir.http.requests import HttpRequest, HttpResponse
from codimir.http.uploads import FileForm
from codimir.kit.values import Values
from codimir.problems.problem import Problem
from codimir.revisions.etags import TagMaker, resource_in, tagged
from codimir.revisions.idempotency import IdempotentRequest, KeptReply, Replay, RunningAttempts, idempotent_request_of
from codimir.revisions.preconditions import IfMatch
from codimir.revisions.versions import Viewer

T = TypeVar("T")
REPLAYED = {"idempotent-replayed": "true"}


@dataclass(frozen=True)
class WriteRoute:
    """What is known of a route that writes."""

    call: Call
    status: int
    is_one_transaction: bool
    """Whether all that it does is one transaction, which is wrapped as a whole"""
    form_name: str | None
    """The parameter that brings the file that the route takes, if it takes one"""
    kinds_of_reply: tuple[type[Any], ...]
    """By what the one of its transactions is known that gives the reply, where there are several"""


async def answer_write(
    route: WriteRoute, request: HttpRequest, values: Values, viewer: Viewer, db: Database
) -> HttpResponse:
    """Answer a write of someone."""
    header, state = request.headers.get(IF_MATCH), request.app.state
    tags: TagMaker = state.tags
    condition = None if header is None else IfMatch(tags, state.changes_since, viewer, header)
    writes = ConditionalWrites(db, route, viewer, tags, condition)
    if IDEMPOTENCY_KEY not in request.headers:
        result = await route.call(writes, values)
        return writes.reply(result)
    if not route.is_one_transaction and not route.kinds_of_reply:
        raise InvalidInput(details={IDEMPOTENCY_KEY: [Problem("idempotency_key_not_taken")]})
    form: FileForm | None = values[route.form_name] if route.form_name else None
    attempt = await idempotent_request_of(request, viewer, None if form is None else form.said)
    running: RunningAttempts = state.running_attempts
    with running.alone(attempt):
        try:
            if not route.is_one_transaction:
                await _refuse_what_is_done(db, attempt, form)
            return await _answer_once(IdempotentWrites(writes, attempt), values)
        except Replay as done:
            kept = done.reply
            return JsonResponse(kept.body, kept.status, kept.headers | REPLAYED, kept.cookies)


class ConditionalWrites(ForwardingDatabase):
    """A database whose writes are undone where the condition of the request does not hold."""

    def __init__(
        self, db: Database, route: WriteRoute, viewer: Viewer, tags: TagMaker, condition: IfMatch | None
    ) -> None:
        super().__init__(db)
        self.route = route
        self._viewer = viewer
        self._tags = tags
        self._condition = condition
        self._recorded: list[Recorded] = []

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit, check the condition, and commit."""
        return await self.db.write(lambda tx: self.run(tx, unit))

    async def run(self, tx: Transaction, unit: Unit[T]) -> T:
        """Run a unit and check the condition."""
        result = await unit(tx)
        if self._condition is not None:
            await self._condition.check(tx, result)
        self._recorded = tx.recorded
        return result

    def reply(self, result: Any) -> HttpResponse:
        """Return the reply with the tag of the thing that it shows, with which that can be written to next."""
        response, thing, recorded = reply_of(result, self.route.status), resource_in(result), self._recorded
        if thing is None or not isinstance(response, JsonResponse):
            return response
        workspace = getattr(thing, "workspace_id", None) or (recorded[-1].log_id if recorded else None)
        raised = [entry.version for entry in recorded if entry.log_id == workspace]
        version = raised[-1] if raised else self._viewer.versions.get(workspace or "")
        if workspace is not None and version is not None:
            content = self._tags.by_content(self._viewer, response.content)
            tag = self._tags.with_revision(content, self._viewer, version, thing.id)
            response.headers = tagged(tag, response.headers)
        return response


class IdempotentWrites(ForwardingDatabase):
    """A database that keeps the reply of a route with the change that the reply tells.

    So a route can do more than its one change: before it, which is done again by the next attempt if this one ends, and
    after it, which is not done again.
    """

    def __init__(self, writes: ConditionalWrites, attempt: IdempotentRequest) -> None:
        super().__init__(writes.db)
        self.writes = writes
        self.route = writes.route
        self.kept: HttpResponse | None = None
        self._attempt = attempt

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit and commit it with its reply; raises Replay where an earlier attempt did."""

        async def keeping(tx: Transaction) -> T:
            await _refuse_again(tx, self._attempt)
            result = await self.writes.run(tx, unit)
            if self.route.is_one_transaction or isinstance(result, self.route.kinds_of_reply):
                self.kept = await _keep(tx, self._attempt, self.writes.reply(result))
            return result

        return await _write_once(self.db, self._attempt, keeping)

    async def keep(self, response: HttpResponse) -> HttpResponse:
        """Keep a reply that no change goes with."""
        await _write_once(self.db, self._attempt, lambda tx: _keep_first(tx, self._attempt, response))
        return response


async def _answer_once(writes: IdempotentWrites, values: Values) -> HttpResponse:
    result = await writes.route.call(writes, values)
    return writes.kept or await writes.keep(writes.writes.reply(result))


async def _write_once(db: Database, attempt: IdempotentRequest, unit: Unit[T]) -> T:
    """Write; where that fails because another server was faster with the same request, raise Replay."""
    try:
        return await db.write(unit)
    except (ApiError, UniqueViolation):
        await db.read(lambda tx: _refuse_again(tx, attempt))
        raise


async def _refuse_what_is_done(db: Database, attempt: IdempotentRequest, form: FileForm | None) -> None:
    """Raise Replay before anything is begun; the bytes of a file are compared then, and not stored."""
    if form is not None:
        if not await db.read(attempt.is_kept):
            return
        await form.drain()
    await db.read(lambda tx: _refuse_again(tx, attempt))


async def _refuse_again(tx: Transaction, attempt: IdempotentRequest) -> None:
    kept = await attempt.find(tx)
    if kept is not None:
        raise Replay(kept)


async def _keep_first(tx: Transaction, attempt: IdempotentRequest, response: HttpResponse) -> HttpResponse:
    await _refuse_again(tx, attempt)
    return await _keep(tx, attempt, response)


async def _keep(tx: Transaction, attempt: IdempotentRequest, response: HttpResponse) -> HttpResponse:
    cookies = response.cookie_headers if isinstance(response, JsonResponse) else ()
    body = response.content or b""
    await attempt.keep(tx, KeptReply(response.status_code or 200, dict(response.headers), body, [*cookies]))
    return response
