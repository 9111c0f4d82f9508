"""The routes of API tokens."""

from codimir.accounts.tokens import actions, queries
from codimir.accounts.tokens.schemas import NewToken, Token, TokenCreate
from codimir.authorization.actor import Actor
from codimir.http.paging import Page, PageQuery
from codimir.http.routing import Created, ReadTx, WriteTx, delete, get, post
from codimir.kit.clock import utc_now
from codimir.kit.values import ReadOnlyValues
from codimir.problems.problem import Problems


async def _wrong_fields(actor: Actor, given: ReadOnlyValues, **_: object) -> Problems:
    return actions.reference_errors(actor, given, utc_now())


@get("/api/user/tokens", scope="admin")
async def list_tokens(tx: ReadTx, actor: Actor, query: PageQuery) -> Page[Token]:
    """List your API tokens, the newest first; the tokens themselves are never shown again."""
    actions.require_may_manage(actor)
    return await queries.list_tokens(tx, actor, query)


@post("/api/user/tokens", scope="admin", validate_references=_wrong_fields)
async def create_token(tx: WriteTx, actor: Actor, data: TokenCreate) -> Created[NewToken]:
    """Make an API token; the reply shows it this once.

    It acts in your name: what you may not do it may not do either. `read` holds reading, `write` changing things too,
    `admin` also members, settings, tokens and webhooks. With `workspaceId` it sees that workspace and nothing else.
    """
    token = await actions.create_token(tx, actor, data)
    return Created(token, f"/api/user/tokens/{token.id}")


@delete("/api/user/tokens/{token_id:str}", scope="admin")
async def revoke_token(tx: WriteTx, actor: Actor, token_id: str) -> None:
    """Revoke an API token; it is refused from the next request on."""
    await actions.revoke_token(tx, actor, await queries.get_own_token(tx, actor, token_id))


ROUTES = (list_tokens, create_token, revoke_token)
