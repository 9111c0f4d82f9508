"""Session and API tokens: random, shown once, stored as hashes."""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from codimir.access.tables import api_tokens, sessions
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into
from codimir.kit.ids import new_id

SESSION_LENGTH = timedelta(days=30)
SESSION_EXTENDED_EVERY = timedelta(days=1)
API_TOKEN_PREFIX = "codimir_"  # noqa: S105 - tells a leaked token from other random text
SCOPES = ("read", "write", "admin")

_EXTEND = Statement(
    sa.update(sessions)
    .where(sessions.c.token_hash == sa.bindparam("hash"))
    .values(expires_at=sa.bindparam("until", type_=sessions.c.expires_at.type))
)


def hash_of(token: str) -> str:
    """Give the SHA-256 under which a token is stored; enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


async def start_session(tx: Transaction, user_id: str) -> tuple[str, datetime]:
    """Start a session; give its token, which is not stored, and when it ends."""
    token = secrets.token_urlsafe(32)
    expires_at = tx.now + SESSION_LENGTH
    await tx.run(
        insert_into(sessions), token_hash=hash_of(token), user_id=user_id, created_at=tx.now, expires_at=expires_at
    )
    return token, expires_at


async def extend_session(tx: Transaction, token_hash: str) -> None:
    """Let a session that is in use last from now on."""
    await tx.run(_EXTEND, hash=token_hash, until=tx.now + SESSION_LENGTH)


async def create_api_token(tx: Transaction, user_id: str, name: str) -> str:
    """Create an API token that may do what its owner may; give it, the only time it is known."""
    token = API_TOKEN_PREFIX + secrets.token_urlsafe(32)
    await tx.run(
        insert_into(api_tokens), id=new_id("token"), token_hash=hash_of(token), user_id=user_id, workspace_id=None,
        name=name, scopes=list(SCOPES), created_at=tx.now, last_used_at=None, expires_at=None, revoked_at=None,
    )  # fmt: skip
    return token
