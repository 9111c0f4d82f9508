"""Choose a new password."""

from collections.abc import Sequence
from datetime import datetime

from codimir.accounts.passwords.queries import find_password_hash
from codimir.accounts.passwords.schemas import ResetOffer
from codimir.authentication.links import LinkExpired, get_link, make_link, use_link, withdraw_links
from codimir.authentication.tokens import end_sessions_of
from codimir.authorization.actor import Actor
from codimir.authorization.permissions import require_unbound
from codimir.database.core import Transaction
from codimir.database.statements import update_by_id
from codimir.http.errors import Conflict, Forbidden, InvalidInput, NotFound, ServiceUnavailable
from codimir.model.users import users
from codimir.offboarding.actions import revoke_tokens
from codimir.offboarding.queries import get_started
from codimir.problems.problem import Problem
from codimir.users.queries import Account, find_account_by_id

DISABLED = Problem("person_disabled")


class WrongPassword(InvalidInput):
    """The password that was given as the current one is not."""

    problem = Problem("wrong_password")


class MailQueueFull(ServiceUnavailable):
    """A mail that somebody waits for would be dropped."""

    problem = Problem("mail_queue_full")


class NoMail(Conflict):
    """A link is asked for on an instance that mails none."""

    problem = Problem("no_mail")


async def make_reset_link(tx: Transaction, actor: Actor, user_id: str) -> tuple[str, datetime]:
    """Let an administrator of the instance make a link for someone; give its token and when it expires."""
    if not actor.is_admin:
        raise Forbidden(Problem("reset_link_forbidden"))
    account = await find_account_by_id(tx, user_id)
    if account is None:
        raise NotFound(Problem("resource_not_found", kind="User"))
    if account.is_disabled:
        raise InvalidInput(DISABLED, details={"id": [DISABLED]})
    return await make_link(tx, "reset", account.id, made_by_id=actor.id)


async def get_reset(tx: Transaction, token: str) -> ResetOffer:
    """Say whose password a link is for.

    Raises LinkExpired where it is not valid.
    """
    link = await get_link(tx, "reset", token)
    account = await _get_enabled(tx, link.user_id)
    return ResetOffer(account.email, link.expires_at, (await get_started(tx, account.id)).tokens)


async def get_person_of_reset(tx: Transaction, token: str) -> Account:
    """Find whose password a link is for.

    Raises LinkExpired where it is not valid.
    """
    return await _get_enabled(tx, (await get_link(tx, "reset", token)).user_id)


async def reset_password(tx: Transaction, token: str, password_hash: str, keep_tokens: Sequence[str] = ()) -> str:
    """Give the person of a link a new password; give their id.

    Every session of theirs ends, and every API token that is not to be kept. Their e-mail is proven, unless an
    administrator made the link and handed it on.

    Raises LinkExpired where the link is not valid.
    """
    link = await use_link(tx, "reset", token)
    account = await _get_enabled(tx, link.user_id)
    if link.made_by_id is None:
        proven = update_by_id(users, frozenset({"email_verified_at"}))
        await tx.execute(proven, row_id=account.id, email_verified_at=tx.now)
    await _set_password(tx, account.id, password_hash)
    await revoke_tokens(tx, account.id, keep=list(keep_tokens))
    return account.id


async def change_password(
    tx: Transaction, actor: Actor, checked_hash: str | None, password_hash: str, *, revokes_tokens: bool = False
) -> None:
    """Give the actor a new password, whose current one was checked.

    Every session of theirs ends, and every API token where that is wanted.

    Raises WrongPassword where it was changed since it was checked.
    """
    require_unbound(actor)
    if await find_password_hash(tx, actor.id) != checked_hash:
        raise WrongPassword.about("current")
    await withdraw_links(tx, "reset", actor.id)
    await _set_password(tx, actor.id, password_hash)
    if revokes_tokens:
        await revoke_tokens(tx, actor.id, keep=[])


async def _set_password(tx: Transaction, user_id: str, password_hash: str) -> None:
    changed = update_by_id(users, frozenset({"password_hash", "updated_at"}))
    await tx.execute(changed, row_id=user_id, password_hash=password_hash, updated_at=tx.now)
    await end_sessions_of(tx, user_id)


async def _get_enabled(tx: Transaction, user_id: str | None) -> Account:
    account = None if user_id is None else await find_account_by_id(tx, user_id)
    if account is None or account.is_disabled:
        raise LinkExpired
    return account
