"""What an API token may be used for, whatever its owner may do. This is the one place that looks at it.

`read` is for the safe methods, `write` for changing things too, `admin` also for administration: changing members,
people, workspaces, webhooks and settings, and anything to do with tokens.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Literal, get_args

from codimir.http.errors import Forbidden
from codimir.http.requests import HttpRequest
from codimir.problems.problem import Problem

TokenScope = Literal["read", "write", "admin"]
SCOPES: tuple[TokenScope, ...] = get_args(TokenScope)
"""Each holds those before it."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ADMINISTRATION = frozenset({"invitations", "members", "people", "settings", "tokens", "webhooks", "workspaces"})
"""The words of a path under which changing things is administration."""


def require_scope(request: HttpRequest, scopes: Collection[str]) -> None:
    """Raise Forbidden unless the scopes of the token of a request hold what its route needs."""
    handler = request.route_handler
    needed = handler.opt.get("scope") or needed_scope(request.method, min(handler.paths))
    if not any(scope in scopes for scope in SCOPES[SCOPES.index(needed) :]):
        raise Forbidden(Problem("token_scope_missing", scope=needed))


@lru_cache(maxsize=1024)
def needed_scope(method: str, path: str) -> TokenScope:
    """Return which scope a route needs that does not say so itself: `@put("/api/user/password", scope="admin")`."""
    if method in SAFE_METHODS:
        return "read"
    return "write" if ADMINISTRATION.isdisjoint(path.split("/")) else "admin"
