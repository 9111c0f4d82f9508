"""All projects, and a new one."""

from contextlib import suppress

from codimir.authorization.permissions import Permission, Scope, allows
from codimir.database.core import Transaction
from codimir.http.routing import get, post
from codimir.http.validation import Query
from codimir.members import api as members
from codimir.members.actions import AlreadyMember
from codimir.model.keys import is_project_key
from codimir.projects import api as projects
from codimir.projects.keys import key_from
from codimir.projects.queries import keys_in, list_projects
from codimir.projects.schemas import ProjectCreate, ProjectListQuery
from codimir.web.addresses import Address
from codimir.web.form_state import NOTHING, Answer, FormState, parsed, redisplay_on_error
from codimir.web.forms import Form
from codimir.web.page_context import Frame


class ProjectsQuery(ProjectListQuery, frozen=True):
    """The filters of the API, and what was just done."""

    done: str | None = None


class KeyQuery(Query, frozen=True):
    """What a new project is to be called."""

    name: str = ""
    key: str = ""
    description: str = ""
    visibility: str = ""
    joinPolicy: str = ""  # noqa: N815 - the name of the field of the form


@get("/projects")
async def list_all_projects(frame: Frame, query: ProjectsQuery) -> Answer:
    """Show the projects that the person sees."""
    found = await frame.db.read(lambda tx: list_projects(tx, frame.actor, query))
    at = Address.of(frame.request.scope["path"], frame.request.scope["query_string"])
    return await frame.page(
        "pages/projects.html", title=frame.gettext("Projects"), here="projects", projects=found.data,
        pagination=found.pagination, query=query, at=at.without("done"), may_create=_may_create(frame),
    )  # fmt: skip


@get("/projects/new")
async def get_new_project(frame: Frame) -> Answer:
    """Ask what a new project is called."""
    return await _ask(frame)


@get("/projects/key")
async def suggest_key(frame: Frame, query: KeyQuery) -> Answer:
    """Say which key a project of a name gets."""
    return frame.fragment("pages/projects_key.html", key=await _key(frame, query.name, query.key))


@post("/projects")
async def create_project(frame: Frame, form: Form) -> Answer:
    """Make a project and go to it."""

    async def do() -> Answer:
        new = parsed(
            ProjectCreate, name=form.get("name"), key=form.get("key") or None, visibility=form.get("visibility"),
            joinPolicy=form.get("joinPolicy") or "invite_only",
            description=form.get("description") or None, workspaceId=frame.workspace_id,
        )  # fmt: skip
        made = await frame.call(projects.create_project, data=new)
        return frame.redirect(f"/projects/{made.data.key}/list")

    return await redisplay_on_error(form, "project", do, lambda sent: _ask(frame, sent))


@post("/projects/{key:str}/join", scope="admin")
async def join_project(key: str, frame: Frame, form: Form) -> Answer:
    """Become a member of a project, and go on where one was."""
    project = await frame.project(key)
    with suppress(AlreadyMember):
        await frame.call(members.join_project, ref=project.id)
    return frame.redirect(form.get("back") or f"/projects/{project.key}/board")


async def _ask(frame: Frame, sent: FormState = NOTHING) -> Answer:
    title = frame.gettext("New project")
    return await frame.page("pages/project_new.html", title=title, here="projects", sent=sent, status=sent.status)


async def _key(frame: Frame, name: str, wanted: str) -> str | None:
    if wanted.strip():
        asked = wanted.strip().upper()
        return asked if is_project_key(asked) else None
    workspace_id = frame.workspace_id
    if workspace_id is None or not name.strip():
        return None

    async def unit(tx: Transaction) -> str:
        return key_from(name, await keys_in(tx, workspace_id))

    return await frame.db.read(unit)


def _may_create(frame: Frame) -> bool:
    place = frame.workspace_id
    return place is not None and allows(frame.actor, Permission.PROJECT_CREATE, Scope(place))


ROUTES = (list_all_projects, get_new_project, suggest_key, create_project, join_project)
