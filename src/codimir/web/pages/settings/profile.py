"""One's own profile and password."""

from litestar import Response

from codimir.accounts.nextauth import Answer as SignedIn
from codimir.accounts.passwords import api as passwords
from codimir.accounts.passwords.schemas import PasswordChange
from codimir.authentication.password_hashing import PasswordHasher
from codimir.http.errors import InvalidInput
from codimir.http.redirects import leading_to
from codimir.http.requests import HttpRequest
from codimir.http.routing import get, post
from codimir.http.uploads import FileForm
from codimir.pictures import api as pictures
from codimir.pictures.pictures import Pictures
from codimir.problems.problem import Problem
from codimir.users import api as users
from codimir.users.profiles import get_profile
from codimir.users.schemas import ProfileUpdate
from codimir.web.form_state import NOTHING, Answer, FormState, parsed, redisplay_on_error
from codimir.web.forms import Form
from codimir.web.page_context import Frame
from codimir.web.pages.settings.layout import DONE, saved, settings_page

PATH = "/settings/profile"
NO_FIELDS = Form({})


@get("/settings")
async def get_settings(frame: Frame) -> Response[None]:
    """Lead to the first page of settings."""
    return frame.redirect(PATH)


@get(PATH)
async def get_own_profile(frame: Frame) -> Answer:
    """Show who one is."""
    return await _show(frame)


@post(PATH)
async def update_profile(frame: Frame, form: Form) -> Answer:
    """Change who one is."""

    async def do() -> Answer:
        optional = {name: form.get(name) or None for name in ("firstName", "lastName")}
        update = parsed(ProfileUpdate, name=form.get("name"), **optional)
        await frame.call(users.update_profile, data=update)
        return saved(frame, PATH)

    return await redisplay_on_error(form, "profile", do, lambda sent: _show(frame, sent))


@post("/settings/profile/picture", scope="admin", max_bytes=None, takes_files=True)
async def update_picture(frame: Frame, form: FileForm, kept: Pictures) -> Answer:
    """Upload one's picture."""

    async def do() -> Answer:
        await frame.call(pictures.update_picture, form=form, pictures=kept)
        return saved(frame, PATH)

    return await redisplay_on_error(NO_FIELDS, "picture", do, lambda sent: _show(frame, sent))


@post("/settings/profile/picture/delete", scope="admin")
async def delete_picture(frame: Frame, form: Form) -> Answer:  # noqa: ARG001 - the form is read and has no fields
    """Go back to one's initials."""
    await frame.call(pictures.delete_picture)
    return saved(frame, PATH)


@post("/settings/password", scope="admin")
async def change_password(frame: Frame, form: Form, request: HttpRequest, hashing: PasswordHasher) -> Answer:
    """Change one's password; every other session ends."""

    async def do() -> Answer:
        if form.get("new") != form.get("again"):
            raise InvalidInput.fields(again=Problem("passwords_differ"))
        change = parsed(
            PasswordChange,
            current=form.get("current"),
            new=form.get("new"),
            revokeTokens=bool(form.get("revokeTokens")),
        )  # fmt: skip
        changed = await frame.call(passwords.change_password, data=change, request=request, hashing=hashing)
        return SignedIn(b"", 303, changed.cookies, leading_to(f"{PATH}?{DONE}=password"))

    return await redisplay_on_error(form, "password", do, lambda sent: _show(frame, sent))


async def _show(frame: Frame, sent: FormState = NOTHING) -> Answer:
    profile = await frame.db.read(lambda tx: get_profile(tx, frame.actor))
    return await settings_page(frame, "profile", frame.gettext("Profile"), sent=sent, profile=profile)


ROUTES = (get_settings, get_own_profile, update_profile, update_picture, delete_picture, change_password)
