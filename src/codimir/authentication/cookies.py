"""Cookies of NextAuth's names: the session, the CSRF token and the address to return to, as versions 4 and 5 have them.

Read what a client sends leniently, the first of a name counting; write what a browser keeps strictly.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Literal
from urllib.parse import quote, unquote

Family = Literal["next-auth", "authjs"]
"""What the names of the cookies begin with: `next-auth` in version 4, `authjs` in version 5."""

FAMILIES: tuple[Family, ...] = ("next-auth", "authjs")
SESSION_COOKIES: tuple[tuple[str, Family], ...] = (
    ("__Secure-next-auth.session-token", "next-auth"),
    ("next-auth.session-token", "next-auth"),
    ("__Secure-authjs.session-token", "authjs"),
    ("authjs.session-token", "authjs"),
)
MAX_SESSION_LENGTH = 16 * 1024
"""How many characters a session cookie may have, all its chunks together."""
CLEARED = "Path=/; HttpOnly; SameSite=Lax; Max-Age=0"


def parse_cookies(header: str) -> dict[str, str]:
    """Return the cookies of a request by name as they were sent; the first of a name counts."""
    found: dict[str, str] = {}
    for cookie in header.split(";"):
        name, _, value = cookie.partition("=")
        found.setdefault(name.strip(), value.strip().strip('"'))
    return found


def session_cookie(header: str) -> tuple[str, str, Family] | None:
    """Find the session among the cookies of a request: the name of its cookie, its value, and whose name that is."""
    if "session-token" not in header:
        return None
    cookies = parse_cookies(header)
    for name, family in SESSION_COOKIES:
        value = cookies.get(name) or (_joined(cookies, name) if f"{name}.0" in cookies else "")
        if value:
            return (name, unquote(value), family) if len(value) <= MAX_SESSION_LENGTH else None
    return None


def session_cookie_names(header: str) -> Iterator[str]:
    """Name every session cookie of a request, each chunk by itself."""
    if "session-token" in header:
        known = {name for name, _ in SESSION_COOKIES}
        yield from (name for name in parse_cookies(header) if name in known or _chunked_name(name) in known)


def cookie_name(family: Family, thing: str, *, secure: bool) -> str:
    """Name a cookie: `next-auth.session-token`, with `__Secure-` or `__Host-` before it on https."""
    prefix = "" if not secure else "__Host-" if thing == "csrf-token" else "__Secure-"
    return f"{prefix}{family}.{thing}"


def set_cookie(name: str, value: str, *, secure: bool, expires: datetime | None = None) -> str:
    """Write the header that makes a browser keep a cookie; without an end it is gone when the browser closes."""
    ends = f"; Expires={format_datetime(expires, usegmt=True)}" if expires else ""
    return f"{name}={quote(value, safe='')}; Path=/; HttpOnly; SameSite=Lax{ends}{'; Secure' * secure}"


def clear_cookie(name: str) -> str:
    """Write the header that makes a browser forget a cookie."""
    return f"{name}=; {CLEARED}{'; Secure' * name.startswith('__')}"


def _joined(cookies: Mapping[str, str], name: str) -> str:
    """Join a value that was split into `name.0`, `name.1`, … in the order of the numbers."""
    chunks = sorted((int(part.rpartition(".")[2]), part) for part in cookies if _chunked_name(part) == name)
    return "".join(cookies[part] for _, part in chunks)


def _chunked_name(name: str) -> str | None:
    base, _, number = name.rpartition(".")
    return base if number.isascii() and number.isdigit() and len(number) <= len(str(MAX_SESSION_LENGTH)) else None
