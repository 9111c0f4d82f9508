"""Sessions: who a cookie belongs to, and until when."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from codimir.authentication.cookies import session_cookie
from codimir.authentication.nextauth_jwe import Claims, looks_like_jwe, read_jwe
from codimir.authentication.session_cache import SessionCache
from codimir.authentication.tokens import SESSION_EXTENDED_EVERY, SESSION_LENGTH, extend_session, hash_of
from codimir.authorization.actor import Actor
from codimir.database.core import Database
from codimir.database.statements import Row, Statement
from codimir.http.headers import headers_of
from codimir.http.requests import HttpRequest
from codimir.kit.emails import email_key
from codimir.model.authentication import ended_sessions, sessions
from codimir.model.users import people_version, users
from codimir.model.workspaces import workspace_members, workspaces
from codimir.revisions.versions import PEOPLE


class Session(msgspec.Struct, frozen=True):
    """Someone who is signed in."""

    actor: Actor
    cookie: str
    """The name of its cookie"""
    token: str
    token_hash: str
    expires_at: datetime
    is_ours: bool
    """Whether we started it; the others are cookies of a NextAuth site that shares its secret with us."""

    @property
    def is_due_for_extension(self) -> bool:
        """Return whether a day of it has passed: sessions in use last from now on."""
        left = self.expires_at - datetime.now(self.expires_at.tzinfo)
        return self.is_ours and left < SESSION_LENGTH - SESSION_EXTENDED_EVERY


async def find_session(request: HttpRequest) -> Session | None:
    """Find the session of the cookie of a request."""
    found = session_cookie("; ".join(headers_of(request, b"cookie")))
    if found is None:
        return None
    name, token, family = found
    db: Database = request.app.state["database"]
    if not looks_like_jwe(token):
        return await _find_ours(db, request.app.state["session_cache"], name, token)
    secret: str | None = request.app.state.settings.nextauth_secret
    claims = read_jwe(token, secret, name, family) if secret else None
    return None if claims is None else await _find_theirs(db, name, token, claims)


async def slide_session(db: Database, session: Session) -> Session:
    """Let a session that is in use last from now on, written once a day."""
    if not session.is_due_for_extension:
        return session
    until = await db.write(lambda tx: extend_session(tx, session.token_hash))
    return msgspec.structs.replace(session, expires_at=until)


def actor_of(rows: Sequence[Row]) -> Actor:
    """Build the actor of rows that begin with the person and one of their memberships each."""
    user_id, name, role = rows[0][:3]
    roles, versions = {}, {PEOPLE: rows[0][6]}
    for row in rows:
        workspace_id, own_role, version = row[3:6]
        if workspace_id is not None:
            roles[workspace_id], versions[workspace_id] = own_role, version
    return Actor(user_id, name, role, roles, versions=versions)


class Holder(NamedTuple):
    """Whose a session or a token is."""

    actor: Actor
    more: Sequence[Any]
    """What was found of the session or the token itself"""


def holder_of(rows: Sequence[Row]) -> Holder:
    """Build the holder from rows of `ACTOR_COLUMNS` and of what is asked besides."""
    return Holder(actor_of(rows), rows[0][N:])


MEMBERSHIP = users.outerjoin(workspace_members, workspace_members.c.user_id == users.c.id).outerjoin(
    workspaces, (workspaces.c.id == workspace_members.c.workspace_id) & workspaces.c.deleted_at.is_(None)
)
ACTOR_COLUMNS = (
    users.c.id, users.c.name, users.c.role, workspaces.c.id, workspace_members.c.role, workspaces.c.version,
    sa.select(people_version.c.version).scalar_subquery().label("people_version"),
)  # fmt: skip
N = len(ACTOR_COLUMNS)
IN_ORDER = (workspace_members.c.created_at, workspaces.c.id)


async def _find_ours(db: Database, session_cache: SessionCache, name: str, token: str) -> Session | None:
    token_hash = hash_of(token)
    found = await session_cache.look_up(db, _OURS, token_hash, holder_of)
    if found is None or found.more[0] <= db.now():
        return None
    return Session(found.actor, name, token, token_hash, found.more[0], is_ours=True)


async def _find_theirs(db: Database, name: str, token: str, claims: Claims) -> Session | None:
    """Find the live person that a cookie of a NextAuth site names, by id or else by e-mail."""
    token_hash = hash_of(claims.jti or token)
    values = {"sub": claims.sub or "", "email_key": email_key(claims.email or ""), "hash": token_hash}
    if not all(value.isprintable() for value in values.values()):
        return None
    rows = await db.fetch_all(_THEIRS, **values)
    mine = [row for row in rows if row[0] == rows[0][0]]
    expires_at = moment_of(claims.exp)
    if not mine or expires_at is None:
        return None
    not_before, disabled_at, ended = mine[0][N:]
    if disabled_at is not None or ended is not None or (not_before and claims.iat < not_before.timestamp()):
        return None
    return Session(actor_of(mine), name, token, token_hash, expires_at, is_ours=False)


def moment_of(seconds: float) -> datetime | None:
    """Return the moment that a claim names, or None past the end of the calendar."""
    try:
        return EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OURS = Statement(
    sa.select(*ACTOR_COLUMNS, sessions.c.expires_at)
    .select_from(sessions.join(MEMBERSHIP, sessions.c.user_id == users.c.id))
    .where(sessions.c.token_hash == sa.bindparam("hash"), users.c.disabled_at.is_(None))
    .order_by(*IN_ORDER)
)
_BY_ID = users.c.id == sa.bindparam("sub")
_THEIRS = Statement(
    sa.select(*ACTOR_COLUMNS, users.c.not_before, users.c.disabled_at, ended_sessions.c.expires_at)
    .select_from(MEMBERSHIP.outerjoin(ended_sessions, ended_sessions.c.token_hash == sa.bindparam("hash")))
    .where(_BY_ID | (users.c.email_key == sa.bindparam("email_key")))
    .order_by(_BY_ID.desc(), *IN_ORDER)
)
