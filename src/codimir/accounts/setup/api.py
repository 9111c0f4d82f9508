"""The routes of the first run. What sets up the instance is the token of the link that `codimir serve` prints."""

from codimir.accounts.session_cookies import holder_of_link, start_session_here
from codimir.accounts.setup import actions
from codimir.accounts.setup.schemas import InstanceReady, InstanceSetup, SetupLink
from codimir.authentication.password_hashing import PasswordHasher
from codimir.authentication.same_origin import refuse_cross_site
from codimir.authentication.weak_passwords import refuse_own_words
from codimir.database.core import Database, Transaction
from codimir.http.paging import Data
from codimir.http.replies import WithCookies
from codimir.http.requests import HttpRequest
from codimir.http.routing import ReadTx, get, post


@get("/api/setup/{token:str}")
async def get_setup_link(tx: ReadTx, token: str) -> Data[SetupLink]:
    """Say whether a link still sets up this instance."""
    link = await actions.get_setup(tx, token)
    return Data(SetupLink(link.expires_at))


@post("/api/setup/{token:str}", status=200)
async def set_up(
    db: Database, token: str, data: InstanceSetup, request: HttpRequest, hashing: PasswordHasher
) -> WithCookies[InstanceReady]:
    """Make the first administrator and the first workspace of an empty instance, and sign in."""
    refuse_cross_site(request)
    await db.read(lambda tx: actions.get_setup(tx, token))
    refuse_own_words(data.password, data.email, data.name)
    password_hash = await hashing.hash_password(data.password, holder_of_link(request))

    async def unit(tx: Transaction) -> WithCookies[InstanceReady]:
        ready = await actions.set_up(tx, token, data, password_hash)
        return WithCookies(ready, await start_session_here(tx, request, ready.user))

    return await db.write(unit)


ROUTES = (get_setup_link, set_up)
