"""The routes of members, of workspaces and of projects."""

from codimir.access.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.http.paging import Data, Page, PageQuery
from codimir.http.routing import Created, delete, get, post, put
from codimir.members import actions, queries
from codimir.members.schemas import Member, MemberAdd, MemberChange
from codimir.projects.paths import in_both_numbers
from codimir.projects.queries import get_visible_project
from codimir.workspaces.queries import get_visible_workspace


@get("/api/project/{ref:str}/members")
async def list_project_members(ref: str, query: PageQuery, actor: Actor, db: Database) -> Page[Member]:
    """List the members of a project, the owners first."""

    async def unit(tx: Transaction) -> Page[Member]:
        found = await get_visible_project(tx, actor, ref)
        return await queries.list_members(tx, found.scope, query)

    return await db.read(unit)


@post("/api/project/{ref:str}/members", scope="admin")
async def add_project_member(ref: str, data: MemberAdd, actor: Actor, db: Database) -> Created[Member]:
    """Make someone of the workspace a member of a project; its administrators may, and owners name owners."""

    async def unit(tx: Transaction) -> tuple[str, Member]:
        found = await get_visible_project(tx, actor, ref, lock=True)
        user_id = await actions.add_member(tx, actor, found.scope, data)
        return found.project.id, await queries.get_member(tx, found.scope, user_id)

    project_id, member = await db.write(unit)
    return Created(member, f"/api/project/{project_id}/members/{member.user_id}")


@get("/api/project/{ref:str}/members/{user_id:str}")
async def get_project_member(ref: str, user_id: str, actor: Actor, db: Database) -> Data[Member]:
    """Get a member of a project."""

    async def unit(tx: Transaction) -> Member:
        found = await get_visible_project(tx, actor, ref)
        return await queries.get_member(tx, found.scope, user_id)

    return Data(await db.read(unit))


@put("/api/project/{ref:str}/members/{user_id:str}", scope="admin")
async def change_project_member(ref: str, user_id: str, data: MemberChange, actor: Actor, db: Database) -> Data[Member]:
    """Change the role of a member of a project; the last owner stays one."""

    async def unit(tx: Transaction) -> Member:
        found = await get_visible_project(tx, actor, ref, lock=True)
        member = await queries.get_member(tx, found.scope, user_id)
        await actions.change_role(tx, actor, found.scope, member, data.role)
        return await queries.get_member(tx, found.scope, user_id)

    return Data(await db.write(unit))


@delete("/api/project/{ref:str}/members/{user_id:str}", scope="admin")
async def remove_project_member(ref: str, user_id: str, actor: Actor, db: Database) -> None:
    """Remove a member of a project, or leave it yourself; the last owner cannot."""

    async def unit(tx: Transaction) -> None:
        found = await get_visible_project(tx, actor, ref, lock=True)
        member = await queries.get_member(tx, found.scope, user_id)
        await actions.remove_member(tx, actor, found.scope, member)

    await db.write(unit)


@get("/api/workspaces/{ref:str}/members")
async def list_workspace_members(ref: str, query: PageQuery, actor: Actor, db: Database) -> Page[Member]:
    """List the people of a workspace, the owners first."""

    async def unit(tx: Transaction) -> Page[Member]:
        found = await get_visible_workspace(tx, actor, ref)
        return await queries.list_members(tx, found.scope, query)

    return await db.read(unit)


@post("/api/workspaces/{ref:str}/members", scope="admin")
async def add_workspace_member(ref: str, data: MemberAdd, actor: Actor, db: Database) -> Created[Member]:
    """Make someone whom you know from another workspace a member of this one; others are invited."""

    async def unit(tx: Transaction) -> tuple[str, Member]:
        found = await get_visible_workspace(tx, actor, ref, lock=True)
        user_id = await actions.add_member(tx, actor, found.scope, data)
        return found.workspace.id, await queries.get_member(tx, found.scope, user_id)

    workspace_id, member = await db.write(unit)
    return Created(member, f"/api/workspaces/{workspace_id}/members/{member.user_id}")


@get("/api/workspaces/{ref:str}/members/{user_id:str}")
async def get_workspace_member(ref: str, user_id: str, actor: Actor, db: Database) -> Data[Member]:
    """Get a member of a workspace."""

    async def unit(tx: Transaction) -> Member:
        found = await get_visible_workspace(tx, actor, ref)
        return await queries.get_member(tx, found.scope, user_id)

    return Data(await db.read(unit))


@put("/api/workspaces/{ref:str}/members/{user_id:str}", scope="admin")
async def change_workspace_member(
    ref: str, user_id: str, data: MemberChange, actor: Actor, db: Database
) -> Data[Member]:
    """Change the role of a member of a workspace; the last owner stays one."""

    async def unit(tx: Transaction) -> Member:
        found = await get_visible_workspace(tx, actor, ref, lock=True)
        member = await queries.get_member(tx, found.scope, user_id)
        await actions.change_role(tx, actor, found.scope, member, data.role)
        return await queries.get_member(tx, found.scope, user_id)

    return Data(await db.write(unit))


@delete("/api/workspaces/{ref:str}/members/{user_id:str}", scope="admin")
async def remove_workspace_member(ref: str, user_id: str, actor: Actor, db: Database) -> None:
    """Remove someone from a workspace and its projects, or leave it yourself; the last owner cannot."""

    async def unit(tx: Transaction) -> None:
        found = await get_visible_workspace(tx, actor, ref, lock=True)
        member = await queries.get_member(tx, found.scope, user_id)
        await actions.remove_member(tx, actor, found.scope, member)

    await db.write(unit)


ROUTES = (
    *in_both_numbers(
        list_project_members, add_project_member, get_project_member, change_project_member, remove_project_member
    ),
    list_workspace_members,
    add_workspace_member,
    get_workspace_member,
    change_workspace_member,
    remove_workspace_member,
)
