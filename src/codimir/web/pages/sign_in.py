"""The pages on which people sign in; their forms go to the routes that NextAuth's clients use too."""

from collections.abc import Callable
from urllib.parse import unquote

from litestar import Response

from codimir.accounts.api import CREDENTIALS, depart
from codimir.accounts.nextauth import (
    MAX_FORM_BYTES,
    SIGN_IN_PAGE,
    TRIED_EMAIL,
    Answer,
    AuthRequest,
    own_url,
    read_fields,
)
from codimir.accounts.providers import SignInProviders
from codimir.authentication.cookies import set_cookie
from codimir.authentication.csrf import csrf_cookie_value, csrf_token_of, new_csrf_token
from codimir.authentication.same_origin import refuse_cross_site
from codimir.authentication.sessions import find_session
from codimir.config import Settings
from codimir.database.core import Database
from codimir.http.redirects import leading_to
from codimir.http.requests import HttpRequest, HttpResponse
from codimir.http.routing import get, post
from codimir.users.queries import is_administered
from codimir.web.languages import catalogue
from codimir.web.public_pages import language_for, page_for_anyone, theme_for
from codimir.web.rendering import HEADERS, render

ASKING = frozenset({"unreachable", "untrusted_answer", "no_email", "email_not_verified", "no_group"})
"""The refusals that only an administrator of the instance can mend"""


class PageAnswer(Answer):
    """A page with any number of cookies."""

    kind = b"text/html; charset=utf-8"


@get(SIGN_IN_PAGE)
async def get_sign_in(
    request: HttpRequest, db: Database, providers: SignInProviders, settings: Settings
) -> HttpResponse:
    """Show the ways to sign in, and what went wrong with the one that was tried before."""
    caller, query = AuthRequest(request), request.query_params
    error, asked_for = (str(query.get(name, "")) for name in ("error", "callbackUrl"))
    callback_url = (
        caller.callback_url({"callbackUrl": asked_for}) if error else own_url(asked_for or "/", caller.origin)
    )
    if await find_session(request) is not None:
        return Response(None, status_code=302, headers=leading_to(callback_url))
    secret = request.app.state.csrf_secret
    token = csrf_token_of(caller.cookies, secret) or new_csrf_token()
    cookie = set_cookie(caller.name_of("csrf-token"), csrf_cookie_value(token, secret), secure=caller.is_secure)
    _ = catalogue(language_for(request)).gettext
    return page_for_anyone(
        request, "pages/sign_in.html", title=_("Sign in"), csrf=token, callback_url=callback_url,
        email=unquote(caller.cookies.get(TRIED_EMAIL, "")) if error else "",
        problem=_problem(error, str(query.get("code", "")), settings.oidc_name, _),
        is_password_tried=query.get("provider") == CREDENTIALS, providers=list(providers.values()),
        only_administrators=settings.password_sign_in == "off",  # noqa: S105 - a switch
        is_set_up=await db.read(is_administered), headers={"set-cookie": cookie},
    )  # fmt: skip


@post("/signin/{provider_id:str}", max_bytes=MAX_FORM_BYTES)
async def leave_for_provider(provider_id: str, request: HttpRequest, providers: SignInProviders) -> HttpResponse:
    """Take someone to a provider by a page between: a form may only lead to addresses of ours, wherever that leads."""
    refuse_cross_site(request)
    caller = AuthRequest(request)
    answer = await depart(caller, await read_fields(request), provider_id, providers)
    url, provider = answer.headers.get("location", ""), providers.get(provider_id)
    if provider is None or not url or url.startswith(f"{caller.origin}/"):
        return answer
    language = language_for(request)
    title = catalogue(language).gettext("Sign in")
    text = render(
        "pages/leaving.html", language, title=title, theme=theme_for(request), status=200, url=url, provider=provider
    )
    return PageAnswer(text.encode(), 200, answer.cookie_headers, HEADERS)


def _problem(error: str, code: str, provider: str, _: Callable[[str], str]) -> str:
    """Say what went wrong: as exactly as the code does, or else as NextAuth's word does."""
    if not error:
        return ""
    said = _said_of_code(code, _) or _said_of_error(error, _) or _("Signing in did not work. Try once more.")
    return said.replace("%(name)s", provider)


def _said_of_error(error: str, _: Callable[[str], str]) -> str | None:
    known = {
        "CredentialsSignin": _("The e-mail or the password is wrong."),
        "AccessDenied": _("This account is closed. Ask who administers this instance."),
        "MissingCSRF": _("This page was open for too long. Try once more."),
        "TooManyTries": _("Too many tries. Wait a few minutes."),
    }
    return known.get(error)


def _said_of_code(code: str, _: Callable[[str], str]) -> str | None:
    known = {
        "unreachable": _("%(name)s cannot be reached now. Try again in some minutes."),
        "not_begun": _("This sign-in was begun in another browser, or too long ago. Try once more."),
        "declined": _("%(name)s did not let you in, or you cancelled. Try once more."),
        "untrusted_answer": _("The answer of %(name)s could not be trusted. Try once more."),
        "no_email": _("%(name)s does not tell your e-mail, which is needed here."),
        "email_not_verified": _("%(name)s does not say that your e-mail is verified."),
        "no_group": _("You are in none of the groups that may work here."),
        "disabled": _("This account is closed. Ask who administers this instance."),
        "not_set_up": _("Nobody has set up this instance yet."),
        "only_administrators": _("Only administrators sign in with a password here. Choose %(name)s instead."),
    }
    said = known.get(code)
    if said and code in ASKING:
        ask = _("Ask who administers this instance; the log of the server says more.")
        return f"{said} {ask}"
    return said


ROUTES = (get_sign_in, leave_for_provider)
