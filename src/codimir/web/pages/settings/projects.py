"""The settings of a project: what it is called, who is in it, its labels, its end."""

from codimir.authorization.permissions import Permission, Scope
from codimir.database.core import Transaction
from codimir.http.paging import PageQuery
from codimir.http.routing import get, post
from codimir.kit.values import Values
from codimir.labels import api as labels
from codimir.labels.queries import list_labels
from codimir.labels.schemas import LabelCreate, LabelListQuery, LabelUpdate
from codimir.members import api as members
from codimir.members.queries import list_addable, list_members
from codimir.members.schemas import MemberAdd, MemberChange
from codimir.model.enums import ROLES
from codimir.model.schemas import Person
from codimir.projects import api as projects
from codimir.projects.queries import get_project, get_visible_project
from codimir.projects.schemas import ProjectUpdate
from codimir.web.form_state import NOTHING, Answer, FormState, parsed, redisplay_on_error
from codimir.web.forms import Form
from codimir.web.page_context import Frame
from codimir.web.pages.settings.labels import PALETTE, color_of, next_color
from codimir.web.pages.settings.layout import may, page_of, refused, saved, settings_page
from codimir.web.queries import RailProject
from codimir.web.standing import scope_of

BASE = "/settings/projects/{key:str}"


@get(BASE)
async def get_project_settings(key: str, frame: Frame) -> Answer:
    """Show what a project is called and who sees it."""
    return await _show(frame, await frame.project(key))


@get("/settings/projects/{key:str}/members")
async def get_members(key: str, frame: Frame) -> Answer:
    """Show who is in a project, and who can be added to it."""
    return await _show(frame, await frame.project(key), "members")


@get("/settings/projects/{key:str}/labels")
async def get_labels(key: str, frame: Frame) -> Answer:
    """Show the labels of a project."""
    return await _show(frame, await frame.project(key), "labels")


@get("/settings/projects/{key:str}/end")
async def get_end(key: str, frame: Frame) -> Answer:
    """Show how a project is archived or deleted, to who may do that."""
    project = await frame.project(key)
    if not may(frame, Permission.PROJECT_EDIT, scope_of(project)):
        return await refused(frame, "end", project.name, project)
    return await _show(frame, project, "end")


@post(BASE)
async def update_project(key: str, frame: Frame, form: Form) -> Answer:
    """Change what a project is called, its key, and who sees it."""
    project = await frame.project(key)

    async def do() -> Answer:
        given = {name: form.get(name) for name in ("name", "key", "visibility")}
        policy = form.get("joinPolicy") or "invite_only"
        update = parsed(ProjectUpdate, description=form.get("description") or None, joinPolicy=policy, **given)
        changed = await frame.call(projects.update_project, ref=project.id, data=update)
        return saved(frame, f"/settings/projects/{changed.data.key}")

    return await redisplay_on_error(form, "project", do, lambda sent: _show(frame, project, "general", sent))


@post("/settings/projects/{key:str}/status")
async def change_project_status(key: str, frame: Frame, form: Form) -> Answer:
    """Archive a project, or let it be active again."""
    project = await frame.project(key)

    async def do() -> Answer:
        update = parsed(ProjectUpdate, status=form.get("status"))
        await frame.call(projects.update_project, ref=project.id, data=update)
        return saved(frame, f"{_path(project)}/end")

    return await redisplay_on_error(form, "end", do, lambda sent: _show(frame, project, "end", sent))


@post("/settings/projects/{key:str}/delete")
async def delete_project(key: str, frame: Frame, form: Form) -> Answer:
    """Move a project to the trash."""
    project = await frame.project(key)

    async def do() -> Answer:
        await frame.call(projects.delete_project, ref=project.id)
        return frame.redirect("/projects?done=trashed")

    return await redisplay_on_error(form, "end", do, lambda sent: _show(frame, project, "end", sent))


@post("/settings/projects/{key:str}/members")
async def add_member(key: str, frame: Frame, form: Form) -> Answer:
    """Take someone of the workspace into a project."""
    project = await frame.project(key)

    async def do() -> Answer:
        named = {"userId": form.get("userId")} if form.get("userId") else {"email": form.get("email")}
        new = parsed(MemberAdd, role=form.get("role"), **named)
        await frame.call(members.add_project_member, ref=project.id, data=new)
        return saved(frame, f"{_path(project)}/members", "added")

    return await redisplay_on_error(form, "member", do, lambda sent: _show(frame, project, "members", sent))


