"""The sign-ins that a browser has begun, each in a cookie of its own: several tabs may be on their way at once."""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import msgspec

from codimir.authentication.cookies import clear_cookie, parse_cookies, set_cookie
from codimir.authentication.same_origin import own_origin
from codimir.http.requests import HttpRequest

MINUTES_TO_COME_BACK = 10
MAX_FLOWS = 5
"""How many a browser keeps; the oldest is forgotten where one more begins, so that its cookies stay small."""
MAX_CALLBACK_URL_LENGTH = 1_000
NAMED_BY = 12
"""How many characters of the state name the cookie"""


class Flow(msgspec.Struct, frozen=True):
    """What must come back unchanged (state, nonce), what proves that we asked (verifier), and where it goes on."""

    state: str
    nonce: str
    verifier: str
    begun_at: int
    """Seconds since 1970"""
    callback_url: str = ""


def begin_flow(callback_url: str, now: datetime) -> Flow:
    """Return a flow with secrets of its own; an address that is too long for a cookie is left out."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    kept = callback_url if len(callback_url) <= MAX_CALLBACK_URL_LENGTH else ""
    return Flow(state, nonce, verifier, int(now.timestamp()), kept)


def keep_flow(request: HttpRequest, flow: Flow) -> list[str]:
    """Return the headers with which a browser keeps a flow, and forgets its oldest ones beyond the limit."""
    others = sorted(_kept(request).items(), key=lambda each: -each[1].begun_at)
    until = datetime.fromtimestamp(flow.begun_at, UTC) + timedelta(minutes=MINUTES_TO_COME_BACK)
    value = f"{flow.state}.{flow.nonce}.{flow.verifier}.{flow.begun_at}.{flow.callback_url}"
    cookie = set_cookie(
        f"{_prefix(request)}{flow.state[:NAMED_BY]}", value, secure=_is_secure(request), expires=until
    )  # fmt: skip
    return [cookie, *[clear_cookie(name) for name, _ in others[MAX_FLOWS - 1 :]]]


def find_flow(request: HttpRequest, state: str) -> Flow | None:
    """Find the flow of this browser that has a state."""
    found = _kept(request).get(f"{_prefix(request)}{state[:NAMED_BY]}")
    if found is None or not hmac.compare_digest(found.state.encode(), state.encode("utf-8", "replace")):
        return None
    return found


def forget_flow(request: HttpRequest, flow: Flow) -> list[str]:
    """Return the headers with which a browser forgets a flow."""
    return [clear_cookie(f"{_prefix(request)}{flow.state[:NAMED_BY]}")]


def _kept(request: HttpRequest) -> dict[str, Flow]:
    cookies = parse_cookies("; ".join(request.headers.getall("cookie", [])))
    ours = {name: _read(value) for name, value in cookies.items() if name.startswith(_prefix(request))}
    return {name: flow for name, flow in ours.items() if flow is not None and name.endswith(flow.state[:NAMED_BY])}


def _read(value: str) -> Flow | None:
    state, nonce, verifier, begun_at, callback_url, *_ = [*unquote(value).split(".", 4), "", "", "", "", ""]
    if not (state and nonce and verifier and begun_at.isascii() and begun_at.isdigit()):
        return None
    return Flow(state, nonce, verifier, int(begun_at[:15]), callback_url)


def _prefix(request: HttpRequest) -> str:
    return f"{'__Host-' if _is_secure(request) else ''}codimir.openid."


def _is_secure(request: HttpRequest) -> bool:
    return own_origin(request).startswith("https:")
