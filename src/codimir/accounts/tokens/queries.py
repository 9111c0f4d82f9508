"""Reading API tokens: everyone sees their own."""

import sqlalchemy as sa

from codimir.accounts.tokens.schemas import Token
from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement
from codimir.http.errors import NotFound
from codimir.http.paging import Page, Paged, PageQuery, paginate
from codimir.model.authentication import api_tokens
from codimir.problems.problem import Problem

TOKEN = Projection(Token, api_tokens)


class TokenNotFound(NotFound):
    """There is no such token, or it is not theirs."""

    problem = Problem("resource_not_found", kind="Token")


async def list_tokens(tx: Transaction, actor: Actor, query: PageQuery) -> Page[Token]:
    """List someone's tokens that are not revoked, the newest first."""
    return await paginate(tx, _LISTED, query, user_id=actor.id)


async def get_own_token(tx: Transaction, actor: Actor, token_id: str) -> Token:
    """Get one of someone's tokens that is not revoked.

    Raises TokenNotFound.
    """
    row = await tx.fetch_one(_ONE, user_id=actor.id, token_id=token_id)
    if row is None:
        raise TokenNotFound
    return TOKEN.make(row)


_OWN = (api_tokens.c.user_id == sa.bindparam("user_id")) & api_tokens.c.revoked_at.is_(None)
_LISTED = Paged(TOKEN, sa.select(*TOKEN.columns).where(_OWN), api_tokens.c.created_at.desc(), api_tokens.c.id.desc())
_ONE = Statement(sa.select(*TOKEN.columns).where(_OWN, api_tokens.c.id == sa.bindparam("token_id")))
