"""What a reply of the API needs to sign in whoever asked."""

from datetime import datetime
from typing import Any

from litestar import Request

from codimir.access.cookies import set_cookie
from codimir.accounts.nextauth import Caller


def cookies_of_session(request: Request[Any, Any, Any], token: str, expires_at: datetime) -> list[str]:
    """Write the cookie of a new session, and clear every other that came."""
    caller = Caller(request)
    name = caller.name_of("session-token")
    cookie = set_cookie(name, token, secure=caller.is_secure, expires=expires_at)
    return [*caller.forget_sessions(besides=name), cookie]


def address_of(request: Request[Any, Any, Any]) -> str:
    """Give the address that a request came from."""
    return Caller(request).address
