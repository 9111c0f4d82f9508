"""Find out who sent a request: a session cookie of NextAuth's name, or a bearer token."""

from datetime import datetime
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa
from litestar import Request

from codimir.access.actor import Actor
from codimir.access.cross_site import refuse_cross_site
from codimir.access.tables import api_tokens, sessions
from codimir.access.tokens import SESSION_EXTENDED_EVERY, SESSION_LENGTH, extend_session, hash_of
from codimir.database.core import Database, Transaction
from codimir.database.statements import Row, Statement
from codimir.http.errors import Unauthorized
from codimir.users.tables import users
from codimir.workspaces.tables import workspace_members, workspaces

SESSION_COOKIE = "next-auth.session-token"
SECURE_SESSION_COOKIE = f"__Secure-{SESSION_COOKIE}"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def _holder_of(credential: sa.Table, *conditions: Any) -> Statement:
    membership = users.outerjoin(workspace_members, workspace_members.c.user_id == users.c.id).outerjoin(
        workspaces, (workspaces.c.id == workspace_members.c.workspace_id) & workspaces.c.deleted_at.is_(None)
    )
    return Statement(
        sa.select(
            users.c.id, users.c.name, users.c.role, credential.c.expires_at, workspaces.c.id, workspace_members.c.role
        )
        .select_from(credential.join(membership, credential.c.user_id == users.c.id))
        .where(credential.c.token_hash == sa.bindparam("hash"), users.c.disabled_at.is_(None), *conditions)
        .order_by(workspace_members.c.created_at, workspaces.c.id)
    )


_SESSION_HOLDER = _holder_of(sessions)
_TOKEN_HOLDER = _holder_of(api_tokens, api_tokens.c.revoked_at.is_(None))


async def authenticate(request: Request[Any, Any, Any]) -> Actor:
    """Name the person who sent a request.

    Raises Unauthorized without a valid session or token, and Forbidden for a write that a foreign page made a browser
    send.
    """
    db: Database = request.app.state.database
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":  # any other is for a proxy before us
        actor, _ = await _holder(db, _TOKEN_HOLDER, hash_of(token.strip()))
        return actor
    return await _by_cookie(db, request)


async def _by_cookie(db: Database, request: Request[Any, Any, Any]) -> Actor:
    token = session_cookie("; ".join(request.headers.getall("cookie", [])))
    if token is None:
        raise Unauthorized
    token_hash = hash_of(token)
    actor, expires_at = await _holder(db, _SESSION_HOLDER, token_hash)
    if request.method not in SAFE_METHODS:
        refuse_cross_site(request)
    if expires_at is not None and _is_due_for_extension(expires_at):
        await db.write(lambda tx: extend_session(tx, token_hash))
    return actor


def session_cookie(header: str) -> str | None:
    """Find the session token among the cookies of a request; the first of a name counts, whatever the others hold."""
    if "session-token" not in header:
        return None
    found: dict[str, str] = {}
    for cookie in header.split(";"):
        name, _, value = cookie.partition("=")
        found.setdefault(name.strip(), value)
    token = found.get(SECURE_SESSION_COOKIE) or found.get(SESSION_COOKIE) or ""
    return unquote(token.strip().strip('"')) or None


async def _holder(db: Database, statement: Statement, token_hash: str) -> tuple[Actor, datetime | None]:
    async def unit(tx: Transaction) -> tuple[list[Row], datetime]:
        return await tx.all(statement, hash=token_hash), tx.now

    rows, now = await db.read(unit)
    if not rows or (rows[0][3] is not None and rows[0][3] <= now):
        raise Unauthorized
    user_id, name, role, expires_at, _, _ = rows[0]
    return Actor(user_id, name, role, {row[4]: row[5] for row in rows if row[4] is not None}), expires_at


def _is_due_for_extension(expires_at: datetime) -> bool:
    return expires_at - datetime.now(expires_at.tzinfo) < SESSION_LENGTH - SESSION_EXTENDED_EVERY
