"""Requests that may be sent again: what a request with an `Idempotency-Key` did is done once.

The reply is kept in the transaction of the change, so there are both or neither. Whoever sends the same request again
within a day gets it again, byte for byte. It is sealed with the key, which the database does not know: some replies
hold secrets that are shown once.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from hashlib import blake2b
from typing import Any

import msgspec
import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into
from codimir.http.errors import Conflict, Forbidden, IdempotencyKeyReused, InvalidInput
from codimir.http.headers import IDEMPOTENCY_KEY, MAX_IDEMPOTENCY_KEY
from codimir.http.requests import HttpRequest
from codimir.kit.libraries import aead
from codimir.model.idempotency import kept_replies
from codimir.problems.problem import Problem
from codimir.revisions.versions import Viewer

KEPT_FOR = timedelta(hours=24)
FORGOTTEN_AT_ONCE = 20
"""So many old replies are deleted with each new one; it takes more than one, so that they never pile up."""
NONCE_BYTES = 12
SECONDS_TO_WAIT = "1"
_KEY = re.compile(rf"[\x20-\x7e]{{1,{MAX_IDEMPOTENCY_KEY}}}")


class KeptReply(msgspec.Struct, frozen=True, array_like=True):
    """A reply as it is sent."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: Sequence[str] = ()


class ReplyWithheld(Forbidden):
    """What was asked is done, but whoever asked may do less since: the kept reply was emptied then."""

    problem = Problem("reply_withheld")


class Replay(Exception):
    """An earlier attempt did what is asked."""

    def __init__(self, reply: KeptReply) -> None:
        self.reply = reply


class IdempotentRequest:
    """A request that is to be done once, whichever attempt at it this is.

    It is another one for each workspace to which a token is bound, and for who comes without such a token: what one
    of them got is not for the other. That the scopes of a token suffice was found before, as for any request. `sent`
    gives what it sends besides method and path; it is asked when that has arrived.
    """

    def __init__(self, viewer: Viewer, method: str, path: str, key: str, sent: Callable[[], Sequence[bytes]]) -> None:
        held_to = () if viewer.bound_to is None else (viewer.bound_to,)
        scope = [part.encode() for part in (viewer.id, method, path, key, *held_to)]
        self._user_id = viewer.id
        self._sent = sent
        self.key_hash = _digest(b"name", *scope).hex()
        self._secret = _digest(b"seal", *scope)
        self._seal = aead.AESGCM(self._secret)

    async def is_kept(self, tx: Transaction) -> bool:
        """Return whether there is a reply to the first attempt, whatever that sent."""
        return await tx.fetch_one(_FIND, key_hash=self.key_hash, since=tx.now - KEPT_FOR) is not None

    async def find(self, tx: Transaction) -> KeptReply | None:
        """Return the reply to the first attempt.

        Raises IdempotencyKeyReused when that sent something else, ReplyWithheld when whoever sent it may do less now.
        """
        row = await tx.fetch_one(_FIND, key_hash=self.key_hash, since=tx.now - KEPT_FOR)
        if row is None:
            return None
        body_hash, sealed = row
        if body_hash != self._body_hash():
            raise IdempotencyKeyReused
        if not sealed:
            raise ReplyWithheld
        raw = self._seal.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        return msgspec.msgpack.decode(raw, type=KeptReply)

    async def keep(self, tx: Transaction, reply: KeptReply) -> None:
        """Keep the reply to this attempt, and forget some of those whose time is over."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._seal.encrypt(nonce, msgspec.msgpack.encode(reply), None)
        await tx.execute(_FORGET, key_hash=self.key_hash, before=tx.now - KEPT_FOR)
        await tx.execute(
            insert_into(kept_replies), key_hash=self.key_hash, user_id=self._user_id, body_hash=self._body_hash(),
            reply=sealed, created_at=tx.now,
        )  # fmt: skip

    def _body_hash(self) -> str:
        """Digest what is sent so that who does not know the key cannot guess it: some of it are passwords."""
        return _digest(b"sent", self._secret, *self._sent()).hex()


class RunningAttempts:
    """The requests with a key that an application is working on."""

    def __init__(self) -> None:
        self._keys: set[str] = set()

    @contextmanager
    def alone(self, attempt: IdempotentRequest) -> Iterator[None]:
        """Let no other attempt at the same request run meanwhile; raises Conflict when one does."""
        key = attempt.key_hash
        if key in self._keys:
            raise Conflict(Problem("first_request_running"), headers={"retry-after": SECONDS_TO_WAIT})
        self._keys.add(key)
        try:
            yield
        finally:
            self._keys.discard(key)


async def idempotent_request_of(
    request: HttpRequest, viewer: Viewer, sent: Callable[[], Sequence[bytes]] | None = None
) -> IdempotentRequest:
    """Read the key of a request and its body, unless `sent` will give what that was.

    Raises InvalidInput for what cannot be a key.
    """
    key = request.headers[IDEMPOTENCY_KEY]
    if not _KEY.fullmatch(key):
        problem = Problem("idempotency_key_malformed", limit=MAX_IDEMPOTENCY_KEY)
        raise InvalidInput(details={IDEMPOTENCY_KEY: [problem]})
    if sent is None:
        parts = (request.scope["query_string"], await request.body())
        sent = lambda: parts  # noqa: E731 - as short as what it says
    return IdempotentRequest(viewer, request.method, request.scope["path"], key, sent)


def _digest(*parts: bytes) -> bytes:
    made = blake2b(digest_size=32)
    for part in parts:
        made.update(b"%d:" % len(part))
        made.update(part)
    return made.digest()


def _moment(name: str) -> "sa.BindParameter[Any]":
    return sa.bindparam(name, type_=kept_replies.c.created_at.type)


_FIND = Statement(
    sa.select(kept_replies.c.body_hash, kept_replies.c.reply).where(
        kept_replies.c.key_hash == sa.bindparam("key_hash"), kept_replies.c.created_at > _moment("since")
    )
)
_OLDEST = (
    sa.select(kept_replies.c.key_hash)
    .where(kept_replies.c.created_at <= _moment("before"))
    .order_by(kept_replies.c.created_at)
    .limit(sa.literal_column(str(FORGOTTEN_AT_ONCE), sa.Integer()))
    .with_for_update(skip_locked=True)
)
_FORGET = Statement(
    sa.delete(kept_replies).where(
        sa.or_(kept_replies.c.key_hash == sa.bindparam("key_hash"), kept_replies.c.key_hash.in_(_OLDEST)),
        kept_replies.c.created_at <= _moment("before"),
    )
)
