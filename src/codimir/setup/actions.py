"""Set up an empty instance, once."""

from codimir.database.core import Transaction
from codimir.links.actions import Link, LinkGone, get_link, make_link, use_link, withdraw_links
from codimir.setup.schemas import InstanceReady, InstanceSetup
from codimir.users.actions import create_user
from codimir.users.queries import get_person, is_anyone_there
from codimir.workspaces.actions import create_workspace
from codimir.workspaces.queries import get_workspace


async def offer_setup(tx: Transaction) -> str | None:
    """Make the one link that sets up an empty instance and give its token; None where somebody is there already."""
    await withdraw_links(tx, "setup")
    if await is_anyone_there(tx):
        return None
    token, _ = await make_link(tx, "setup")
    return token


async def get_setup(tx: Transaction, token: str) -> Link:
    """Look at a link that sets up this instance.

    Raises LinkGone where it is not valid, or where somebody is there already.
    """
    link = await get_link(tx, "setup", token)
    if await is_anyone_there(tx):
        raise LinkGone
    return link


async def set_up(tx: Transaction, token: str, setup: InstanceSetup, password_hash: str) -> InstanceReady:
    """Make the first administrator and the workspace that they own.

    Raises LinkGone where the link is not valid, or where somebody is there already.
    """
    await use_link(tx, "setup", token)
    if await is_anyone_there(tx):
        raise LinkGone
    user_id = await create_user(tx, setup.email, setup.name, "ADMIN", password_hash)
    workspace_id = await create_workspace(tx, user_id, setup.workspace_name)
    return InstanceReady(await get_person(tx, user_id), await get_workspace(tx, workspace_id))
