"""Links that sign somebody in, once: made on the command line, by who administers the machine."""

from codimir.authentication.links import Link, LinkExpired, get_link, use_link
from codimir.database.core import Transaction
from codimir.model.schemas import Person
from codimir.users.queries import find_account_by_id, get_person


async def get_person_of_link(tx: Transaction, token: str) -> Person:
    """Return whom a link signs in, without using it. Raises LinkExpired."""
    return await _person_of(tx, await get_link(tx, "sign_in", token))


async def use_sign_in_link(tx: Transaction, token: str) -> Person:
    """Use a link up and return whom it signs in. Raises LinkExpired."""
    return await _person_of(tx, await use_link(tx, "sign_in", token))


async def _person_of(tx: Transaction, link: Link) -> Person:
    account = await find_account_by_id(tx, link.user_id or "")
    if account is None or account.is_disabled:
        raise LinkExpired
    return await get_person(tx, account.id)
