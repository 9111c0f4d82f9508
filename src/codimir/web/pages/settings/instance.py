"""The instance: what it is, how it does, and whether its mail works; for who administers it."""

from codimir.accounts.providers import SignInProviders
from codimir.config import Settings
from codimir.http.routing import get, post
from codimir.mail.messages import mail_of
from codimir.mail.sending import Mailer, Try
from codimir.monitoring.health import Health
from codimir.monitoring.instance import get_instance
from codimir.web.form_state import Answer
from codimir.web.page_context import Frame
from codimir.web.pages.settings.layout import refused, settings_page

PATH = "/settings/instance"


@get(PATH, scope="admin")
async def show_instance(
    frame: Frame, settings: Settings, health: Health, mailer: Mailer, providers: SignInProviders
) -> Answer:
    """Show what the instance is and how it does."""
    return await _show(frame, settings, health, mailer, providers)


@post("/settings/instance/mail", scope="admin")
async def send_test_mail(
    frame: Frame, settings: Settings, health: Health, mailer: Mailer, providers: SignInProviders
) -> Answer:
    """Mail the administrator who asks, now, and show what the mail server answers."""
    tried = None
    if frame.actor.is_admin and mailer.is_configured:
        tried = await mailer.send_now(
            mail_of(
                frame.viewer.email,
                "A test mail of Codimir",
                """\
                This mail was asked for on the page of the instance {url}

                Whoever reads it knows that mail works.
                """,
                url=settings.base_url or "",
            )
        )
    return await _show(frame, settings, health, mailer, providers, tried)


async def _show(
    frame: Frame, settings: Settings, health: Health, mailer: Mailer, providers: SignInProviders,
    tried: Try | None = None,
) -> Answer:  # fmt: skip
    title = frame.gettext("Instance")
    if not frame.actor.is_admin:
        return await refused(frame, "instance", title)
    report = await get_instance(frame.db, settings, health, mailer)
    return await settings_page(
        frame, "instance", title, report=report, settings=settings, tried=tried, email=frame.viewer.email,
        origin=frame.origin, providers=list(providers.values()),
    )  # fmt: skip


ROUTES = (show_instance, send_test_mail)
