"""The live stream: Server-Sent Events (WHATWG HTML, 9.2), from a cursor on, for as long as access lasts."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from time import monotonic
from typing import Any

import msgspec

from codimir.authentication.authentication import authenticate
from codimir.authentication.revalidation import Credential, Mark, fingerprints_of, pass_of
from codimir.authorization.actor import Actor
from codimir.database.core import Database, DatabaseError, Transaction
from codimir.events.cursors import Positions, UnusableCursor
from codimir.events.queries import advance, every_version, read_after
from codimir.feeds.broadcaster import Broadcaster, EncodedEvent, Subscriber, written
from codimir.feeds.queries import READ_AT_ONCE, Subscription, get_start_positions, get_subscription
from codimir.feeds.schemas import StreamQuery
from codimir.http.errors import ApiError
from codimir.http.replies import encode
from codimir.http.requests import HttpRequest
from codimir.http.streaming import Streamed

log = logging.getLogger("codimir")

SECONDS_BETWEEN_BEATS = 15.0
SECONDS_OF_A_STREAM = 600.0
MILLISECONDS_BEFORE_COMING_BACK = 1_000
BEAT = b": beat\n\n"


class EventStream(Streamed):
    """Server-Sent Events."""

    kind = "text/event-stream"


class Opening(msgspec.Struct, frozen=True):
    """What a stream begins with."""

    interest: Subscription
    positions: Positions
    is_reset: bool
    """Whether the cursor could not be used, so that the stream begins at the present"""
    holder: Credential
    mark: Mark


async def open_stream(hub: Broadcaster, request: HttpRequest, actor: Actor, query: StreamQuery) -> EventStream:
    """Begin a stream after the cursor of `Last-Event-ID`, or else of `after`, or else at the present.

    A browser sends `Last-Event-ID` by itself and cannot mend it, so an unusable one resets the stream instead of being
    refused. Raises InvalidInput for what the query names and is not there.
    """
    holder = await pass_of(request, actor)
    sent = request.headers.get("last-event-id", "")

    async def unit(tx: Transaction) -> Opening:
        mark = (await fingerprints_of(tx, {holder}))[holder]
        interest = await get_subscription(tx, actor, query)
        if not sent:
            start = (
                await get_start_positions(tx, hub.cursors, interest, query.after)
                if query.after
                else interest.workspaces
            )
            return Opening(interest, dict(start), False, holder, mark)
        try:
            return Opening(interest, await get_start_positions(tx, hub.cursors, interest, sent), False, holder, mark)
        except UnusableCursor:
            return Opening(interest, dict(interest.workspaces), True, holder, mark)

    opening = await hub.db.read(unit)
    headers = {"x-accel-buffering": "no"}  # a proxy that gathers bytes before it passes them on holds back events
    return EventStream(_until_trouble(_pieces(hub, request, actor, opening)), headers)


async def _until_trouble(pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """End a stream when the database is away; whoever listens comes back until it is there again."""
    async with aclosing(pieces):
        try:
            async for piece in pieces:
                yield piece
        except DatabaseError as error:
            log.warning("a stream ended: %s", error)


async def _pieces(
    hub: Broadcaster, request: HttpRequest, actor: Actor, opening: Opening
) -> AsyncGenerator[bytes, None]:
    listener = Subscriber(opening.interest, opening.positions, opening.holder, opening.mark, hub.cursors)
    yield _beginning(listener, is_reset=opening.is_reset)
    ends_at = monotonic() + SECONDS_OF_A_STREAM
    async for piece in _catch_up(hub.db, listener, None):
        yield piece
    async with hub.listening(listener) as handed_on:
        async for piece in _catch_up(hub.db, listener, handed_on):
            yield piece
        while not listener.ended and (left := ends_at - monotonic()) > 0:
            told = await listener.next(min(SECONDS_BETWEEN_BEATS, left))
            if told:
                yield _written(listener, told)
            elif not listener.ended and await _still_may(hub.db, request, actor, listener):
                yield _beat(listener, hub.positions)


async def _catch_up(db: Database, listener: Subscriber, until: Positions | None) -> AsyncGenerator[bytes, None]:
    """Read from the log what was there before: up to these positions, or all there is."""
    more = True
    while not listener.ended and (more if until is None else _is_behind(listener.positions, until)):

        async def unit(tx: Transaction) -> tuple[list[EncodedEvent], Positions, bool, Mark]:
            read, more = await read_after(tx, listener.positions, READ_AT_ONCE)
            told = await written(tx, [event for event in read if listener.interest.matches(event)])
            mark = (await fingerprints_of(tx, {listener.holder}))[listener.holder]
            return told, advance(listener.positions, read), more, mark

        told, positions, more, mark = await db.read_long(unit)
        if mark != listener.mark:
            listener.end()
            return
        if told:
            yield _written(listener, told)
        listener.positions.update(positions)
        await asyncio.sleep(0)


def _is_behind(positions: Positions, until: Positions) -> bool:
    return any(positions[workspace] < version for workspace, version in until.items())


async def _still_may(db: Database, request: HttpRequest, actor: Actor, listener: Subscriber) -> bool:
    """Authenticate again; whoever is somebody else now, or sees other places, comes back as that."""
    try:
        is_same = _access_of(await authenticate(request)) == _access_of(actor)
    except ApiError:
        is_same = False
    if not is_same or not await db.read(lambda tx: _is_same(tx, listener)):
        listener.end()
    return not listener.ended


def _access_of(actor: Actor) -> tuple[Any, ...]:
    return actor.id, actor.role, actor.workspaces, actor.bound_to


async def _is_same(tx: Transaction, listener: Subscriber) -> bool:
    interest = listener.interest
    if (
        interest.is_everywhere
        and interest.viewer.actor.is_admin
        and (await every_version(tx)).keys() != interest.workspaces.keys()
    ):
        return False
    return (await fingerprints_of(tx, {listener.holder}))[listener.holder] == listener.mark


def _beginning(listener: Subscriber, *, is_reset: bool) -> bytes:
    cursor = listener.cursor.decode()
    kind, data = "reset" if is_reset else "cursor", encode({"cursor": cursor}).decode()
    return f"retry: {MILLISECONDS_BEFORE_COMING_BACK}\nevent: {kind}\nid: {cursor}\ndata: {data}\n\n".encode()


def _written(listener: Subscriber, told: Iterable[EncodedEvent]) -> bytes:
    pieces = []
    for each in told:
        if each.event.version > listener.positions[each.event.workspace_id]:
            listener.positions[each.event.workspace_id] = each.event.version
            body = each.body_for(listener.interest.viewer)
            pieces.append(b"id: %s\ndata: %s\n\n" % (listener.cursor, body))
    return b"".join(pieces)


def _beat(listener: Subscriber, handed_on: Positions) -> bytes:
    """Say that the stream lives, and move the cursor on past what was not for this listener."""
    before = dict(listener.positions)
    listener.pass_by(handed_on)
    if listener.positions == before:
        return BEAT
    return BEAT + b"id: %s\n\n" % listener.cursor
