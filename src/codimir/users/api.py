"""The routes of people: oneself, and for the administration of the instance everyone."""

from codimir.authorization.actor import Actor
from codimir.http.paging import Data, Page
from codimir.http.routing import Created, LongReadTx, ReadTx, WriteTx, get, post, put
from codimir.offboarding.queries import get_started
from codimir.offboarding.schemas import Offboarding
from codimir.tickets.schemas import PeriodQuery
from codimir.users import actions, activity, administration, profiles
from codimir.users.profiles import UserStats
from codimir.users.schemas import (
    Activity,
    ActivityQuery,
    Preferences,
    PreferencesUpdate,
    Profile,
    ProfileQuery,
    ProfileUpdate,
    UserAccount,
    UserCreate,
    UserListQuery,
    UserUpdate,
)


@get("/api/user/profile")
async def get_profile(tx: ReadTx, actor: Actor, query: ProfileQuery) -> Data[Profile]:
    """Get your profile."""
    return Data(await profiles.get_profile(tx, actor, counts=query.counts))


@put("/api/user/profile", scope="admin")
async def update_profile(tx: WriteTx, actor: Actor, data: ProfileUpdate) -> Data[Profile]:
    """Change the fields that are given; an absent field keeps its value, null clears it."""
    await actions.update_profile(tx, actor, data)
    return Data(await profiles.get_profile(tx, actor))


@get("/api/user/preferences")
async def get_preferences(tx: ReadTx, actor: Actor) -> Data[Preferences]:
    """Get your preferences."""
    return Data(await profiles.get_preferences(tx, actor.id))


@put("/api/user/preferences", scope="admin")
async def update_preferences(tx: WriteTx, actor: Actor, data: PreferencesUpdate) -> Data[Preferences]:
    """Change the preferences that are given; an absent one keeps its value."""
    await actions.update_preferences(tx, actor, data)
    return Data(await profiles.get_preferences(tx, actor.id))


@get("/api/user/stats")
async def get_user_statistics(tx: LongReadTx, actor: Actor, query: PeriodQuery) -> Data[UserStats]:
    """Count the tickets that are given to you, and your comments and the minutes that you logged."""
    return Data(await profiles.get_user_statistics(tx, actor, query.period))


@get("/api/user/activity")
async def list_activity(tx: LongReadTx, actor: Actor, query: ActivityQuery) -> Page[Activity]:
    """List what you did, the last first; what you may no longer see is left out."""
    return await activity.list_activity(tx, actor, query)


@get("/api/users", scope="admin")
async def list_users(tx: ReadTx, actor: Actor, query: UserListQuery) -> Page[UserAccount]:
    """List everyone, by e-mail; for administrators of the instance."""
    administration.require_administrator(actor)
    return await administration.list_users(tx, query)


@post("/api/users", scope="admin")
async def create_user(tx: WriteTx, actor: Actor, data: UserCreate) -> Created[UserAccount]:
    """Create a person, who is in no workspace yet; for administrators of the instance."""
    administration.require_administrator(actor)
    account = await administration.get_user(tx, await administration.add_user(tx, data))
    return Created(account, f"/api/users/{account.id}")


@get("/api/users/{user_id:str}", scope="admin")
async def get_user(tx: ReadTx, actor: Actor, user_id: str) -> Data[UserAccount]:
    """Get a person; for administrators of the instance."""
    administration.require_administrator(actor)
    return Data(await administration.get_user(tx, user_id))


@put("/api/users/{user_id:str}", scope="admin")
async def update_user(tx: WriteTx, actor: Actor, user_id: str, data: UserUpdate) -> Data[UserAccount]:
    """Change what someone may do on the instance, or disable them; for administrators of the instance.

    Who is disabled is refused from the next request on, and their API tokens are revoked for good. What they started
    and may no longer do ends: invitations and links are withdrawn, webhooks paused. The last administrator stays one.
    """
    administration.require_administrator(actor)
    account = await administration.get_user(tx, user_id, lock=True)
    await administration.update_user(tx, actor, account, data)
    return Data(await administration.get_user(tx, user_id))


@get("/api/users/{user_id:str}/offboarding", scope="admin")
async def get_user_offboarding(tx: ReadTx, actor: Actor, user_id: str) -> Data[Offboarding]:
    """Say what ends when someone is disabled; for administrators of the instance.

    Invitations that they sent are withdrawn, API tokens revoked, and webhooks that they answer for paused until another
    administrator resumes them.
    """
    administration.require_administrator(actor)
    return Data(await get_started(tx, (await administration.get_user(tx, user_id)).id))


ROUTES = (
    get_profile,
    update_profile,
    get_preferences,
    update_preferences,
    get_user_statistics,
    list_activity,
    list_users,
    create_user,
    get_user,
    update_user,
    get_user_offboarding,
)
