"""The workspace and its groups."""

from codimir.authorization.permissions import Permission
from codimir.database.core import Transaction
from codimir.groups import api as groups
from codimir.groups.queries import list_groups
from codimir.groups.schemas import GroupCreate, GroupListQuery, GroupUpdate
from codimir.http.requests import HttpResponse
from codimir.http.routing import get, post
from codimir.jobs.queries import list_jobs
from codimir.jobs.schemas import JobListQuery
from codimir.kit.values import Values
from codimir.web.form_state import NOTHING, Answer, FormState, parsed, redisplay_on_error
from codimir.web.forms import Form
from codimir.web.page_context import Frame
from codimir.web.pages.settings.layout import may, saved, settings_page
from codimir.workspaces import api as workspaces
from codimir.workspaces.queries import get_workspace
from codimir.workspaces.schemas import WorkspaceCreate, WorkspaceUpdate

PATH = "/settings/workspace"


@get(PATH)
async def get_present_workspace(frame: Frame) -> Answer:
    """Show the workspace that the person is in now."""
    return await _show(frame)


@post(PATH)
async def update_workspace(frame: Frame, form: Form) -> Answer:
    """Change the name or the slug of the workspace."""

    async def do() -> Answer:
        update = parsed(WorkspaceUpdate, name=form.get("name"), slug=form.get("slug"))
        await frame.call(workspaces.update_workspace, ref=frame.workspace_id or "", data=update)
        return saved(frame, PATH)

    return await redisplay_on_error(form, "workspace", do, lambda sent: _show(frame, sent))


@post("/settings/workspace/new")
async def create_workspace(frame: Frame, form: Form) -> Answer:
    """Make another workspace and go into it."""

    async def do() -> Answer:
        new = parsed(WorkspaceCreate, name=form.get("name"))
        made = await frame.call(workspaces.create_workspace, data=new)
        return saved(frame, PATH, "added", codimir_workspace=made.data.id)

    return await redisplay_on_error(form, "new", do, lambda sent: _show(frame, sent))


@post("/settings/workspace/delete")
async def delete_workspace(frame: Frame, form: Form) -> Answer:
    """Delete the workspace, in which nothing is left."""

    async def do() -> HttpResponse:
        await frame.call(workspaces.delete_workspace, ref=frame.workspace_id or "")
        return saved(frame, PATH, "deleted", codimir_workspace="")

    return await redisplay_on_error(form, "delete", do, lambda sent: _show(frame, sent))


@post("/settings/groups")
async def create_group(frame: Frame, form: Form) -> Answer:
    """Make a group."""

    async def do() -> Answer:
        description = form.get("description") or None
        new = parsed(GroupCreate, name=form.get("name"), description=description, workspaceId=frame.workspace_id)
        await frame.call(groups.create_group, data=new)
        return saved(frame, PATH, "added")

    return await redisplay_on_error(form, "group", do, lambda sent: _show(frame, sent))


@post("/settings/groups/{group_id:str}")
async def update_group(group_id: str, frame: Frame, form: Form) -> Answer:
    """Change the name or the description of a group."""

    async def do() -> Answer:
        update = parsed(GroupUpdate, name=form.get("name"), description=form.get("description") or None)
        await frame.call(groups.update_group, group_id=group_id, data=update)
        return saved(frame, PATH)

    return await redisplay_on_error(form, group_id, do, lambda sent: _show(frame, sent))


@post("/settings/groups/{group_id:str}/delete")
async def delete_group(group_id: str, frame: Frame) -> Answer:
    """Delete a group; its tickets stay."""
    await frame.call(groups.delete_group, group_id=group_id)
    return saved(frame, PATH, "deleted")


async def _show(frame: Frame, sent: FormState = NOTHING) -> Answer:
    workspace_id = frame.workspace_id
    if workspace_id is None:
        return await settings_page(frame, "workspace_none", frame.gettext("Workspace"), sent=sent)

    async def unit(tx: Transaction) -> Values:
        query = GroupListQuery(limit=100, workspace=(workspace_id,))
        found = await list_groups(tx, frame.actor, query)
        jobs = await list_jobs(tx, frame.actor, JobListQuery(limit=100, workspace=(workspace_id,)))
        return {"workspace": await get_workspace(tx, workspace_id), "groups": found.data, "jobs": jobs.data}

    return await settings_page(
        frame, "workspace", frame.gettext("Workspace"), sent=sent, **await frame.db.read(unit),
        may_edit=may(frame, Permission.WORKSPACE_EDIT), may_delete=may(frame, Permission.WORKSPACE_DELETE),
        may_group=may(frame, Permission.GROUP_CREATE),
    )  # fmt: skip


ROUTES = (
    get_present_workspace, update_workspace, create_workspace, delete_workspace, create_group, update_group,
    delete_group,
)  # fmt: skip
