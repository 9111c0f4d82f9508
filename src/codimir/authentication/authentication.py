"""Find out who sent a request: a session cookie of NextAuth's name, or a bearer token."""

import sqlalchemy as sa

from codimir.authentication.same_origin import refuse_cross_site
from codimir.authentication.session_cache import SessionCache
from codimir.authentication.sessions import (
    ACTOR_COLUMNS,
    IN_ORDER,
    MEMBERSHIP,
    find_session,
    holder_of,
    slide_session,
)
from codimir.authentication.token_uses import TokenUses
from codimir.authentication.tokens import hash_of
from codimir.authorization.actor import Actor
from codimir.authorization.token_scopes import SAFE_METHODS, require_scope
from codimir.database.core import PERSON, Database
from codimir.database.statements import Statement
from codimir.http.errors import Unauthorized
from codimir.http.headers import header_of
from codimir.http.requests import HttpRequest
from codimir.model.authentication import api_tokens
from codimir.model.users import users
from codimir.revisions.versions import PEOPLE


async def authenticate(request: HttpRequest) -> Actor:
    """Name the person who sent a request.

    Raises Unauthorized without a valid session or token, and Forbidden for a write that a foreign page made a browser
    send and for what the scopes of the token do not hold.
    """
    scheme, _, token = (header_of(request, b"authorization") or "").partition(" ")
    if scheme.lower() == "bearer":  # any other is for a proxy before us
        actor = await _by_token(request, hash_of(token.strip()))
        PERSON.set(actor.id)
        return actor
    session = await find_session(request)
    if session is None:
        raise Unauthorized
    PERSON.set(session.actor.id)
    if request.method not in SAFE_METHODS:
        refuse_cross_site(request)
    if session.is_due_for_extension:
        await slide_session(request.app.state.database, session)
    return session.actor


async def _by_token(request: HttpRequest, token_hash: str) -> Actor:
    db: Database = request.app.state["database"]
    session_cache: SessionCache = request.app.state["session_cache"]
    found, now = await session_cache.look_up(db, _HOLDER, token_hash, holder_of), db.now()
    if found is None:
        raise Unauthorized
    expires_at, last_used_at, scopes, bound_to = found.more
    if expires_at is not None and expires_at <= now:
        raise Unauthorized
    uses: TokenUses = request.app.state.token_uses
    uses.note(token_hash, last_used_at, now)
    require_scope(request, scopes)
    return found.actor if bound_to is None else _within(found.actor, bound_to)


def _within(actor: Actor, workspace_id: str) -> Actor:
    """Narrow an actor to one workspace; who administers the instance is in it what they are as its member."""
    own_role = actor.workspaces.get(workspace_id)
    return Actor(
        actor.id,
        actor.name,
        "EDITOR" if actor.is_admin else actor.role,
        {} if own_role is None else {workspace_id: own_role},
        workspace_id,
        {place: version for place, version in actor.versions.items() if place in (workspace_id, PEOPLE)},
    )


_HOLDER = Statement(
    sa.select(
        *ACTOR_COLUMNS,
        api_tokens.c.expires_at,
        api_tokens.c.last_used_at,
        api_tokens.c.scopes,
        api_tokens.c.workspace_id,
    )
    .select_from(api_tokens.join(MEMBERSHIP, api_tokens.c.user_id == users.c.id))
    .where(
        api_tokens.c.token_hash == sa.bindparam("hash"),
        api_tokens.c.revoked_at.is_(None),
        users.c.disabled_at.is_(None),
    )
    .order_by(*IN_ORDER)
)
