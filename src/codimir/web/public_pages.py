"""Pages for who is not signed in: signing in, invitations, errors."""

from collections.abc import Mapping

from litestar import Response

from codimir.http.requests import HttpRequest
from codimir.web.languages import language_of
from codimir.web.page_context import THEME_COOKIE, THEMES
from codimir.web.rendering import html, render


def language_for(request: HttpRequest) -> str:
    """Choose the language that a browser asks for."""
    return language_of(None, request.headers.get("accept-language", ""))


def theme_for(request: HttpRequest) -> str:
    """Return the theme that a browser chose here before, or that of its system."""
    chosen = request.cookies.get(THEME_COOKIE)
    return chosen if chosen in THEMES else "system"


def page_for_anyone(
    request: HttpRequest,
    template: str,
    *,
    title: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **data: object,
) -> Response[bytes]:
    """Answer with a page without a frame."""
    text = render(template, language_for(request), title=title, theme=theme_for(request), status=status, **data)
    return html(request, text, status, **(headers or {}))
