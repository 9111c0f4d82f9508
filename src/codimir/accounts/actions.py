"""Signing in and out."""

from datetime import datetime
from typing import NamedTuple

from codimir.accounts.providers import SignInRefused
from codimir.accounts.queries import Credentials, find_credentials, find_known_address
from codimir.authentication.devices import remember_address
from codimir.authentication.password_hashing import Asker, PasswordHasher
from codimir.authentication.sessions import Session
from codimir.authentication.throttling import forgive_attempt, record_attempt, too_many_tries, tries_of, tries_of_known
from codimir.authentication.tokens import end_session, start_session
from codimir.database.core import Database, Transaction
from codimir.kit.emails import email_key

WRONG_PASSWORD = "CredentialsSignin"  # noqa: S105 - NextAuth's word for it
DENIED = "AccessDenied"


class NewSession(NamedTuple):
    """A session that has just begun: the token is for its cookie and is not stored."""

    token: str
    expires_at: datetime


class Place(NamedTuple):
    """Where somebody tries to sign in from."""

    address: str
    device: str | None = None
    """The device, if somebody signed in to the same account with it before"""


async def sign_in_with_password(
    db: Database, hashing: PasswordHasher, email: str, password: str, place: Place, *, only_admins: bool = False
) -> NewSession:
    """Sign someone in who knows the password of an account.

    Who signed in to it from the same device or address before has tries of their own, which strangers cannot use up.

    Raises SignInRefused, in the same time whether the account exists or not, and TooManyAttempts.
    """
    known = place.device or await db.read(lambda tx: find_known_address(tx, email, place.address))
    limits = tries_of_known(email_key(email), known) if known else tries_of(email_key(email), place.address)
    seconds = await db.write(lambda tx: record_attempt(tx, limits))
    if seconds is not None:
        raise too_many_tries(seconds)
    account = await db.read(lambda tx: find_credentials(tx, email))
    asker = Asker(known or place.address, is_known=known is not None)
    is_right = await hashing.is_password(password, account.password_hash if account else None, asker)
    if account is None or not is_right:
        raise SignInRefused(WRONG_PASSWORD)

    async def unit(tx: Transaction) -> NewSession | None:
        await forgive_attempt(tx, limits)
        await remember_address(tx, account.user_id, place.address)
        return None if only_admins and account.role != "ADMIN" else await _open(tx, email, account)

    session = await db.write(unit)
    if session is None:
        raise SignInRefused(DENIED, "only_administrators" if only_admins and account.role != "ADMIN" else "disabled")
    return session


async def sign_in(tx: Transaction, user_id: str) -> NewSession:
    """Sign in someone who has proved who they are in another way."""
    return NewSession(*await start_session(tx, user_id))


async def sign_out(tx: Transaction, session: Session) -> None:
    """End a session at once, everywhere."""
    await end_session(tx, session.token_hash, session.expires_at, is_ours=session.is_ours)


async def _open(tx: Transaction, email: str, checked: Credentials) -> NewSession | None:
    """Open an account whose password was checked, unless it was closed or given another password meanwhile."""
    if checked.disabled_at is not None or await find_credentials(tx, email, lock=True) != checked:
        return None
    return await sign_in(tx, checked.user_id)
