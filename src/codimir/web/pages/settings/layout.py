"""What the pages of settings have in common: their navigation, their place, and who is shown them."""

from typing import Any, NamedTuple

from litestar import Response

from codimir.authorization.permissions import Permission, Scope, allows
from codimir.web.form_state import NOTHING, FormState
from codimir.web.page_context import Frame
from codimir.web.queries import RailProject
from codimir.web.standing import scope_of as scope_of_project

DONE, AT = "done", "at"
OF_THE_INSTANCE = ("instance", "people")
"""Pages of settings that only administrators of the instance see."""


class Section(NamedTuple):
    """A page of settings."""

    name: str
    path: str
    text: str
    symbol: str


class Part(NamedTuple):
    """Pages of settings about the same."""

    heading: str
    sections: list[Section]


async def settings_page(
    frame: Frame,
    name: str,
    title: str,
    *,
    section: str = "",
    sent: FormState = NOTHING,
    project: RailProject | None = None,
    **data: Any,
) -> Response[bytes]:
    """Answer with a page of settings; `sent` is the form that its problems are about, `section` its place."""
    return await frame.page(
        f"pages/settings/{name}.html", title=title, here="project-settings" if project else "settings", project=project,
        status=sent.status, sent=sent, section=section or name.partition("_")[0],
        parts=_of_project(frame, project) if project else _parts(frame),
        done=_asked(frame, DONE), done_at=_asked(frame, AT), **data,
    )  # fmt: skip


async def refused(frame: Frame, name: str, title: str, project: RailProject | None = None) -> Response[bytes]:
    """Answer that the person may not see a page of settings, and who may."""
    return await frame.page(
        "pages/settings/refused.html", title=title, here="project-settings" if project else "settings",
        project=project, status=403, sent=NOTHING, section=name, reason=_who_may(frame, name, project),
        parts=_of_project(frame, project) if project else _parts(frame), done="", done_at="",
    )  # fmt: skip


def _who_may(frame: Frame, name: str, project: RailProject | None) -> str:
    if project is not None:
        return frame.gettext("Only those who administer this project see this. One of them can change that.")
    if name in OF_THE_INSTANCE:
        return frame.gettext("Only administrators of the instance see this. One of them can change that.")
    return frame.gettext("Only those who administer this workspace see this. One of them can change that.")


def saved(frame: Frame, path: str, what: str = "saved", at: str = "", **cookies: str) -> Response[None]:
    """Lead back to a page after a form was done; the page says so, in its part `at` if one is named."""
    where = f"&{AT}={at}#{at}" if at else ""
    return frame.redirect(f"{path}?{DONE}={what}{where}", **cookies)


def _asked(frame: Frame, name: str) -> str:
    return str(frame.request.query_params.get(name, "")) if frame.request.method == "GET" else ""


def scope_of(frame: Frame) -> Scope | None:
    """Return the workspace that the person is in now."""
    return Scope(frame.workspace_id) if frame.workspace_id else None


def may(frame: Frame, permission: Permission, scope: Scope | None = None) -> bool:
    """Say whether the person may do something, in their workspace if no other place is named."""
    place = scope or scope_of(frame)
    return place is not None and allows(frame.actor, permission, place)


def page_of(frame: Frame) -> int:
    """Return the number of the page that is asked for; 1 for what is none."""
    asked = str(frame.request.query_params.get("page", "1"))
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1  # noqa: PLR2004


def _parts(frame: Frame) -> list[Part]:
    _ = frame.gettext
    own = [
        Section("profile", "/settings/profile", _("Profile"), "person"),
        Section("preferences", "/settings/preferences", _("Preferences"), "system"),
        Section("tokens", "/settings/tokens", _("Tokens"), "key"),
    ]
    instance = [
        Section("people", "/settings/people", _("People"), "people"),
        Section("instance", "/settings/instance", _("Instance"), "dashboard"),
    ]
    parts = [
        Part(_("You"), own),
        Part(_("Workspace"), _of_workspace(frame)),
        Part(_("Instance"), instance if frame.actor.is_admin else []),
    ]
    return [part for part in parts if part.sections]


def _of_project(frame: Frame, project: RailProject) -> list[Part]:
    _, path = frame.gettext, f"/settings/projects/{project.key}"
    sections = [
        Section("general", path, _("General"), "settings"),
        Section("members", f"{path}/members", _("Members"), "people"),
        Section("labels", f"{path}/labels", _("Labels"), "label"),
    ]
    if may(frame, Permission.PROJECT_EDIT, scope_of_project(project)):
        sections.append(Section("end", f"{path}/end", _("Archive or delete"), "trash"))
    workspace = Section("workspace", "/settings/workspace", _("Workspace settings"), "workspace")
    return [Part(project.name, sections), Part(_("Workspace"), [workspace])]


def _of_workspace(frame: Frame) -> list[Section]:
    _ = frame.gettext
    if frame.workspace_id is None:
        return [Section("workspace", "/settings/workspace", _("Workspace"), "workspace")]
    found = [
        Section("workspace", "/settings/workspace", _("General"), "workspace"),
        Section("members", "/settings/members", _("Members"), "people"),
        Section("labels", "/settings/labels", _("Labels"), "label"),
        Section("trash", "/settings/trash", _("Trash"), "trash"),
    ]
    if may(frame, Permission.WEBHOOK_MANAGE):
        found.insert(3, Section("webhooks", "/settings/webhooks", _("Webhooks"), "webhook"))
    if may(frame, Permission.LOG_READ):
        found.append(Section("audit", "/settings/audit", _("Audit"), "eye"))
    return found
