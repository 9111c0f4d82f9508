"""The frame of a page: who looks at it, what stands around it, and how it is answered.

    @get("/projects/{key:str}/list")
    async def get_list(key: str, frame: Frame) -> Response[bytes]:
        project = await frame.project(key)
        return await frame.page("pages/list.html", title=project.name, project=project, here="list")

A route that takes a `Frame` leads whoever is not signed in to the page where they can.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote, unquote, urlsplit

from litestar import Response
from markupsafe import Markup

from codimir.accounts.nextauth import SIGN_IN_PAGE, AuthRequest
from codimir.authentication.authentication import authenticate
from codimir.authentication.same_origin import refuse_cross_site
from codimir.authorization.actor import Actor
from codimir.database.core import Database
from codimir.http.errors import ApiError, Forbidden, NotFound, Unauthorized, UnsupportedMediaType
from codimir.http.fair_share import FairShare
from codimir.http.long_reads import TakingTurns
from codimir.http.redirects import leading_to
from codimir.http.requests import HttpRequest
from codimir.http.routing import Route
from codimir.http.signatures import SignedIn
from codimir.kit.values import Values
from codimir.kit.zones import zone_named
from codimir.problems.problem import Problem
from codimir.trash.schemas import TrashItem
from codimir.web.dates import DateFormatter
from codimir.web.display_names import DisplayNames, display_names
from codimir.web.forms import SECRET, read_form
from codimir.web.languages import catalogue, language_of
from codimir.web.queries import RailProject, Viewer, find_project_by_key, get_rail, get_viewer
from codimir.web.rendering import html, large_html, render
from codimir.web.sidebar import Around, rail_html
from codimir.web.standing import Reason, may_create_in, why_only_reads_in

P = ParamSpec("P")
T = TypeVar("T")
THEMES = ("light", "dark", "system")
THEME_COOKIE, WORKSPACE_COOKIE, RAIL_COOKIE = "codimir.theme", "codimir.workspace", "codimir.rail"
PROJECT_COOKIE = "codimir.project"
"""The key of the project of the ticket that was created last"""
IN_PIECES = "hx-request"


class SignInFirst(ApiError):
    """A page is shown only to who is signed in; `headers` lead to where that is done."""

    status = 302
    code = "UNAUTHORIZED"
    problem = Problem("unauthorized")


class SignedOut(Unauthorized):
    """A form came from who is signed in no longer: its fields are kept, to be sent again; `way_back` is its page."""

    def __init__(self, fields: Mapping[str, list[str]], way_back: str) -> None:
        super().__init__()
        self.fields = {name: values for name, values in fields.items() if name not in SECRET}
        self.way_back = way_back


class HasAnotherKey(ApiError):
    """The address of a page has a key that its project had before; `headers` lead to the address that it has now."""

    status = 307
    code = "MOVED"
    problem = Problem("project_key_changed")


class Frame(SignedIn):
    """Everything about a request that its page is drawn with."""

    def __init__(self, request: HttpRequest, actor: Actor, db: Database, viewer: Viewer) -> None:
        self.request = request
        self.actor = actor
        self.db = TakingTurns(db, actor.id, request.app.state.long_reads)
        self.viewer = viewer
        self._share: FairShare = request.app.state.fair_share
        self.language = language_of(viewer.preferences.get("language"), request.headers.get("accept-language", ""))
        self.clock = DateFormatter(db.now(), zone_named(viewer.preferences.get("timezone")), self.language)

    @property
    def theme(self) -> str:
        """Return whether the person wants light, dark, or what their system has; this browser's choice goes first."""
        chosen = self.cookie(THEME_COOKIE) or self.viewer.preferences.get("theme")
        return chosen if chosen in THEMES else "system"

    @property
    def is_htmx(self) -> bool:
        """Return whether a piece of a page is asked for, not the whole."""
        return IN_PIECES in self.request.headers and "hx-history-restore-request" not in self.request.headers

    @property
    def htmx_target(self) -> str:
        """Name the place of the page that the piece is for, by its id."""
        return self.request.headers.get("hx-target", "")

    @property
    def workspace_id(self) -> str | None:
        """Name the workspace that the person chose last, or their first."""
        chosen = self.cookie(WORKSPACE_COOKIE)
        return chosen if chosen in self.actor.workspaces else next(iter(self.actor.workspaces), None)

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie."""
        value = self.request.cookies.get(name)
        return unquote(value) if value else None

    def gettext(self, text: str) -> str:
        """Say an English text in the person's language."""
        return catalogue(self.language).gettext(text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Say an English text in the person's language, as it is said of so many."""
        return catalogue(self.language).ngettext(one, many, count)

    @property
    def words(self) -> DisplayNames:
        """The fixed words of tickets in the person's language."""
        return display_names(self.language)

    async def call(self, route: Route[Concatenate[Any, Actor, P], T], *args: P.args, **values: P.kwargs) -> T:
        """Return what a route of the API does for the person, in its transaction."""
        return await route.run(self.db, lambda tx: route.function(tx, self.actor, *args, **values))

    async def project(self, key: str) -> RailProject:
        """Find a project that the person sees by its key, or by one that it had.

        Raises NotFound when there is none, and HasAnotherKey when the address of a page has a key from before.
        """
        found = await self.db.read(lambda tx: find_project_by_key(tx, self.actor, key, self.workspace_id))
        if found is None:
            raise NotFound(Problem("resource_not_found", kind="Project"))
        here = self.request.scope["path"].split("/")
        if found.key != key.upper() and key in here and self.request.method == "GET" and not self.is_htmx:
            here[here.index(key)] = found.key
            asked = self.request.scope["query_string"].decode("latin-1")
            raise HasAnotherKey(headers=leading_to("/".join(here) + (f"?{asked}" if asked else "")))
        return found

    def may_create(self, project: RailProject | None, others: Sequence[RailProject] = ()) -> bool:
        """Return whether the person may create tickets in a project, or without one in the workspace or the others."""
        return may_create_in(self.actor, project, others, self.workspace_id)

    def why_only_reads(self, project: RailProject) -> Reason | None:
        """Return why the person cannot create tickets in a project; None where they can."""
        return why_only_reads_in(self.actor, project)

    async def page(
        self,
        template: str,
        *,
        title: str,
        here: str = "",
        project: RailProject | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **data: object,
    ) -> Response[bytes]:
        """Answer with a page in its frame; `here` and `project` say which entry of the rail is the present one."""
        await self._share.turn()
        workspace_id = project.workspace_id if project else self.workspace_id
        rail = await self.db.read(lambda tx: get_rail(tx, self.actor, workspace_id))
        around = {
            "title": title, "here": here, "project": project, "rail": rail, "workspace_id": workspace_id,
            "address": self.address, "rail_is_small": self.cookie(RAIL_COOKIE) == "small",
        }  # fmt: skip
        always = self._always()
        drawn = rail_html(self.language, Around(rail, here, project, workspace_id, self.viewer, self.theme))
        text = render(template, self.language, rail_html=drawn, **always, **around, **data)
        return await large_html(self.request, text, status, **(headers or {}))

    async def not_found(self, item: TrashItem | None = None) -> Response[bytes]:
        """Answer that nothing is there, or that it is in the trash, in the frame of the other pages."""
        title = self.gettext("In the trash") if item else self.gettext("There is nothing here")
        return await self.page("pages/not_found.html", title=title, status=404, item=item)

    def render_partial(self, template: str, **data: object) -> Markup:
        """Write a piece of a page that is large: put whole into the page, it costs half as much as an include."""
        return Markup(render(template, self.language, **self._always(), **data))  # noqa: S704 - a template wrote it

    def fragment(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **data: object
    ) -> Response[bytes]:
        """Answer with a piece of a page, for htmx to put into its place."""
        return html(self.request, render(template, self.language, **self._always(), **data), status, **(headers or {}))

    async def large_fragment(
        self, template: str, *, headers: Mapping[str, str] | None = None, **data: object
    ) -> Response[bytes]:
        """Answer with a piece of a page that may be large."""
        await self._share.turn()
        text = render(template, self.language, **self._always(), **data)
        return await large_html(self.request, text, 200, **(headers or {}))

    def redirect(self, path: str, **cookies: str) -> Response[None]:
        """Lead to another page after a form was done; an address of another site becomes the start."""
        answer: Response[None] = Response(None, status_code=303, headers=leading_to(own_path(path)))
        for name, value in cookies.items():
            answer.set_cookie(name.replace("_", "."), quote(value), max_age=31_536_000, samesite="lax", path="/")
        return answer

    @property
    def origin(self) -> str:
        """Name the site as the person opened it."""
        return AuthRequest(self.request).origin

    @property
    def address(self) -> str:
        """Return the path and the query of the request."""
        path, query = self.request.scope["path"], self.request.scope["query_string"].decode(errors="replace")
        return f"{path}?{query}" if query else path

    def _always(self) -> Values:
        return {"frame": self, "viewer": self.viewer, "actor": self.actor, "clock": self.clock, "theme": self.theme}


async def open_frame(request: HttpRequest) -> Frame:
    """Build the frame of a request.

    Without a valid session raises Unauthorized where a script asks, because the page around it stays; SignedOut where a
    form was sent from one of our pages; else SignInFirst. Raises Forbidden for a write that a foreign page made a
    browser send.
    """
    db: Database = request.app.state.database
    try:
        actor = await authenticate(request)
    except Unauthorized:
        if IN_PIECES in request.headers:
            raise
        raise await _signed_out(request) or _sign_in_first(request) from None
    return Frame(request, actor, db, await db.read(lambda tx: get_viewer(tx, actor)))


async def _signed_out(request: HttpRequest) -> SignedOut | None:
    """Keep the form that was sent; none that a foreign page made a browser send, none in which nothing is written."""
    if request.method == "GET":
        return None
    try:
        refuse_cross_site(request)
        form = await read_form(request)
    except (Forbidden, UnsupportedMediaType):
        return None
    kept = SignedOut(form.fields, came_from(request))
    return kept if any(map(any, kept.fields.values())) else None


def _sign_in_first(request: HttpRequest) -> SignInFirst:
    query = request.scope["query_string"].decode(errors="replace")
    here = request.scope["path"] + (f"?{query}" if query else "")
    back = here if request.method == "GET" else came_from(request)
    return SignInFirst(headers=leading_to(sign_in_address(back)))


def came_from(request: HttpRequest) -> str:
    """Return the page of ours that a form was on; where the header that says so is no address, the start."""
    try:
        parts = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def sign_in_address(way_back: str) -> str:
    """Name the page on which one signs in and is led on to another one of ours."""
    return f"{SIGN_IN_PAGE}?callbackUrl={quote(way_back, safe='')}"


def own_path(path: str) -> str:
    """Keep a path of our own site; anything else becomes the start."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own else "/"
