"""Errors as pages, for who looks at pages; the API goes on answering JSON.

Who is signed in gets them in the frame of the other pages, so that there is a way on from each.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast
from urllib.parse import quote

from litestar import Response
from litestar.response.base import ASGIResponse
from litestar.status_codes import HTTP_400_BAD_REQUEST, HTTP_404_NOT_FOUND
from litestar.types import Receive, Scope, Send

from codimir.authentication.sessions import find_session
from codimir.database.core import Database, DatabaseError
from codimir.http.errors import ApiError
from codimir.http.rendering import ErrorReply
from codimir.http.requests import HttpRequest, HttpResponse
from codimir.web.error_translations import translate
from codimir.web.languages import LANGUAGES, SOURCE_LANGUAGE, catalogue
from codimir.web.page_context import Frame, SignedOut, own_path, sign_in_address
from codimir.web.public_pages import language_for, page_for_anyone
from codimir.web.queries import get_viewer

Handler = Callable[[HttpRequest, Any], ErrorReply]
FOR_PROGRAMS = ("/api/", "/static/")
NOT_ALLOWED = 405
LANGUAGE_HEADER = "x-codimir-language"
"""In which language the scripts of a page want to be told what is wrong: the one of the page."""
PAGES_OF_FORMS = {
    "/settings/invitations": "/settings/members",
    "/settings/groups": "/settings/workspace",
    "/settings/password": "/settings/profile",
}
"""Where the form stands that is sent to a path; others stand on the page above."""
FOR_WHO_COMES_IN = ("/setup", "/invite", "/reset", "/signin", "/signout")
"""Pages that have no frame, whoever opens them."""
IN_FRAME = frozenset({400, 403, 404, 405, 409})
"""What is the matter with what was asked; the others come when the server has to save work, or itself."""
WORTH_SHOWING = 20
"""From how many characters on a value of a form is taken for something that was written."""


def with_pages(handlers: Mapping[int | type[Exception], Handler]) -> dict[int | type[Exception], Any]:
    """Let every handler of errors answer a browser with a page."""
    return {kind: _with_page(handler) for kind, handler in handlers.items()}


def _with_page(handler: Handler) -> Callable[[HttpRequest, Any], HttpResponse]:
    def answer(request: HttpRequest, error: Any) -> HttpResponse:
        answered = handler(request, error)
        if not wants_page(request):
            return _translated(request, answered)
        if isinstance(error, SignedOut):
            return _kept_form(request, error)
        page = _page(request, answered)
        return _InFrame(page, answered.error) if _has_frame(request, page) else page

    return answer


def _translated(request: HttpRequest, answered: ErrorReply) -> ErrorReply:
    """Return what is wrong in the language of the page whose script asks; everybody else gets English."""
    language = request.headers.get(LANGUAGE_HEADER, SOURCE_LANGUAGE)
    if language in LANGUAGES and language != SOURCE_LANGUAGE:
        answered.content = answered.error.body(partial(translate, language))
        answered.headers["content-language"] = language
    return answered


def wants_page(request: HttpRequest) -> bool:
    """Return whether who asks looks at pages."""
    if request.scope["path"].startswith(FOR_PROGRAMS):
        return False
    return "text/html" in request.headers.get("accept", "") or "hx-request" in request.headers


def _has_frame(request: HttpRequest, page: HttpResponse) -> bool:
    if "hx-request" in request.headers or request.scope["path"].startswith(FOR_WHO_COMES_IN):
        return False
    return page.status_code in IN_FRAME


class _InFrame(HttpResponse):
    """A page about an error that is drawn in the frame for who is signed in, when it is sent; else as it is."""

    def __init__(self, page: HttpResponse, error: ApiError) -> None:
        super().__init__(page.content, status_code=page.status_code, headers=page.headers, media_type="text/html")
        self.page = page
        self.error = error

    def to_asgi_response(self, app: Any, request: HttpRequest, **options: Any) -> ASGIResponse:
        """Build what draws the page and sends it."""
        plain = self.page.to_asgi_response(app, request, **options)

        async def send_page(scope: Scope, receive: Receive, send: Send) -> None:
            drawn = await self._drawn(request)
            answer = plain if drawn is None else drawn.to_asgi_response(app, request, **options)
            await answer(scope, receive, send)

        return cast("ASGIResponse", send_page)  # Litestar calls it as the application that it is

    async def _drawn(self, request: HttpRequest) -> Response[bytes] | None:
        """Draw the page in the frame; None where nobody is signed in, or the database cannot tell."""
        try:
            frame = await _frame_of(request)
            return None if frame is None else await self._page_in(frame)
        except DatabaseError:
            return None

    async def _page_in(self, frame: Frame) -> Response[bytes]:
        status = self.page.status_code or 500
        if status == HTTP_404_NOT_FOUND:
            return await frame.not_found()
        return await frame.page(
            "pages/error_in_frame.html",
            title=_title(status, frame.language),
            status=status,
            error=self.error,
            details=_details(self.error),
            clears=status == HTTP_400_BAD_REQUEST and frame.request.method == "GET",
            path=frame.request.scope["path"],
        )


async def _frame_of(request: HttpRequest) -> Frame | None:
    """Return the frame for who has a session, which the error leaves as it is; None for everybody else."""
    db: Database = request.app.state.database
    session = await find_session(request)
    if session is None:
        return None
    return Frame(request, session.actor, db, await db.read(lambda tx: get_viewer(tx, session.actor)))


def _page(request: HttpRequest, answered: ErrorReply) -> HttpResponse:
    if answered.status_code == NOT_ALLOWED and request.method == "GET" and "hx-request" not in request.headers:
        return Response(None, status_code=303, headers={"location": _page_of_form(request.scope["path"])})
    headers = {name: value for name, value in dict(answered.headers).items() if name != "content-type"}
    status = 200 if "hx-redirect" in headers else answered.status_code or 500
    return page_for_anyone(
        request,
        "components/error.html" if "hx-request" in request.headers else "pages/error.html",
        title=_title(status, language_for(request)),
        status=status,
        headers=headers,
        error=answered.error,
        details=_details(answered.error),
        path=request.scope["path"],
    )


def _page_of_form(path: str) -> str:
    """Return the address of the page with the form that is sent to a path.

    The answer to a form stands at the address where it was sent, which people load anew, keep and go back to.
    """
    return quote(own_path(PAGES_OF_FORMS.get(path) or path.rpartition("/")[0]))


def _kept_form(request: HttpRequest, error: SignedOut) -> HttpResponse:
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


def _details(error: ApiError) -> list[tuple[str, Any]]:
    """Return what is wrong with each field; what programs need, such as the other value, is not for people."""
    return [(name, said) for name, said in (error.details or {}).items() if not isinstance(said, dict)]
