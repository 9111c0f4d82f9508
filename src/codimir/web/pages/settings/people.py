"""Everybody on the instance, for who administers it."""

from codimir.accounts.passwords import api as passwords
from codimir.accounts.passwords.schemas import ResetLink
from codimir.http.paging import PageNumber
from codimir.http.requests import HttpRequest
from codimir.http.routing import get, post
from codimir.http.validation import Query
from codimir.model.enums import INSTANCE_ROLES
from codimir.offboarding.queries import count_started
from codimir.users import api as users
from codimir.users.schemas import UserCreate, UserListQuery, UserUpdate
from codimir.web.form_state import NOTHING, Answer, FormState, parsed, redisplay_on_error
from codimir.web.forms import Form
from codimir.web.page_context import Frame
from codimir.web.pages.settings.layout import refused, saved, settings_page

PATH = "/settings/people"


class PeopleQuery(Query, frozen=True):
    """Whom to show, and what was just done."""

    search: str | None = None
    page: PageNumber = 1
    done: str | None = None


@get(PATH, scope="admin")
async def list_people(frame: Frame, query: PeopleQuery) -> Answer:
    """Show everybody."""
    return await _show(frame, query)


@post(PATH)
async def create_person(frame: Frame, form: Form, request: HttpRequest) -> Answer:
    """Make an account and show the link with which its person chooses a password."""

    async def do() -> Answer:
        new = parsed(UserCreate, **{name: form.get(name) for name in ("email", "name", "role")})
        made = await frame.call(users.create_user, data=new)
        return await _with_link(frame, made.data.id, request)

    return await redisplay_on_error(form, "person", do, lambda sent: _show(frame, sent=sent))


@post("/settings/people/{user_id:str}")
async def update_person(user_id: str, frame: Frame, form: Form) -> Answer:
    """Change what someone may do on the instance, or whether they may come in."""

    async def do() -> Answer:
        given = {"role": form.get("role")} if form.get("role") else {"disabled": form.get("disabled") == "yes"}
        update = parsed(UserUpdate, **given)
        await frame.call(users.update_user, user_id=user_id, data=update)
        return saved(frame, PATH)

    return await redisplay_on_error(form, "people", do, lambda sent: _show(frame, sent=sent))


@post("/settings/people/{user_id:str}/link")
async def make_link(user_id: str, frame: Frame, request: HttpRequest) -> Answer:
    """Make a link with which someone chooses a new password, and show it this once."""
    return await _with_link(frame, user_id, request)


async def _with_link(frame: Frame, user_id: str, request: HttpRequest) -> Answer:
    made = await frame.call(passwords.make_reset_link, user_id=user_id, request=request)
    return await _show(frame, link=made.data)


async def _show(
    frame: Frame, query: PeopleQuery | None = None, sent: FormState = NOTHING, link: ResetLink | None = None
) -> Answer:
    if not frame.actor.is_admin:
        return await refused(frame, "people", frame.gettext("People"))
    query = query or PeopleQuery()
    asked = UserListQuery(page=query.page, limit=50, search=query.search)
    found = await frame.call(users.list_users, query=asked)
    started = await frame.db.read(lambda tx: count_started(tx, [each.id for each in found.data]))
    return await settings_page(
        frame, "people", frame.gettext("People"), sent=sent, people=found, link=link, query=query,
        started=started, instance_roles=INSTANCE_ROLES,
    )  # fmt: skip


ROUTES = (list_people, create_person, update_person, make_link)
