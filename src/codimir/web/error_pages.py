"""Errors as pages, for who looks at pages; the API goes on answering JSON."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response

from codimir.web.frame import NotFoundInFrame, SignedOut, own_path, sign_in_address
from codimir.web.languages import catalogue
from codimir.web.visitors import language_for, page_for_anyone

Handler = Callable[[Request[Any, Any, Any], Any], Response[Any]]
FOR_PROGRAMS = ("/api/", "/static/")
NOT_ALLOWED = 405
PAGES_OF_FORMS = {
    "/settings/invitations": "/settings/members",
    "/settings/groups": "/settings/workspace",
    "/settings/password": "/settings/profile",
}
"""Where the form stands that is sent to a path; others stand on the page above."""
WORTH_SHOWING = 20
"""From how many characters on a value of a form is taken for something that was written."""


def with_pages(handlers: Mapping[int | type[Exception], Handler]) -> dict[int | type[Exception], Handler]:
    """Let every handler of errors answer a browser with a page."""
    return {kind: _with_page(handler) for kind, handler in handlers.items()}


def _with_page(handler: Handler) -> Handler:
    def answer(request: Request[Any, Any, Any], error: Any) -> Response[Any]:
        if isinstance(error, NotFoundInFrame):
            return error.page
        answered = handler(request, error)
        if not wants_page(request):
            return answered
        return _kept_form(request, error) if isinstance(error, SignedOut) else _page(request, answered)

    return answer


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Say whether who asks looks at pages."""
    if request.scope["path"].startswith(FOR_PROGRAMS):
        return False
    return "text/html" in request.headers.get("accept", "") or "hx-request" in request.headers


def _page(request: Request[Any, Any, Any], answered: Response[Any]) -> Response[Any]:
    if answered.status_code == NOT_ALLOWED and request.method == "GET" and "hx-request" not in request.headers:
        return Response(None, status_code=303, headers={"location": _page_of_form(request.scope["path"])})
    headers = {name: value for name, value in dict(answered.headers).items() if name != "content-type"}
    status = 200 if "hx-redirect" in headers else answered.status_code or 500
    error = msgspec.json.decode(answered.content)["error"]
    return page_for_anyone(
        request,
        "components/error.html" if "hx-request" in request.headers else "pages/error.html",
        title=_title(status, language_for(request)),
        status=status,
        headers=headers,
        error=error,
        details=_details(error),
        path=request.scope["path"],
    )


def _page_of_form(path: str) -> str:
    """Return the address of the page with the form that is sent to a path.

    The answer to a form stands at the address where it was sent, which people load anew, keep and go back to.
    """
    return quote(own_path(PAGES_OF_FORMS.get(path) or path.rpartition("/")[0]))


def _kept_form(request: Request[Any, Any, Any], error: SignedOut) -> Response[Any]:
    """Show what was written in a form that nobody signed in sent, with the way to sign in and to send it again."""
    query = request.scope["query_string"].decode(errors="replace")
    return page_for_anyone(
        request,
        "pages/signed_out.html",
        title=catalogue(language_for(request)).gettext("You are signed out"),
        status=error.status,
        fields=error.fields,
        texts=[text for values in error.fields.values() for text in values if len(text) >= WORTH_SHOWING],
        action=own_path(request.scope["path"]) + (f"?{query}" if query else ""),
        sign_in=sign_in_address(error.way_back),
        way_back=own_path(error.way_back),
    )


def _title(status: int, language: str) -> str:
    _ = catalogue(language).gettext
    titles = {
        302: _("Sign in first"),
        307: _("This has another address now"),
        400: _("This address does not work"),
        403: _("You may not do this"),
        404: _("There is nothing here"),
        405: _("That cannot be done here"),
        409: _("Someone else was there first"),
        413: _("This is too large"),
        429: _("Too many tries"),
        503: _("Codimir is busy"),
    }
    return titles.get(status, _("Something went wrong"))


def _details(error: dict[str, Any]) -> list[tuple[str, str]]:
    details = error.get("details") or {}
    return [(name, "; ".join(said) if isinstance(said, list) else str(said)) for name, said in details.items()]
