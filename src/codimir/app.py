"""The application, put together. This is the only place that knows every part; nothing imports it but `serve`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State

from codimir import __version__
from codimir.accounts import api as accounts
from codimir.accounts.invitations import api as invitations
from codimir.accounts.openid.provider import OpenIdProvider
from codimir.accounts.passwords import api as passwords
from codimir.accounts.providers import SignInProviders
from codimir.accounts.setup import api as setup
from codimir.accounts.tokens import api as tokens
from codimir.attachments import api as attachments
from codimir.attachments.storage import FileStore, open_file_store
from codimir.attachments.sweeping import keep_sweeping
from codimir.authentication.authentication import authenticate
from codimir.authentication.instance_secrets import instance_secret
from codimir.authentication.password_hashing import PasswordHasher
from codimir.authentication.session_cache import SessionCache
from codimir.authentication.token_uses import TokenUses
from codimir.authorization.actor import Actor
from codimir.authorization.audience import audience_of
from codimir.comments import api as comments
from codimir.config import Settings, settings_from
from codimir.database.core import Database
from codimir.database.opening import open_database
from codimir.events.cursors import CursorMaker
from codimir.events.queries import changes_since
from codimir.feeds import api as feeds
from codimir.feeds.broadcaster import Broadcaster
from codimir.groups import api as groups
from codimir.http.application import Application, NoEvents
from codimir.http.errors import ServiceUnavailable
from codimir.http.fair_share import FairShare
from codimir.http.long_reads import LongReads
from codimir.http.openapi import ApiDocument
from codimir.http.rendering import EXCEPTION_HANDLERS, database_outage
from codimir.http.requests import HttpRequest
from codimir.http.routing import AnyRoute, Provider, Providers, handlers
from codimir.http.stopping import when_told_to_stop
from codimir.http.uploads import FileForm
from codimir.jobrunner.running import keep_running_jobs
from codimir.jobs import api as jobs
from codimir.kit.background import in_background
from codimir.kit.clock import Clock, utc_now
from codimir.labels import api as labels
from codimir.mail.sending import Mailer
from codimir.members import api as members
from codimir.monitoring import api as monitoring
from codimir.monitoring.health import Health
from codimir.notifications import api as notifications
from codimir.notifications.worker import run_worker
from codimir.pictures import api as pictures
from codimir.pictures.copying import keep_copying
from codimir.pictures.fetching import PictureFetcher
from codimir.pictures.pictures import Pictures
from codimir.projects import api as projects
from codimir.quick import api as quick
from codimir.revisions.dispatch import choose_answer
from codimir.revisions.etags import TagMaker
from codimir.revisions.idempotency import RunningAttempts
from codimir.revisions.reply_cache import ReplyCache
from codimir.revisions.sharing import Audiences
from codimir.tickets import api as tickets
from codimir.tickets.listing.keyset_cache import KeysetCache
from codimir.timelogs import api as timelogs
from codimir.trash import api as trash
from codimir.trash.purging import keep_emptying
from codimir.undo import api as undo
from codimir.users import api as users
from codimir.web import api as web
from codimir.web.error_pages import with_pages
from codimir.web.forms import Form, read_form
from codimir.web.notification_mail import digest_writer
from codimir.web.openapi_texts import WORDS
from codimir.web.page_context import Frame, open_frame
from codimir.web.prose import ProseWriter
from codimir.web.rendering import compile_templates
from codimir.webhooks import api as webhooks
from codimir.webhooks.worker import running_delivery_worker
from codimir.workspaces import api as workspaces

ROUTES: tuple[AnyRoute, ...] = (
    *tickets.ROUTES,
    *quick.ROUTES,
    *comments.ROUTES,
    *attachments.ROUTES,
    *timelogs.ROUTES,
    *projects.ROUTES,
    *members.ROUTES,
    *labels.ROUTES,
    *groups.ROUTES,
    *tokens.ROUTES,
    *jobs.ROUTES,
    *trash.ROUTES,
    *undo.ROUTES,
    *webhooks.ROUTES,
    *notifications.ROUTES,
    *users.ROUTES,
    *pictures.ROUTES,
    *workspaces.ROUTES,
    *feeds.ROUTES,
    *setup.ROUTES,
    *invitations.ROUTES,
    *passwords.ROUTES,
)
"""The API; the routes of signing in and of the web are no part of it."""
DOCUMENT = ApiDocument(ROUTES, WORDS, __version__)


def _kept(name: str) -> Provider:
    """Provide what the application keeps under a name for as long as it runs."""

    async def provide(request: HttpRequest) -> Any:
        return request.app.state[name]

    return provide


async def _document(_request: HttpRequest) -> ApiDocument:
    return DOCUMENT


async def _file_form(request: HttpRequest) -> FileForm:
    return FileForm(request, request.app.state.settings.max_file_bytes)


async def _request(request: HttpRequest) -> HttpRequest:
    return request


PROVIDERS: Providers = {
    Actor: authenticate,
    ApiDocument: _document,
    Database: _kept("database"),
    Form: read_form,
    Frame: open_frame,
    FileForm: _file_form,
    FileStore: _kept("files"),
    Mailer: _kept("mailer"),
    Pictures: _kept("pictures"),
    PasswordHasher: _kept("hashing"),
    SignInProviders: _kept("providers"),
    CursorMaker: _kept("cursors"),
    Broadcaster: _kept("hub"),
    Health: _kept("health"),
    KeysetCache: _kept("keyset_cache"),
    Settings: _kept("settings"),
    ProseWriter: _kept("prose"),
    Request: _request,
}


DatabaseOpener = Callable[[Settings, Clock], Awaitable[Database]]


def create_app(
    settings: Settings | None = None,
    *,
    delivers: bool = True,
    clock: Clock = utc_now,
    open_database: DatabaseOpener = open_database,
) -> Litestar:
    """Build the application; the database that the settings name has been migrated before.

    While it runs it also delivers for webhooks and tells people what concerns them, unless another process does that.
    """
    settings, share = settings or settings_from(), FairShare()
    kept = {
        "settings": settings, "delivers": delivers, "changes_since": changes_since,
        "clock": clock, "open_database": open_database,
        "fair_share": share, "long_reads": LongReads(share),
    }  # fmt: skip
    app = Application(
        event_emitter_backend=NoEvents,
        lifespan=[_running],
        state=State(kept),
        exception_handlers=with_pages(EXCEPTION_HANDLERS),
        openapi_config=None,
        logging_config=None,
    )
    routes = (*ROUTES, *accounts.ROUTES, *monitoring.ROUTES, *web.ROUTES)
    app.add(handlers(routes, PROVIDERS, share, choose_answer))
    return app


@asynccontextmanager
async def _running(app: Litestar) -> AsyncIterator[None]:
    """Open what the application works with as its settings say, and close it in the opposite order."""
    async with AsyncExitStack() as stack:
        await _open_database_and_files(app.state, stack)
        await _open_services(app.state, stack)
        await _begin_upkeep(app.state, stack)
        if app.state.delivers:
            await _begin_deliveries(app.state, stack)
        stack.enter_context(when_told_to_stop(app.state.health.stop))
        stack.enter_context(when_told_to_stop(app.state.hub.end_all))
        stack.enter_context(when_told_to_stop(app.state.prose.stop))
        yield


async def _open_database_and_files(state: State, stack: AsyncExitStack) -> None:
    settings: Settings = state.settings
    state.files = open_file_store(settings)
    with suppress(ServiceUnavailable):  # it is logged, and found again by who uploads
        await state.files.probe()
    state.database = await state.open_database(settings, state.clock)
    stack.push_async_callback(state.database.close)
    state.pictures = Pictures(state.files)
    stack.push_async_callback(state.pictures.close)
    state.health = Health(state.database, settings)
    state.outage = database_outage()


async def _open_services(state: State, stack: AsyncExitStack) -> None:
    """Open what routes take besides the database."""
    settings: Settings = state.settings
    db: Database = state.database
    state.running_attempts = RunningAttempts()
    state.session_cache = SessionCache()
    state.reply_cache = ReplyCache(settings.reply_cache_bytes)
    state.audiences = Audiences(audience_of)
    state.keyset_cache = KeysetCache()
    state.hashing = PasswordHasher()
    stack.callback(state.hashing.close)
    state.token_uses = TokenUses(db)
    stack.push_async_callback(state.token_uses.close)
    state.tags = TagMaker(await instance_secret(db, "tags"))
    state.csrf_secret = settings.nextauth_secret or await instance_secret(db, "csrf")
    provider = OpenIdProvider(settings) if settings.oidc_issuer else None
    if provider:
        stack.push_async_callback(provider.close)
    state.providers = SignInProviders({provider.id: provider} if provider else {})
    state.mailer = Mailer(settings)
    stack.push_async_callback(state.mailer.close)
    state.prose = ProseWriter()
    stack.push_async_callback(state.prose.close)
    state.cursors = CursorMaker(await instance_secret(db, "cursors"))
    state.hub = Broadcaster(db, state.cursors)
    stack.push_async_callback(state.hub.close)


async def _begin_upkeep(state: State, stack: AsyncExitStack) -> None:
    """Begin what every process does beside the requests."""
    settings: Settings = state.settings
    kept_for = timedelta(days=settings.trash_days)
    emptying = keep_emptying(state.database, state.files, kept_for)
    await stack.enter_async_context(in_background(emptying_the_trash=emptying))
    await stack.enter_async_context(in_background(compiling_templates=compile_templates()))
    if settings.files_url is None:
        await stack.enter_async_context(in_background(sweeping_files=keep_sweeping(state.database, state.files)))


async def _begin_deliveries(state: State, stack: AsyncExitStack) -> None:
    """Begin what one process does for all: webhooks, notifications, background jobs, pictures from elsewhere."""
    settings: Settings = state.settings
    db, prose = state.database, state.prose
    await stack.enter_async_context(running_delivery_worker(db, settings.webhook_allowed_ranges))
    telling = run_worker(db, state.mailer, prose.mentions_in, digest_writer(settings.base_url or "", prose))
    await stack.enter_async_context(in_background(telling_people=telling, running_jobs=keep_running_jobs(db)))
    fetcher = PictureFetcher(settings.webhook_allowed_ranges)
    stack.push_async_callback(fetcher.close)
    copying = keep_copying(db, state.pictures, fetcher)
    await stack.enter_async_context(in_background(copying_pictures=copying))