@post("/settings/projects/{key:str}/members/{user_id:str}")
async def change_member(key: str, user_id: str, frame: Frame, form: Form) -> Answer:
    """Make a member of a project more or less than they were."""
    project = await frame.project(key)

    async def do() -> Answer:
        change = parsed(MemberChange, role=form.get("role"))
        await frame.call(members.change_project_member, ref=project.id, user_id=user_id, data=change)
        return saved(frame, f"{_path(project)}/members")

    return await redisplay_on_error(form, "members", do, lambda sent: _show(frame, project, "members", sent))


@post("/settings/projects/{key:str}/members/{user_id:str}/remove")
async def remove_member(key: str, user_id: str, frame: Frame, form: Form) -> Answer:
    """Take someone out of a project, or leave it."""
    project = await frame.project(key)

    async def do() -> Answer:
        await frame.call(members.remove_project_member, ref=project.id, user_id=user_id)
        if user_id == frame.actor.id:
            return saved(frame, "/projects", "removed")
        return saved(frame, f"{_path(project)}/members", "removed")

    return await redisplay_on_error(form, "members", do, lambda sent: _show(frame, project, "members", sent))


@post("/settings/projects/{key:str}/labels")
async def create_label(key: str, frame: Frame, form: Form) -> Answer:
    """Make a label of a project."""
    project = await frame.project(key)

    async def do() -> Answer:
        new = parsed(LabelCreate, name=form.get("name"), color=color_of(form), projectId=project.id)
        await frame.call(labels.create_label, data=new)
        return saved(frame, f"{_path(project)}/labels", "added")

    return await redisplay_on_error(form, "label", do, lambda sent: _show(frame, project, "labels", sent))


@post("/settings/projects/{key:str}/labels/{label_id:str}")
async def update_label(key: str, label_id: str, frame: Frame, form: Form) -> Answer:
    """Change a label of a project."""
    project = await frame.project(key)

    async def do() -> Answer:
        update = parsed(LabelUpdate, name=form.get("name"), color=color_of(form))
        await frame.call(labels.update_label, label_id=label_id, data=update)
        return saved(frame, f"{_path(project)}/labels")

    return await redisplay_on_error(form, label_id, do, lambda sent: _show(frame, project, "labels", sent))


@post("/settings/projects/{key:str}/labels/{label_id:str}/delete")
async def delete_label(key: str, label_id: str, frame: Frame) -> Answer:
    """Delete a label of a project."""
    project = await frame.project(key)
    await frame.call(labels.delete_label, label_id=label_id)
    return saved(frame, f"{_path(project)}/labels", "deleted")


async def _show(frame: Frame, project: RailProject, section: str = "general", sent: FormState = NOTHING) -> Answer:
    paging = PageQuery(page=page_of(frame), limit=50)

    async def unit(tx: Transaction) -> Values:
        found = await get_visible_project(tx, frame.actor, project.id)
        own = LabelListQuery(limit=100, workspace=(project.workspace_id,), project=project.id)
        return {
            "scope": found.scope,
            "about": await get_project(tx, project.id),
            "members": await list_members(tx, found.scope, paging),
            "addable": await _addable(tx, frame, found.scope),
            "labels": [label for label in (await list_labels(tx, frame.actor, own)).data if label.project_id],
        }

    shown = await frame.db.read(unit)
    shown["color"] = next_color(shown["labels"])
    scope = shown.pop("scope")
    owns = may(frame, Permission.OWNER_MANAGE, scope)
    return await settings_page(
        frame, "project", project.name, section=section, sent=sent, project=project, **shown, palette=PALETTE,
        may_edit=may(frame, Permission.PROJECT_EDIT, scope), may_delete=may(frame, Permission.PROJECT_DELETE, scope),
        may_manage=may(frame, Permission.MEMBER_MANAGE, scope), may_label=may(frame, Permission.LABEL_CREATE, scope),
        roles_given=ROLES if owns else ROLES[1:],
    )  # fmt: skip


async def _addable(tx: Transaction, frame: Frame, scope: Scope) -> list[Person]:
    """Return the people of the workspace who can be added to a project, where the person may add them."""
    return await list_addable(tx, scope) if may(frame, Permission.MEMBER_MANAGE, scope) else []


def _path(project: RailProject) -> str:
    return f"/settings/projects/{project.key}"


ROUTES = (
    get_project_settings, get_members, get_labels, get_end, update_project, change_project_status, delete_project,
    add_member, change_member, remove_member, create_label, update_label, delete_label,
)  # fmt: skip
