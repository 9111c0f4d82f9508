"""NextAuth's CSRF token: a random text in a form, and in a cookie the same text with a hash that only we can make.

It is not bound to a session, so every write by cookie is held to its origin too (`cross_site`).
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import unquote

from codimir.authentication.cookies import FAMILIES, cookie_name

TOKEN_LENGTH = 64


def new_csrf_token() -> str:
    """Build a token of 256 random bits."""
    return secrets.token_hex(TOKEN_LENGTH // 2)


def csrf_cookie_value(token: str, secret: str) -> str:
    """Return what the cookie holds: the token and its hash."""
    return f"{token}|{_hash(token, secret)}"


def csrf_token_of(cookies: Mapping[str, str], secret: str) -> str | None:
    """Return the token of a request's cookies, if one of them is ours."""
    for family in FAMILIES:
        for secure in (True, False):
            token, _, given = unquote(cookies.get(cookie_name(family, "csrf-token", secure=secure), "")).partition("|")
            if len(token) == TOKEN_LENGTH and hmac.compare_digest(given.encode(), _hash(token, secret).encode()):
                return token
    return None


def is_csrf_token(given: object, cookies: Mapping[str, str], secret: str) -> bool:
    """Return whether the token that a form holds is the one of the cookie."""
    token = csrf_token_of(cookies, secret)
    return token is not None and isinstance(given, str) and hmac.compare_digest(given.encode(), token.encode())


def _hash(token: str, secret: str) -> str:
    return hashlib.sha256(f"{token}{secret}".encode()).hexdigest()
