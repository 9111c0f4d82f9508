"""The routes of members, of workspaces and of projects."""

from codimir.authorization.actor import Actor
from codimir.http.paging import Data, Page, PageQuery
from codimir.http.routing import AnyRoute, Created, ReadTx, WriteTx, delete, get, post, put
from codimir.members import membership
from codimir.members.membership import get_offboarding, of_project, of_workspace
from codimir.members.schemas import Member, MemberAdd, MemberChange
from codimir.offboarding.schemas import Offboarding
from codimir.projects.paths import in_both_numbers
from codimir.projects.queries import get_visible_project
from codimir.workspaces.queries import get_visible_workspace


@get("/api/project/{ref:str}/members")
async def list_project_members(tx: ReadTx, actor: Actor, ref: str, query: PageQuery) -> Page[Member]:
    """List the members of a project, the owners first."""
    return await of_project.list(tx, actor, ref, query)


@post("/api/project/{ref:str}/members", scope="admin")
async def add_project_member(tx: WriteTx, actor: Actor, ref: str, data: MemberAdd) -> Created[Member]:
    """Make someone of the workspace a member of a project; its administrators may, and owners name owners."""
    project_id, member = await of_project.add(tx, actor, ref, data)
    return Created(member, f"/api/project/{project_id}/members/{member.user_id}")


@post("/api/project/{ref:str}/join", scope="admin")
async def join_project(tx: WriteTx, actor: Actor, ref: str) -> Created[Member]:
    """Make yourself a member of a public project whose `joinPolicy` is `open`.

    Members of its workspace may; who only reads may not. You become a MEMBER and can create and edit tickets there.
    """
    project_id, member = await membership.join_project(tx, actor, ref)
    return Created(member, f"/api/project/{project_id}/members/{member.user_id}")


@get("/api/project/{ref:str}/members/{user_id:str}")
async def get_project_member(tx: ReadTx, actor: Actor, ref: str, user_id: str) -> Data[Member]:
    """Get a member of a project."""
    return Data(await of_project.get(tx, actor, ref, user_id))


@put("/api/project/{ref:str}/members/{user_id:str}", scope="admin")
async def change_project_member(tx: WriteTx, actor: Actor, ref: str, user_id: str, data: MemberChange) -> Data[Member]:
    """Change the role of a member of a project; the last owner stays one."""
    return Data(await of_project.change(tx, actor, ref, user_id, data))


@delete("/api/project/{ref:str}/members/{user_id:str}", scope="admin")
async def remove_project_member(tx: WriteTx, actor: Actor, ref: str, user_id: str) -> None:
    """Remove a member of a project, or leave it yourself; the last owner cannot.

    Webhooks that they answered for wait until another administrator resumes them.
    """
    await of_project.remove(tx, actor, ref, user_id)


@get("/api/project/{ref:str}/members/{user_id:str}/offboarding")
async def get_project_offboarding(tx: ReadTx, actor: Actor, ref: str, user_id: str) -> Data[Offboarding]:
    """Say what ends when a member leaves a project: webhooks that they answer for are paused.

    They wait until another administrator resumes them.
    """
    return Data(await get_offboarding(tx, actor, (await get_visible_project(tx, actor, ref)).scope, user_id))


@get("/api/workspaces/{ref:str}/members")
async def list_workspace_members(tx: ReadTx, actor: Actor, ref: str, query: PageQuery) -> Page[Member]:
    """List the people of a workspace, the owners first."""
    return await of_workspace.list(tx, actor, ref, query)


@post("/api/workspaces/{ref:str}/members", scope="admin")
async def add_workspace_member(tx: WriteTx, actor: Actor, ref: str, data: MemberAdd) -> Created[Member]:
    """Make someone whom you know from another workspace a member of this one; others are invited."""
    workspace_id, member = await of_workspace.add(tx, actor, ref, data)
    return Created(member, f"/api/workspaces/{workspace_id}/members/{member.user_id}")


@get("/api/workspaces/{ref:str}/members/{user_id:str}")
async def get_workspace_member(tx: ReadTx, actor: Actor, ref: str, user_id: str) -> Data[Member]:
    """Get a member of a workspace."""
    return Data(await of_workspace.get(tx, actor, ref, user_id))


@put("/api/workspaces/{ref:str}/members/{user_id:str}", scope="admin")
async def change_workspace_member(
    tx: WriteTx, actor: Actor, ref: str, user_id: str, data: MemberChange
) -> Data[Member]:
    """Change the role of a member of a workspace; the last owner stays one."""
    return Data(await of_workspace.change(tx, actor, ref, user_id, data))


@delete("/api/workspaces/{ref:str}/members/{user_id:str}", scope="admin")
async def remove_workspace_member(tx: WriteTx, actor: Actor, ref: str, user_id: str) -> None:
    """Remove someone from a workspace and its projects, or leave it yourself; the last owner cannot.

    Their invitations are withdrawn, and webhooks that they answered for wait until another administrator resumes them.
    """
    await of_workspace.remove(tx, actor, ref, user_id)


@get("/api/workspaces/{ref:str}/members/{user_id:str}/offboarding")
async def get_workspace_offboarding(tx: ReadTx, actor: Actor, ref: str, user_id: str) -> Data[Offboarding]:
    """Say what ends when someone leaves a workspace, and in part when they become less.

    Invitations that they sent are withdrawn, API tokens that are bound to the workspace revoked, and webhooks that they
    answer for paused until another administrator resumes them.
    """
    return Data(await get_offboarding(tx, actor, (await get_visible_workspace(tx, actor, ref)).scope, user_id))


ROUTES: tuple[AnyRoute, ...] = (
    *in_both_numbers(
        list_project_members,
        add_project_member,
        join_project,
        get_project_member,
        change_project_member,
        remove_project_member,
        get_project_offboarding,
    ),
    get_workspace_offboarding,
    list_workspace_members,
    add_workspace_member,
    get_workspace_member,
    change_workspace_member,
    remove_workspace_member,
)
