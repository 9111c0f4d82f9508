"""The start, and the small forms of the frame: theme, workspace, signing out."""

from litestar import Response

from codimir.accounts import actions
from codimir.accounts.nextauth import SIGN_IN_PAGE, Answer, AuthRequest
from codimir.authentication.sessions import find_session
from codimir.database.core import Database
from codimir.http.errors import InvalidInput
from codimir.http.redirects import leading_to
from codimir.http.requests import HttpRequest
from codimir.http.routing import get, post
from codimir.problems.problem import Problem
from codimir.web.forms import Form
from codimir.web.page_context import THEMES, Frame, came_from

START = "/tickets"


@get("/")
async def get_start(frame: Frame) -> Response[None]:
    """Lead to the page on which people begin."""
    return frame.redirect(START)


@post("/theme")
async def set_theme(frame: Frame, form: Form) -> Response[None]:
    """Keep for this browser whether its pages are light or dark."""
    theme = form.get("theme")
    if theme not in THEMES:
        raise InvalidInput.fields(theme=Problem("not_one_of", allowed=tuple(THEMES)))
    return frame.redirect(came_from(frame.request), codimir_theme=theme)


@post("/workspace")
async def choose_workspace(frame: Frame, form: Form) -> Response[None]:
    """Keep for this browser which workspace its pages are about."""
    chosen = form.get("workspace")
    if chosen not in frame.actor.workspaces:
        raise InvalidInput.fields(workspace=Problem("invalid_id", kind="workspace"))
    return frame.redirect(START, codimir_workspace=chosen)


@post("/signout")
async def sign_out(request: HttpRequest, frame: Frame, db: Database) -> Answer:
    """End the session; the frame has refused a foreign page before."""
    caller, session = AuthRequest(frame.request), await find_session(request)
    if session is not None:
        await db.write(lambda tx: actions.sign_out(tx, session))
    return Answer(b"", 303, caller.forget_sessions(), leading_to(caller.url(SIGN_IN_PAGE)))


ROUTES = (get_start, set_theme, choose_workspace, sign_out)
