"""What can be done to API tokens: made and revoked by their owner."""

from datetime import datetime

import msgspec

from codimir.accounts.tokens.queries import get_own_token
from codimir.accounts.tokens.schemas import NewToken, Token, TokenCreate
from codimir.authentication.tokens import create_api_token
from codimir.authorization.actor import Actor
from codimir.authorization.permissions import require_unbound
from codimir.authorization.token_scopes import SCOPES
from codimir.database.core import Transaction
from codimir.database.statements import update_by_id
from codimir.http.errors import InvalidInput
from codimir.kit.values import ReadOnlyValues
from codimir.model.authentication import api_tokens
from codimir.problems.problem import Problem, Problems


async def create_token(tx: Transaction, actor: Actor, wanted: TokenCreate) -> NewToken:
    """Create a token of the actor's; this is the only time that it is known.

    Raises InvalidInput.
    """
    require_may_manage(actor)
    problems = reference_errors(actor, msgspec.structs.asdict(wanted), tx.now)
    if problems:
        raise InvalidInput(details=problems)
    scopes = [scope for scope in SCOPES if scope in wanted.scopes]
    token_id, token = await create_api_token(tx, actor.id, wanted.name, scopes, wanted.workspace_id, wanted.expires_at)
    made = await get_own_token(tx, actor, token_id)
    return NewToken(**msgspec.structs.asdict(made), token=token)


async def revoke_token(tx: Transaction, actor: Actor, token: Token) -> None:
    """Make a token worth nothing, from the next request on."""
    require_may_manage(actor)
    await tx.execute(update_by_id(api_tokens, frozenset({"revoked_at"})), row_id=token.id, revoked_at=tx.now)


def require_may_manage(actor: Actor) -> None:
    """Raise Forbidden to a token that is bound to a workspace: it could make one that is not."""
    require_unbound(actor, Problem("token_cannot_manage_tokens"))


def reference_errors(actor: Actor, values: ReadOnlyValues, now: datetime) -> Problems:
    """Return what is wrong with the fields of a new token beyond their form."""
    problems: Problems = {}
    workspace_id, expires_at = values.get("workspace_id"), values.get("expires_at")
    if workspace_id is not None and workspace_id not in actor.workspaces:
        problems["workspaceId"] = [Problem("not_your_workspace")]
    if expires_at is not None and expires_at <= now:
        problems["expiresAt"] = [Problem("not_in_the_future")]
    return problems
