"""What a reply of the API needs to sign in whoever asked."""

from codimir.accounts.nextauth import AuthRequest
from codimir.authentication.cookies import set_cookie
from codimir.authentication.devices import device_of, remember_address
from codimir.authentication.password_hashing import Asker
from codimir.authentication.tokens import start_session
from codimir.database.core import Transaction
from codimir.http.requests import HttpRequest
from codimir.kit.emails import email_key
from codimir.model.schemas import Person


async def start_session_here(tx: Transaction, request: HttpRequest, person: Person) -> list[str]:
    """Sign someone in where a request came from, which is known from then on; give the cookies that say so.

    Every other session that came with the request is cleared.
    """
    caller = AuthRequest(request)
    token, expires_at = await start_session(tx, person.id)
    await remember_address(tx, person.id, caller.address)
    name = caller.name_of("session-token")
    cookie = set_cookie(name, token, secure=caller.is_secure, expires=expires_at)
    return [*caller.forget_sessions(besides=name), cookie, caller.know_device(person.email)]


def address_of(request: HttpRequest) -> str:
    """Return what a request came from, as tries are counted: an IPv4 address, or the /64 of an IPv6 address."""
    return AuthRequest(request).address


def known_device_of(request: HttpRequest, email: str) -> str | None:
    """Name the device that a request comes from, if somebody signed in to the account of this e-mail with it before."""
    return device_of(AuthRequest(request).cookies, email_key(email), request.app.state.csrf_secret)


def holder_of_link(request: HttpRequest) -> Asker:
    """Name whoever holds a link, whom a flood of strangers does not keep out."""
    return Asker(f"link {address_of(request)}", is_known=True)
