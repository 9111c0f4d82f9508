"""Set up an empty instance, once."""

from codimir.accounts.setup.schemas import InstanceReady, InstanceSetup
from codimir.authentication.links import Link, LinkExpired, get_link, make_link, use_link, withdraw_links
from codimir.database.core import Transaction
from codimir.users.actions import create_user
from codimir.users.queries import get_person, is_administered
from codimir.workspaces.actions import add_workspace_member, create_workspace
from codimir.workspaces.queries import find_workspace_ids, get_workspace


async def offer_setup(tx: Transaction) -> str | None:
    """Create the one link that sets up an instance and return its token; None where it has an administrator."""
    await withdraw_links(tx, "setup")
    if await is_administered(tx):
        return None
    token, _ = await make_link(tx, "setup")
    return token


async def get_setup(tx: Transaction, token: str) -> Link:
    """Look at a link that sets up this instance.

    Raises LinkExpired where it is not valid, or where there is an administrator already.
    """
    link = await get_link(tx, "setup", token)
    if await is_administered(tx):
        raise LinkExpired
    return link


async def set_up(tx: Transaction, token: str, setup: InstanceSetup, password_hash: str) -> InstanceReady:
    """Create the first administrator and the workspace that they own; what was there before, as a demo, is theirs too.

    Raises LinkExpired where the link is not valid, or where there is an administrator already.
    """
    await use_link(tx, "setup", token)
    if await is_administered(tx):
        raise LinkExpired
    user_id = await create_user(tx, setup.email, setup.name, "ADMIN", password_hash)
    workspace_id = await create_workspace(tx, user_id, setup.workspace_name)
    for other in await find_workspace_ids(tx):
        if other != workspace_id:
            await add_workspace_member(tx, None, other, user_id, "OWNER")
    return InstanceReady(await get_person(tx, user_id), await get_workspace(tx, workspace_id))
