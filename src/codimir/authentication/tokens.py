"""Session and API tokens: random, shown once, stored as hashes."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from codimir.authorization.token_scopes import SCOPES, TokenScope
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into, update_by_id
from codimir.kit.ids import new_id
from codimir.model.authentication import api_tokens, ended_sessions, sessions
from codimir.model.users import users

SESSION_LENGTH = timedelta(days=30)
SESSION_EXTENDED_EVERY = timedelta(days=1)
API_TOKEN_PREFIX = "codimir_"  # noqa: S105 - tells a leaked token from other random text
TOLERANCE = timedelta(minutes=1)
"""For how long past its end a cookie of a NextAuth site is remembered to have ended before."""

_EXTEND = Statement(
    sa.update(sessions)
    .where(sessions.c.token_hash == sa.bindparam("hash"))
    .values(expires_at=sa.bindparam("until", type_=sessions.c.expires_at.type))
)
_NOW = sa.bindparam("now", type_=sessions.c.expires_at.type)
_END = Statement(sa.delete(sessions).where(sessions.c.token_hash == sa.bindparam("hash")))
_END_ALL = Statement(
    sa.delete(sessions).where(
        sessions.c.user_id == sa.bindparam("user_id"), sessions.c.token_hash != sa.bindparam("keep")
    )
)
_FORGET_OLD = Statement(
    sa.delete(sessions).where(sessions.c.user_id == sa.bindparam("user_id"), sessions.c.expires_at <= _NOW)
)
_FORGET_ENDED = Statement(sa.delete(ended_sessions).where(ended_sessions.c.expires_at <= _NOW))


def hash_of(token: str) -> str:
    """Return the SHA-256 under which a token is stored; enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


async def start_session(tx: Transaction, user_id: str) -> tuple[str, datetime]:
    """Start a session; give its token, which is not stored, and when it ends. Those of theirs that are over go away."""
    token = secrets.token_urlsafe(32)
    await tx.execute(_FORGET_OLD, user_id=user_id, now=tx.now)
    expires_at = tx.now + SESSION_LENGTH
    await tx.execute(
        insert_into(sessions), token_hash=hash_of(token), user_id=user_id, created_at=tx.now, expires_at=expires_at
    )
    return token, expires_at


async def extend_session(tx: Transaction, token_hash: str) -> datetime:
    """Let a session that is in use last from now on; give until when."""
    until = tx.now + SESSION_LENGTH
    await tx.execute(_EXTEND, hash=token_hash, until=until)
    return until


async def end_session(tx: Transaction, token_hash: str, expires_at: datetime, *, is_ours: bool) -> None:
    """End a session: its cookie is worth nothing from now on, wherever it was copied to."""
    if is_ours:
        await tx.execute(_END, hash=token_hash)
        return
    await tx.execute(_FORGET_ENDED, now=tx.now)
    ended = insert_into(ended_sessions, or_ignore=True)
    await tx.execute(ended, token_hash=token_hash, expires_at=expires_at + TOLERANCE)


async def end_sessions_of(tx: Transaction, user_id: str, keep: str | None = None) -> None:
    """End every session of a person, those of NextAuth sites too; the one with the token hash `keep` stays."""
    await tx.execute(_END_ALL, user_id=user_id, keep=keep or "")
    await tx.execute(update_by_id(users, frozenset({"not_before"})), row_id=user_id, not_before=tx.now)


async def create_api_token(
    tx: Transaction,
    user_id: str,
    name: str,
    scopes: Sequence[TokenScope] = SCOPES,
    workspace_id: str | None = None,
    expires_at: datetime | None = None,
) -> tuple[str, str]:
    """Create an API token; give its id and the token itself, the only time it is known.

    Without more said it may do what its owner may, for as long as they may.
    """
    token_id, token = new_id("token"), API_TOKEN_PREFIX + secrets.token_urlsafe(32)
    await tx.execute(
        insert_into(api_tokens), id=token_id, token_hash=hash_of(token), user_id=user_id, workspace_id=workspace_id,
        name=name, scopes=list(scopes), created_at=tx.now, last_used_at=None, expires_at=expires_at, revoked_at=None,
    )  # fmt: skip
    return token_id, token
