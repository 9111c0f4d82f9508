"""See for many people at once whether what they may see has changed since they came in.

Whoever holds a stream open was authenticated once. Asking again for each of a thousand of them, at each event, would be
a thousand statements; a mark for each is five statements for all. It need not say what changed: whoever's mark is
another one comes in anew.
"""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from codimir.authentication.sessions import find_session
from codimir.authentication.tokens import hash_of
from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.http.requests import HttpRequest
from codimir.model.authentication import api_tokens, ended_sessions, sessions
from codimir.model.projects import project_members
from codimir.model.users import users
from codimir.model.workspaces import workspace_members, workspaces


class Credential(msgspec.Struct, frozen=True):
    """Who came in, and the hash of what they came in with."""

    user_id: str
    token_hash: str


Mark = tuple[bool, frozenset[tuple[Any, ...]]]
"""Equal to another one when nothing has changed between them."""


async def pass_of(request: HttpRequest, actor: Actor) -> Credential:
    """Keep what a request was authenticated with, to look at it again later."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return Credential(actor.id, hash_of(token.strip()))
    session = await find_session(request)
    return Credential(actor.id, session.token_hash if session else "")


async def fingerprints_of(tx: Transaction, passes: Collection[Credential]) -> Mapping[Credential, Mark]:
    """Return a mark for each pass: of the session or token, the role, and the memberships.

    A cookie of a NextAuth site is not stored; its expiry, and nothing else, is left to the next authentication.
    """
    named = {"user_ids": list({each.user_id for each in passes}), "hashes": [each.token_hash for each in passes]}
    known = {row[0] for statement in _KNOWN for row in await tx.fetch_all(statement, **named, now=tx.now)}
    facts: dict[str, set[tuple[Any, ...]]] = {}
    for statement in _FACTS:
        for user_id, *fact in await tx.fetch_all(statement, **named):
            facts.setdefault(user_id, set()).add(tuple(fact))
    return {each: (each.token_hash in known, frozenset(facts.get(each.user_id, ()))) for each in passes}


_NOW = sa.bindparam("now", type_=sessions.c.expires_at.type)
_KNOWN = (
    Statement(
        sa.select(sessions.c.token_hash).where(is_any_of(sessions.c.token_hash, "hashes"), sessions.c.expires_at > _NOW)
    ),
    Statement(
        sa.select(api_tokens.c.token_hash).where(
            is_any_of(api_tokens.c.token_hash, "hashes"),
            api_tokens.c.revoked_at.is_(None),
            sa.or_(api_tokens.c.expires_at.is_(None), api_tokens.c.expires_at > _NOW),
        )
    ),
    Statement(sa.select(ended_sessions.c.token_hash).where(is_any_of(ended_sessions.c.token_hash, "hashes"))),
)
_FACTS = (
    Statement(
        sa.select(users.c.id, users.c.role, users.c.disabled_at, users.c.not_before).where(
            is_any_of(users.c.id, "user_ids")
        )
    ),
    Statement(
        sa.select(workspace_members.c.user_id, workspace_members.c.workspace_id, workspace_members.c.role)
        .select_from(workspace_members.join(workspaces, workspaces.c.id == workspace_members.c.workspace_id))
        .where(is_any_of(workspace_members.c.user_id, "user_ids"), workspaces.c.deleted_at.is_(None))
    ),
    Statement(
        sa.select(project_members.c.user_id, project_members.c.project_id, project_members.c.role).where(
            is_any_of(project_members.c.user_id, "user_ids")
        )
    ),
)
