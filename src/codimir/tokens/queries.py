"""Reading API tokens: everyone sees their own."""

import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.access.tables import api_tokens
from codimir.database.core import Transaction
from codimir.database.statements import Statement, columns_of
from codimir.http.errors import NotFound
from codimir.http.paging import Page, PageQuery
from codimir.tokens.schemas import Token


class TokenNotFound(NotFound):
    """There is no such token, or it is not theirs."""

    message = "Token not found"


async def list_tokens(tx: Transaction, actor: Actor, query: PageQuery) -> Page[Token]:
    """List someone's tokens that are not revoked, the newest first."""
    total = await tx.value(_COUNT, user_id=actor.id)
    rows = await tx.all(_LIST, user_id=actor.id, limit=query.limit, offset=query.offset)
    return query.of([Token(*row) for row in rows], total)


async def get_own_token(tx: Transaction, actor: Actor, token_id: str) -> Token:
    """Get one of someone's tokens that is not revoked.

    Raises TokenNotFound.
    """
    row = await tx.one(_ONE, user_id=actor.id, token_id=token_id)
    if row is None:
        raise TokenNotFound
    return Token(*row)


_OWN = (api_tokens.c.user_id == sa.bindparam("user_id")) & api_tokens.c.revoked_at.is_(None)
_COLUMNS = columns_of(api_tokens, Token)
_COUNT = Statement(sa.select(sa.func.count()).select_from(api_tokens).where(_OWN))
_LIST = Statement(
    sa.select(*_COLUMNS)
    .where(_OWN)
    .order_by(api_tokens.c.created_at.desc(), api_tokens.c.id.desc())
    .limit(sa.bindparam("limit"))
    .offset(sa.bindparam("offset"))
)
_ONE = Statement(sa.select(*_COLUMNS).where(_OWN, api_tokens.c.id == sa.bindparam("token_id")))
