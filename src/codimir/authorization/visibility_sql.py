"""SQL conditions that keep every read inside what the actor may see."""

import sqlalchemy as sa

from codimir.database.expressions import AnyColumn, AnySelect
from codimir.database.statements import hide_from_planner, is_any_of
from codimir.model.events import events
from codimir.model.projects import project_members, projects, published_projects
from codimir.model.users import users
from codimir.model.workspaces import workspace_members


def visible_projects(*columns: AnyColumn, named: bool = False, in_trash: bool | None = False) -> AnySelect:
    """Select from the live projects that `actor_id` sees in the workspaces bound as `workspaces`.

    `named` says that a condition names a few of them, which SQLite shall find first. `in_trash` asks for those in
    the trash instead, and None for all.
    """
    found = _projects_with_roles(*(columns or (projects.c.id,)), named=named)
    return found.where(*_in_trash(in_trash), sa.or_(projects.c.visibility == "public", *_is_inside()))


def was_private(place: sa.ColumnElement[str], then: AnyColumn) -> sa.ColumnElement[bool]:
    """Build the condition that a project was private then, to who sees it only because it was made public since.

    `place` names the project, or a workspace, which never is. `then` is a moment, or the version of an event.
    """
    inside = _projects_with_roles(projects.c.id).where(sa.or_(*_is_inside()))
    published = published_projects.c
    since = published.version if isinstance(then.type, sa.BigInteger) else published.published_at
    return sa.exists().where(published.project_id == place, since > then, published.project_id.not_in(inside))


def _projects_with_roles(*columns: AnyColumn, named: bool = False) -> AnySelect:
    """Select from the projects of the workspaces bound as `workspaces`, joined with what `actor_id` is in each."""
    member, in_project = workspace_members, project_members
    workspace = hide_from_planner(projects.c.workspace_id) if named else projects.c.workspace_id
    source = projects.join(
        member, (member.c.workspace_id == workspace) & (member.c.user_id == sa.bindparam("actor_id"))
    ).outerjoin(
        in_project, (in_project.c.project_id == projects.c.id) & (in_project.c.user_id == sa.bindparam("actor_id"))
    )
    return sa.select(*columns).select_from(source).where(is_any_of(workspace, "workspaces"))


def _is_inside() -> "tuple[sa.ColumnElement[bool], ...]":
    return (
        workspace_members.c.role == "OWNER",
        workspace_members.c.role == "ADMIN",
        project_members.c.user_id.is_not(None),
    )


def _in_trash(wanted: bool | None) -> "list[sa.ColumnElement[bool]]":  # noqa: FBT001 - handed on
    if wanted is None:
        return []
    return [projects.c.deleted_at.is_not(None) if wanted else projects.c.deleted_at.is_(None)]


def former_members(named: "sa.ColumnElement[bool]") -> "sa.Select[tuple[str]]":
    """Select who was removed from one of the workspaces bound as `workspaces`; `named` narrows them down."""
    return sa.select(events.c.subject_id).where(
        named, events.c.type == sa.literal_column("'member.removed'"), is_any_of(events.c.workspace_id, "workspaces")
    )


def visible_containers(*, in_trash: bool | None = False) -> "sa.CompoundSelect[tuple[str]]":
    """Select the places whose tickets the actor sees: projects, and workspaces for the tickets without a project.

    `in_trash` says which projects, as in `visible_projects`.
    """
    own = sa.select(workspace_members.c.workspace_id).where(
        workspace_members.c.user_id == sa.bindparam("actor_id"),
        is_any_of(workspace_members.c.workspace_id, "workspaces"),
    )
    return visible_projects(in_trash=in_trash).union_all(own)


def administers(person: AnyColumn, workspace_id: AnyColumn, project_id: AnyColumn) -> sa.ColumnElement[bool]:
    """Hold where a person is an administrator now: of a workspace, of a project of it if one is named, or of all.

    The same as `allows` says in Python of what takes the role ADMIN. What is inside refers to the outermost statement,
    which SQLAlchemy does by itself for one level only.
    """
    who, member, in_project = users.alias(), workspace_members.alias(), project_members.alias()
    project_role = sa.select(in_project.c.role).where(
        in_project.c.user_id == person,
        in_project.c.project_id == project_id,
        sa.or_(in_project.c.role == "OWNER", in_project.c.role == "ADMIN"),
    )
    membership = sa.select(member.c.user_id).where(
        member.c.user_id == person,
        member.c.workspace_id == workspace_id,
        sa.or_(member.c.role == "OWNER", member.c.role == "ADMIN", project_role.exists().correlate_except(in_project)),
    )
    return (
        sa.select(who.c.id)
        .where(
            who.c.id == person,
            who.c.disabled_at.is_(None),
            sa.or_(
                who.c.role == "ADMIN", sa.and_(who.c.role != "VIEWER", membership.exists().correlate_except(member))
            ),
        )
        .exists()
        .correlate_except(who)
    )
