"""The pages behind links that are good once: setting up, accepting an invitation, choosing a new password."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from codimir.accounts.invitations import api as invitations
from codimir.accounts.invitations.queries import get_offer
from codimir.accounts.invitations.schemas import Arrival, Newcomer
from codimir.accounts.nextauth import Answer
from codimir.accounts.passwords import actions as passwords
from codimir.accounts.passwords import api as password_routes
from codimir.accounts.passwords.schemas import NewPassword, ResetRequest
from codimir.accounts.providers import SignInProviders
from codimir.accounts.session_cookies import start_session_here
from codimir.accounts.setup import actions as setup
from codimir.accounts.setup import api as setup_routes
from codimir.accounts.setup.schemas import InstanceSetup
from codimir.accounts.sign_in_links import get_person_of_link, use_sign_in_link
from codimir.authentication.cookies import set_cookie
from codimir.authentication.password_hashing import PasswordHasher
from codimir.authentication.same_origin import refuse_cross_site
from codimir.authentication.sessions import find_session
from codimir.authentication.standing import find_actor
from codimir.config import Settings
from codimir.database.core import Database, Transaction
from codimir.http.errors import ApiError, InvalidInput, NotFound
from codimir.http.redirects import leading_to
from codimir.http.requests import HttpRequest, HttpResponse
from codimir.http.routing import get, post
from codimir.http.validation import parse_body
from codimir.kit.lazy import lazy_module
from codimir.kit.values import ReadOnlyValues
from codimir.mail.sending import Mailer
from codimir.users.actions import EmailTaken, update_preferences
from codimir.users.schemas import PreferencesUpdate
from codimir.web.form_state import parsed
from codimir.web.forms import Form
from codimir.web.languages import catalogue
from codimir.web.page_context import WORKSPACE_COOKIE, Frame
from codimir.web.public_pages import language_for, page_for_anyone

if TYPE_CHECKING:
    from codimir.demo import entering
else:
    entering = lazy_module("codimir.demo.entering")

T = TypeVar("T")
EXAMPLE, TIMEZONE = "example", "timezone"
Asked = HttpRequest


@get("/setup/{token:str}")
async def get_setup(token: str, request: Asked, db: Database) -> HttpResponse:
    """Ask for the first administrator and the first workspace."""
    await db.read(lambda tx: setup.get_setup(tx, token))
    return _page(request, "pages/setup.html", "Set up Codimir", has_example=await db.read(entering.has_example))


@post("/setup/{token:str}")
async def set_up(token: str, request: Asked, form: Form, db: Database, hashing: PasswordHasher) -> HttpResponse:
    """Set the instance up and go on to its first project, or to a living example."""
    wants_example = form.get("begin") == EXAMPLE
    fields = Form({name: values for name, values in form.fields.items() if name not in ("begin", TIMEZONE)})
    is_there = await db.read(entering.has_example)

    async def do() -> HttpResponse:
        data = _parsed(InstanceSetup, fields)
        ready = await setup_routes.set_up.function(token=token, data=data, request=request, db=db, hashing=hashing)
        await _keep_timezone(db, ready.data.user.id, form)
        if not wants_example or is_there:
            return _entered(ready.cookies, "/projects/new")
        chosen = set_cookie(WORKSPACE_COOKIE, await entering.load_example(db), secure=False)
        return _entered([*ready.cookies, chosen], "/projects")

    return await _or_again(request, form, "pages/setup.html", "Set up Codimir", do, has_example=is_there)


@get("/enter/{token:str}")
async def get_sign_in_link(token: str, request: Asked, db: Database) -> HttpResponse:
    """Ask whether to come in as the person whom a link is for; a preview of the page does not use it up."""
    person = await db.read(lambda tx: get_person_of_link(tx, token))
    return _page(request, "pages/enter.html", "Sign in", person=person)


@post("/enter/{token:str}")
async def sign_in_by_link(token: str, request: Asked, db: Database) -> HttpResponse:
    """Come in as the person whom a link is for."""
    refuse_cross_site(request)

    async def unit(tx: Transaction) -> list[str]:
        return await start_session_here(tx, request, await use_sign_in_link(tx, token))

    return _entered(await db.write(unit))


@get("/invite/{token:str}")
async def get_invitation(
    token: str, request: Asked, db: Database, providers: SignInProviders, settings: Settings
) -> HttpResponse:
    """Say who asks someone into which workspace."""
    offer = await db.read(lambda tx: get_offer(tx, token))
    signed_in = await find_session(request) is not None
    shown = {"offer": offer, "signed_in": signed_in, "token": token, **_ways_in(providers, settings)}
    return _page(request, "pages/invitation.html", "Join", **shown)


@post("/invite/{token:str}/join")
async def join(
    token: str, request: Asked, form: Form, db: Database, hashing: PasswordHasher, settings: Settings,
    providers: SignInProviders,
) -> HttpResponse:  # fmt: skip
    """Come in as someone new."""
    offer = await db.read(lambda tx: get_offer(tx, token))

    async def do() -> HttpResponse:
        data = _parsed(Newcomer, Form({name: form.fields[name] for name in form.fields if name != TIMEZONE}))
        arrival = await invitations.join.function(
            token=token, data=data, request=request, db=db, hashing=hashing, settings=settings
        )
        await _keep_timezone(db, arrival.data.user.id, form)
        return _entered([*arrival.cookies, _in_workspace(arrival.data)], _first_page(arrival.data))

    shown = {"offer": offer, "signed_in": False, "token": token, **_ways_in(providers, settings)}
    return await _or_again(request, form, "pages/invitation.html", "Join", do, **shown)


@post("/invite/{token:str}/accept", scope="admin")
async def accept(token: str, frame: Frame) -> HttpResponse:
    """Come in as who is signed in."""
    arrived = await frame.call(invitations.accept_invitation, token=token)
    return _entered([_in_workspace(arrived.data)], _first_page(arrived.data))


@get("/reset")
async def get_reset_request(request: Asked, mailer: Mailer) -> HttpResponse:
    """Ask whose password is forgotten; without mail, say who can help."""
    return _page(request, "pages/reset_request.html", "Choose a new password", sent=False, mailer=mailer)


@post("/reset")
async def request_reset(request: Asked, form: Form, db: Database, mailer: Mailer, settings: Settings) -> HttpResponse:
    """Mail a link, and answer everybody the same."""

    async def do() -> HttpResponse:
        data = _parsed(ResetRequest, form)
        await password_routes.request_reset.function(
            data=data, request=request, db=db, mailer=mailer, settings=settings
        )
        return _page(request, "pages/reset_request.html", "Choose a new password", sent=True, mailer=mailer)

    return await _or_again(
        request, form, "pages/reset_request.html", "Choose a new password", do, sent=False, mailer=mailer
    )


@get("/reset/{token:str}")
async def get_reset(token: str, request: Asked, db: Database) -> HttpResponse:
    """Ask for the new password."""
    offer = await db.read(lambda tx: passwords.get_reset(tx, token))
    return _page(request, "pages/reset.html", "Choose a new password", offer=offer, kept=[])


@post("/reset/{token:str}")
async def reset_password(token: str, request: Asked, form: Form, db: Database, hashing: PasswordHasher) -> HttpResponse:
    """Set the new password and go to the start, signed in."""
    offer = await db.read(lambda tx: passwords.get_reset(tx, token))

    async def do() -> HttpResponse:
        data = parsed(NewPassword, password=form.get("password"), keepTokens=form.all("keepTokens"))
        changed = await password_routes.reset_password.function(
            token=token, data=data, request=request, db=db, hashing=hashing
        )
        return _entered(changed.cookies)

    kept = form.all("keepTokens")
    return await _or_again(request, form, "pages/reset.html", "Choose a new password", do, offer=offer, kept=kept)


def _ways_in(providers: SignInProviders, settings: Settings) -> ReadOnlyValues:
    takes_passwords = settings.password_sign_in == "on"  # noqa: S105 - a switch
    return {"providers": list(providers.values()), "takes_passwords": takes_passwords}


async def _keep_timezone(db: Database, user_id: str, form: Form) -> None:
    """Let someone who comes in for the first time have the time zone of their browser, if it is one that we know."""

    async def unit(tx: Transaction) -> None:
        actor = await find_actor(tx, user_id)
        if actor is not None:
            await update_preferences(tx, actor, parsed(PreferencesUpdate, timezone=form.get(TIMEZONE)))

    if form.get(TIMEZONE):
        with suppress(InvalidInput):
            await db.write(unit)


def _first_page(arrival: Arrival) -> str:
    """Return the address at which someone who was invited begins: a project that they can work in, or all of them."""
    return f"/projects/{arrival.projects[0].key}/board" if arrival.projects else "/projects"


def _in_workspace(arrival: Arrival) -> str:
    return set_cookie(WORKSPACE_COOKIE, arrival.workspace.id, secure=False)


def _parsed(shape: type[T], form: Form) -> T:
    """Read the fields of a form as the API reads the same."""
    return parse_body(shape, msgspec.json.encode({name: values[0] for name, values in form.fields.items()}))


async def _or_again(
    request: Asked, form: Form, template: str, title: str, do: Callable[[], Awaitable[HttpResponse]], **data: Any
) -> HttpResponse:
    """Do what a form asks for, or show it once more with what is wrong beside each field."""
    try:
        return await do()
    except NotFound:
        raise
    except ApiError as error:
        problems = (error.details or {}) if isinstance(error, InvalidInput | EmailTaken) else {}
        kept = {name: values[0] for name, values in form.fields.items() if name != "password"}
        return _page(
            request, template, title, error.status, values=kept, problems=problems or {"": error.problem}, **data
        )


def _page(request: Asked, template: str, title: str, status: int = 200, **data: Any) -> HttpResponse:
    shown = {"values": {}, "problems": {}, **data}
    said = catalogue(language_for(request)).gettext(title)
    return page_for_anyone(request, template, title=said, status=status, **shown)


def _entered(cookies: Any, path: str = "/") -> Answer:
    return Answer(b"", 303, cookies, leading_to(path))


ROUTES = (
    get_setup, set_up, get_invitation, join, accept, get_reset_request, request_reset, get_reset, reset_password,
    get_sign_in_link, sign_in_by_link,
)  # fmt: skip
