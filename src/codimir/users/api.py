"""The routes of people: oneself, and for the administration of the instance everyone."""

from codimir.access.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.http.paging import Data, Page
from codimir.http.routing import Created, get, post, put
from codimir.offboarding.queries import find_started
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
async def get_profile(query: ProfileQuery, actor: Actor, db: Database) -> Data[Profile]:
    """Get your profile."""
    return Data(await db.read(lambda tx: profiles.get_profile(tx, actor, counts=query.counts)))


@put("/api/user/profile", scope="admin")
async def update_profile(data: ProfileUpdate, actor: Actor, db: Database) -> Data[Profile]:
    """Change the fields that are given; an absent field keeps its value, null clears it."""

    async def unit(tx: Transaction) -> Profile:
        await actions.update_profile(tx, actor, data)
        return await profiles.get_profile(tx, actor)

    return Data(await db.write(unit))


@get("/api/user/preferences")
async def get_preferences(actor: Actor, db: Database) -> Data[Preferences]:
    """Get your preferences."""
    return Data(await db.read(lambda tx: profiles.get_preferences(tx, actor.id)))


@put("/api/user/preferences", scope="admin")
async def update_preferences(data: PreferencesUpdate, actor: Actor, db: Database) -> Data[Preferences]:
    """Change the preferences that are given; an absent one keeps its value."""

    async def unit(tx: Transaction) -> Preferences:
        await actions.update_preferences(tx, actor, data)
        return await profiles.get_preferences(tx, actor.id)

    return Data(await db.write(unit))


@get("/api/user/stats")
async def get_user_statistics(query: PeriodQuery, actor: Actor, db: Database) -> Data[UserStats]:
    """Count the tickets that are given to you, and your comments and the minutes that you logged."""
    return Data(await db.read_long(lambda tx: profiles.get_user_statistics(tx, actor, query.period)))


@get("/api/user/activity")
async def list_activity(query: ActivityQuery, actor: Actor, db: Database) -> Page[Activity]:
    """List what you did, the last first; what you may no longer see is left out."""
    return await db.read_long(lambda tx: activity.list_activity(tx, actor, query))


@get("/api/users", scope="admin")
async def list_users(query: UserListQuery, actor: Actor, db: Database) -> Page[UserAccount]:
    """List everyone, by e-mail; for administrators of the instance."""
    administration.require_administrator(actor)
    return await db.read(lambda tx: administration.list_users(tx, query))


@post("/api/users", scope="admin")
async def create_user(data: UserCreate, actor: Actor, db: Database) -> Created[UserAccount]:
    """Create a person, who is in no workspace yet; for administrators of the instance."""
    administration.require_administrator(actor)

    async def unit(tx: Transaction) -> UserAccount:
        return await administration.get_user(tx, await administration.add_user(tx, data))

    account = await db.write(unit)
    return Created(account, f"/api/users/{account.id}")


@get("/api/users/{user_id:str}", scope="admin")
async def get_user(user_id: str, actor: Actor, db: Database) -> Data[UserAccount]:
    """Get a person; for administrators of the instance."""
    administration.require_administrator(actor)
    return Data(await db.read(lambda tx: administration.find_user(tx, user_id)))


@put("/api/users/{user_id:str}", scope="admin")
async def update_user(user_id: str, data: UserUpdate, actor: Actor, db: Database) -> Data[UserAccount]:
    """Change what someone may do on the instance, or disable them; for administrators of the instance.

    Who is disabled is refused from the next request on, and their API tokens are revoked for good. What they started
    and may no longer do ends: invitations and links are withdrawn, webhooks paused. The last administrator stays one.
    """
    administration.require_administrator(actor)

    async def unit(tx: Transaction) -> UserAccount:
        account = await administration.get_user(tx, user_id)
        await administration.update_user(tx, actor, account, data)
        return await administration.get_user(tx, user_id)

    return Data(await db.write(unit))


@get("/api/users/{user_id:str}/offboarding", scope="admin")
async def get_user_offboarding(user_id: str, actor: Actor, db: Database) -> Data[Offboarding]:
    """Say what ends when someone is disabled; for administrators of the instance.

    Invitations that they sent are withdrawn, API tokens revoked, and webhooks that they answer for paused until another
    administrator resumes them.
    """
    administration.require_administrator(actor)

    async def unit(tx: Transaction) -> Offboarding:
        return await find_started(tx, (await administration.find_user(tx, user_id)).id)

    return Data(await db.read(unit))


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
