"""How one likes it: theme, density, language, time zone, notifications."""

from functools import cache
from zoneinfo import available_timezones

from codimir.http.routing import get, post
from codimir.users import api as users
from codimir.users.profiles import get_preferences
from codimir.users.schemas import PreferencesUpdate
from codimir.web.form_state import NOTHING, Answer, FormState, parsed, redisplay_on_error
from codimir.web.forms import Form
from codimir.web.page_context import Frame
from codimir.web.pages.settings.layout import saved, settings_page

PATH = "/settings/preferences"
MAILS = ("ticketAssigned", "ticketUpdated", "projectInvites")


@get(PATH)
async def get_own_preferences(frame: Frame) -> Answer:
    """Show how one likes it."""
    return await _show(frame)


@post(PATH)
async def update_preferences(frame: Frame, form: Form) -> Answer:
    """Change how one likes it; this browser's own theme gives way."""

    async def do() -> Answer:
        chosen = {name: form.get(name) for name in ("theme", "density", "language", "timezone")}
        mails = {name: name in form.all("mails") for name in MAILS}
        notifies = bool(form.get("notifications"))
        update = parsed(PreferencesUpdate, notifications=notifies, emailNotifications=mails, **chosen)
        await frame.call(users.update_preferences, data=update)
        return saved(frame, PATH, codimir_theme=str(update.theme))

    return await redisplay_on_error(form, "preferences", do, lambda sent: _show(frame, sent))


async def _show(frame: Frame, sent: FormState = NOTHING) -> Answer:
    chosen = await frame.db.read(lambda tx: get_preferences(tx, frame.actor.id))
    title = frame.gettext("Preferences")
    return await settings_page(frame, "preferences", title, sent=sent, chosen=chosen, timezones=_timezones())


@cache
def _timezones() -> list[str]:
    return sorted(name for name in available_timezones() if "/" in name or name == "UTC")


ROUTES = (get_own_preferences, update_preferences)
