"""The routes of API tokens."""

from collections.abc import Mapping
from typing import Any

from codimir.access.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.http.paging import Page, PageQuery
from codimir.http.routing import Created, delete, get, post
from codimir.http.validation import Problems
from codimir.kit.clock import utc_now
from codimir.tokens import actions, queries
from codimir.tokens.schemas import NewToken, Token, TokenCreate


async def _wrong_fields(request_values: Mapping[str, Any], actor: Actor, **_: Any) -> Problems:
    return actions.problems_in(actor, request_values, utc_now())


@get("/api/user/tokens", scope="admin")
async def list_tokens(query: PageQuery, actor: Actor, db: Database) -> Page[Token]:
    """List your API tokens, the newest first; the tokens themselves are never shown again."""
    actions.require_may_manage(actor)
    return await db.read(lambda tx: queries.list_tokens(tx, actor, query))


@post("/api/user/tokens", scope="admin", also_check=_wrong_fields)
async def create_token(data: TokenCreate, actor: Actor, db: Database) -> Created[NewToken]:
    """Make an API token; the reply shows it this once.

    It acts in your name: what you may not do it may not do either. `read` holds reading, `write` changing things too,
    `admin` also members, settings, tokens and webhooks. With `workspaceId` it sees that workspace and nothing else.
    """
    token = await db.write(lambda tx: actions.create_token(tx, actor, data))
    return Created(token, f"/api/user/tokens/{token.id}")


@delete("/api/user/tokens/{token_id:str}", scope="admin")
async def revoke_token(token_id: str, actor: Actor, db: Database) -> None:
    """Revoke an API token; it is refused from the next request on."""

    async def unit(tx: Transaction) -> None:
        await actions.revoke_token(tx, actor, await queries.get_own_token(tx, actor, token_id))

    await db.write(unit)


ROUTES = (list_tokens, create_token, revoke_token)
