"""Refuse writes that a foreign page made a browser send with the cookie of who visits it."""

from urllib.parse import urlsplit

from codimir.http.errors import Forbidden
from codimir.http.requests import HttpRequest
from codimir.problems.problem import Problem

FRIENDLY_SITES = frozenset({"same-origin", "none"})


def refuse_cross_site(request: HttpRequest) -> None:
    """Raise Forbidden when the browser says that the request comes from another site.

    A client that sends neither `Sec-Fetch-Site` nor `Origin` is no browser, and cannot be misled by a page.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site not in FRIENDLY_SITES:
        raise Forbidden(Problem("cross_site_request"))
    if origin is not None and origin.lower() != own_origin(request).lower():
        raise Forbidden(Problem("cross_site_request"))


def own_origin(request: HttpRequest) -> str:
    """Return the origin under which people open this instance, such as `https://codimir.example`."""
    base_url: str | None = request.app.state.settings.base_url
    if base_url:
        parts = urlsplit(base_url)
        return f"{parts.scheme}://{parts.netloc}"
    return f"{request.scope['scheme']}://{request.headers.get('host', '')}"
