"""Reading people for the administration of the instance, which sees everyone."""

import msgspec
import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement
from codimir.http.errors import NotFound
from codimir.kit.emails import email_key
from codimir.model.enums import InstanceRole
from codimir.model.schemas import Person
from codimir.model.users import users
from codimir.problems.problem import Problem


class Account(msgspec.Struct, frozen=True):
    """Someone who can sign in, unless they are disabled."""

    id: str
    name: str
    email: str
    role: InstanceRole
    is_disabled: bool


ACCOUNT = Projection(Account, users, is_disabled=users.c.disabled_at.is_not(None))
PERSON = Projection(Person, users)


async def find_account(tx: Transaction, email: str) -> Account | None:
    """Find someone by their e-mail, in any case."""
    row = await tx.fetch_one(_BY_EMAIL, email_key=email_key(email))
    return None if row is None else ACCOUNT.make(row)


async def find_account_by_id(tx: Transaction, user_id: str) -> Account | None:
    """Find someone by their id."""
    row = await tx.fetch_one(_ACCOUNT, user_id=user_id)
    return None if row is None else ACCOUNT.make(row)


async def get_person(tx: Transaction, user_id: str) -> Person:
    """Return someone as others see them.

    Raises NotFound when they are not there.
    """
    row = await tx.fetch_one(_PERSON, user_id=user_id)
    if row is None:
        raise NotFound(Problem("resource_not_found", kind="User"))
    return PERSON.make(row)


async def is_anyone_there(tx: Transaction) -> bool:
    """Return whether the instance has a person yet."""
    return await tx.fetch_value(_ANYONE) is not None


async def is_administered(tx: Transaction) -> bool:
    """Return whether the instance has an administrator who can sign in."""
    return await tx.fetch_value(_ADMINISTRATOR) is not None


_BY_EMAIL = Statement(sa.select(*ACCOUNT.columns).where(users.c.email_key == sa.bindparam("email_key")))
_ACCOUNT = Statement(sa.select(*ACCOUNT.columns).where(users.c.id == sa.bindparam("user_id")))
_PERSON = Statement(sa.select(*PERSON.columns).where(users.c.id == sa.bindparam("user_id")))
_ADMINISTRATOR = Statement(
    sa.select(users.c.id).where(users.c.role == sa.literal_column("'ADMIN'"), users.c.disabled_at.is_(None)).limit(1)
)
_ANYONE = Statement(sa.select(users.c.id).limit(1))
