"""How NextAuth's clients are spoken to: which version asks, what it sends, and the form of the answers.

Version 4 asks for JSON with the field `json=true`, version 5 with the header `X-Auth-Return-Redirect`; anything else is
a plain form of a page and gets a redirect.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import msgspec
from litestar import Response
from litestar.types import ASGIApp, Receive, Scope, Send

from codimir.authentication.cookies import (
    Family,
    clear_cookie,
    cookie_name,
    parse_cookies,
    session_cookie_names,
    set_cookie,
)
from codimir.authentication.csrf import is_csrf_token
from codimir.authentication.devices import device_cookie
from codimir.authentication.same_origin import own_origin
from codimir.http.errors import InvalidInput, UnsupportedMediaType
from codimir.http.redirects import in_ascii, leading_to
from codimir.http.replies import JSON, NOSNIFF
from codimir.http.requests import HttpRequest
from codimir.kit.emails import email_key, is_email
from codimir.kit.networks import network_of
from codimir.kit.values import ReadOnlyValues, Values
from codimir.problems.problem import Problem

TRIED_EMAIL, TRIED_FOR = "codimir.tried-email", timedelta(minutes=5)
"""The cookie that fills the form in again for who was not let in, and how long it is kept."""
SIGN_IN_PAGE = "/signin"
"""The page of the web interface on which people sign in; it shows `error` and goes on to `callbackUrl`."""
FORM = "application/x-www-form-urlencoded"
MAX_FORM_BYTES = 16 * 1024
"""What a stranger may have held in memory; the longest password fits, also one of percent-encoded emoji."""
MAX_FIELDS = 50
MAX_URL_LENGTH = 2048
NOT_CACHED = {"cache-control": "private, no-cache, no-store", "expires": "0", "pragma": "no-cache"}
Fields = ReadOnlyValues


class Answer(Response[bytes]):
    """A reply with any number of cookies."""

    kind = b"application/json"

    def __init__(
        self, body: bytes, status: int = 200, cookies: Sequence[str] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        self.content = body
        self.status_code = status
        self.cookie_headers = cookies
        self.headers = {**NOT_CACHED, **(headers or {})}

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override]
        """Return what Litestar calls to send it."""
        return self._send

    async def _send(self, scope: Scope, _: Receive, send: Send) -> None:
        body = self.content
        headers = [(b"content-type", self.kind), NOSNIFF, (b"content-length", b"%d" % len(body))]
        headers += [(name.encode(), value.encode()) for name, value in self.headers.items()]
        headers += [(b"set-cookie", cookie.encode()) for cookie in self.cookie_headers]
        await send({"type": "http.response.start", "status": self.status_code or 200, "headers": headers})
        shown = b"" if scope["method"] == "HEAD" else body  # type: ignore[typeddict-item]
        await send({"type": "http.response.body", "body": shown, "more_body": False})


class AuthRequest:
    """Who asks, and how they are answered."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.origin = own_origin(request)
        self.is_secure = self.origin.startswith("https:")
        self.cookie_header = "; ".join(request.headers.getall("cookie", []))
        self.cookies = parse_cookies(self.cookie_header)
        self.family: Family = "authjs" if self._is_of_version_5() else "next-auth"

    @property
    def address(self) -> str:
        """What the request came from, as tries are counted: an IPv4 address, or the /64 of an IPv6 address."""
        return network_of(self.request.client.host) if self.request.client else ""

    def name_of(self, thing: str) -> str:
        """Name a cookie in this caller's version."""
        return cookie_name(self.family, thing, secure=self.is_secure)

    def has_csrf_token(self, fields: Fields) -> bool:
        """Return whether a form comes from a page that got its CSRF token from us."""
        return is_csrf_token(fields.get("csrfToken"), self.cookies, self.request.app.state.csrf_secret)

    def url(self, path: str, **query: str) -> str:
        """Write an address of ours."""
        return f"{self.origin}{path}{'?' + urlencode(query) if query else ''}"

    def callback_url(self, fields: Fields) -> str:
        """Return the address to go on to: what the form or else the cookie names, if it leads to a page of ours."""
        given = fields.get("callbackUrl")
        kept = unquote(self.cookies.get(self.name_of("callback-url"), ""))
        return own_url(given if isinstance(given, str) and given else kept, self.origin)

    def keep_callback_url(self, url: str) -> str:
        """Write the cookie that remembers where to go on to."""
        return set_cookie(self.name_of("callback-url"), url, secure=self.is_secure)

    def keep_email(self, fields: Fields) -> list[str]:
        """Write the cookie that remembers, for the form of our page, who was not let in; a client remembers itself."""
        email = fields.get("email")
        if self.wants_json(fields) or not isinstance(email, str) or not is_email(email):
            return []
        return [set_cookie(TRIED_EMAIL, email, secure=self.is_secure, expires=datetime.now(UTC) + TRIED_FOR)]

    def know_device(self, email: str) -> str:
        """Write the cookie by which the device is known again when somebody signs in to the account of this e-mail."""
        secret = self.request.app.state.csrf_secret
        return device_cookie(email_key(email), secret, datetime.now(UTC), secure=self.is_secure)

    def forget_sessions(self, besides: str | None = None) -> list[str]:
        """Write the cookies that clear every session cookie that came, in whichever version's name."""
        return [clear_cookie(name) for name in session_cookie_names(self.cookie_header) if name != besides]

    def wants_json(self, fields: Fields) -> bool:
        """Return whether a client asks, and not the form of a page."""
        return self._returns_redirects() or str(fields.get("json", "")).lower() == "true"

    def answer_url(
        self, fields: Fields, url: str, status: int = 200, cookies: Sequence[str] = (), **more: object
    ) -> Answer:
        """Name the address to go to: in JSON to a client, as a redirect to a form of a page."""
        if not self.wants_json(fields):
            return Answer(b"", 302, cookies, leading_to(url))
        return Answer(msgspec.json.encode({"url": url, **more}), status, cookies)

    def _returns_redirects(self) -> bool:
        return "x-auth-return-redirect" in self.request.headers

    def _is_of_version_5(self) -> bool:
        """Only what is sent with a form says which version asks; otherwise the cookies that it left do."""
        if self._returns_redirects():
            return True
        names = {name.removeprefix("__Secure-").removeprefix("__Host-") for name in self.cookies}
        kept_by_4 = {"next-auth.callback-url", "next-auth.session-token", "next-auth.session-token.0"}
        return names.isdisjoint(kept_by_4) and any(name.startswith("authjs.") for name in names)


def own_url(url: str, origin: str) -> str:
    """Make an address absolute if it is a path or begins with our origin; anything else becomes the origin."""
    if len(url) > MAX_URL_LENGTH or not url.isprintable() or "\\" in url:
        return origin
    if url.startswith("/"):
        return origin + in_ascii(url)
    is_ours = url[: len(origin)].lower() == origin.lower() and url[len(origin) :][:1] in ("", "/", "?", "#")
    return in_ascii(url) if is_ours else origin


async def read_fields(request: HttpRequest) -> Fields:
    """Read the fields of a form, or of a JSON object.

    Raises UnsupportedMediaType for another kind of body, InvalidInput for one that cannot be read.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (FORM, JSON):
        raise UnsupportedMediaType(Problem("form_or_json_expected"))
    body = await request.body()
    try:
        if kind == JSON:
            return msgspec.json.decode(body or b"{}", type=Values)
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS))
    except (ValueError, RecursionError) as error:
        raise InvalidInput.fields(body=Problem("form_unreadable")) from error
