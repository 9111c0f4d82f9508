"""What an API token may be used for, whatever its owner may do. This is the one place that looks at it.

`read` is for the safe methods, `write` for changing things too, `admin` also for administration: members, settings,
tokens, webhooks. A route of administration says so: `@post("/api/user/tokens", scope="admin")`.
"""

from collections.abc import Collection
from typing import Any, Literal, get_args

from litestar import Request

from codimir.http.errors import Forbidden

TokenScope = Literal["read", "write", "admin"]
SCOPES: tuple[TokenScope, ...] = get_args(TokenScope)
"""Each holds those before it."""


def require_scope(request: Request[Any, Any, Any], scopes: Collection[str]) -> None:
    """Raise Forbidden unless the scopes of the token of a request hold what its route needs."""
    needed = request.route_handler.opt.get("scope") or ("read" if request.method in ("GET", "HEAD") else "write")
    if not any(scope in scopes for scope in SCOPES[SCOPES.index(needed) :]):
        raise Forbidden(f"This token lacks the scope {needed}")
