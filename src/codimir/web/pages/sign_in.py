"""The page on which people sign in; its form goes to the route that NextAuth's clients use too."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from litestar import Request, Response

from codimir.access.cookies import set_cookie
from codimir.access.csrf import csrf_cookie_value, csrf_token_of, new_csrf_token
from codimir.access.sessions import find_session
from codimir.accounts.nextauth import SIGN_IN_PAGE, TRIED_EMAIL, Caller, own_url
from codimir.database.core import Database
from codimir.http.redirects import leading_to
from codimir.http.routing import get
from codimir.users.queries import is_administered
from codimir.web.languages import catalogue
from codimir.web.visitors import language_for, page_for_anyone


@get(SIGN_IN_PAGE)
async def get_sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Show the form, and what went wrong with the one before."""
    caller = Caller(request)
    error, asked_for = (str(request.query_params.get(name, "")) for name in ("error", "callbackUrl"))
    callback_url = (
        caller.callback_url({"callbackUrl": asked_for}) if error else own_url(asked_for or "/", caller.origin)
    )
    if await find_session(request) is not None:
        return Response(None, status_code=302, headers=leading_to(callback_url))
    secret = request.app.state.csrf_secret
    token = csrf_token_of(caller.cookies, secret) or new_csrf_token()
    cookie = set_cookie(caller.name_of("csrf-token"), csrf_cookie_value(token, secret), secure=caller.is_secure)
    db: Database = request.app.state.database
    _ = catalogue(language_for(request)).gettext
    email = unquote(caller.cookies.get(TRIED_EMAIL, "")) if error else ""
    return page_for_anyone(
        request, "pages/sign_in.html", title=_("Sign in"), csrf=token, callback_url=callback_url, email=email,
        problem=_problem(error, _), is_set_up=await db.read(is_administered), headers={"set-cookie": cookie},
    )  # fmt: skip


def _problem(error: str, _: Callable[[str], str]) -> str:
    known = {
        "": "",
        "CredentialsSignin": _("The e-mail or the password is wrong."),
        "AccessDenied": _("This account is closed. Ask who administers this instance."),
        "MissingCSRF": _("This page was open for too long. Try once more."),
        "TooManyTries": _("Too many tries. Wait a few minutes."),
    }
    return known.get(error) or (_("Signing in did not work. Try once more.") if error else "")


ROUTES = (get_sign_in,)
