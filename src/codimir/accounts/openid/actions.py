"""Find or make the person of an account of a provider."""

import msgspec
import sqlalchemy as sa

from codimir.accounts.actions import DENIED
from codimir.accounts.providers import SignInRefused
from codimir.authentication.tokens import end_sessions_of
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into, update_by_id
from codimir.kit.emails import is_email
from codimir.model.enums import INSTANCE_ROLES, InstanceRole
from codimir.model.identities import identities
from codimir.model.users import users
from codimir.offboarding.actions import end_what_exceeds_rights, revoke_tokens
from codimir.users.actions import create_user, settle_user
from codimir.users.fields import MAX_NAME_LENGTH
from codimir.users.queries import Account, find_account, find_account_by_id, is_anyone_there

NOT_LINKED = "OAuthAccountNotLinked"
"""NextAuth's word for an account whose e-mail is not proven; it does not say whether somebody here has it"""


class Identity(msgspec.Struct, frozen=True):
    """Who a provider says that someone is."""

    issuer: str
    subject: str
    email: str | None
    is_email_verified: bool
    says_verified: bool
    """Whether the provider says at all if the e-mail is verified"""
    name: str | None
    role: InstanceRole | None
    """What their groups make them on this instance; None where no group does"""


async def person_of(tx: Transaction, identity: Identity, *, groups_decide: bool) -> str:
    """Return the id of the person that an identity belongs to; who is new gets an account.

    Where groups decide, who is in none of them is refused, everybody's role follows their groups, and who is new joins
    the oldest workspace. Otherwise who is new is in no workspace until they are invited.

    Raises SignInRefused.
    """
    if groups_decide and identity.role is None:
        raise SignInRefused(DENIED, "no_group", f"{identity.subject!r} is in no group that has a role here")
    user_id = await tx.fetch_value(_KNOWN, issuer=identity.issuer, subject=identity.subject)
    if user_id is None:
        _require_verified_email(identity)
    account = await (find_account(tx, identity.email or "") if user_id is None else find_account_by_id(tx, user_id))
    if account is None:
        return await _welcome(tx, identity, settles=groups_decide)
    if account.is_disabled:
        raise SignInRefused(DENIED, "disabled", f"the account {account.id} of {identity.subject!r} is disabled")
    if user_id is None:
        await _link(tx, identity, account)
    if groups_decide and identity.role is not None and identity.role != account.role:
        changed = update_by_id(users, frozenset({"role", "updated_at"}))
        await tx.execute(changed, row_id=account.id, role=identity.role, updated_at=tx.now)
        if INSTANCE_ROLES.index(identity.role) > INSTANCE_ROLES.index(account.role):
            await end_what_exceeds_rights(tx, None, account.id)
    return account.id


def _require_verified_email(identity: Identity) -> None:
    """Refuse who is new here and brings no e-mail that is theirs; the log names the claim."""
    who = f"{identity.subject!r} is new here, and"
    if identity.email is None:
        raise SignInRefused(DENIED, "no_email", f"{who} the claim email is missing")
    if not identity.is_email_verified:
        said = (
            "the claim email_verified is not true" if identity.says_verified
            else "the claim email_verified is missing; CODIMIR_OIDC_EMAIL_VERIFIED=assumed would trust the provider"
        )  # fmt: skip
        raise SignInRefused(NOT_LINKED, "email_not_verified", f"{who} {said}")


async def _welcome(tx: Transaction, identity: Identity, *, settles: bool) -> str:
    """Create the account of someone new; the first person of an instance does not come this way."""
    email = identity.email or ""
    if not is_email(email):
        raise SignInRefused(DENIED, "no_email", f"the claim email of {identity.subject!r} is no e-mail: {email!r}")
    if not await is_anyone_there(tx):
        raise SignInRefused(DENIED, "not_set_up", "nobody has set this instance up yet")
    role = identity.role or "EDITOR"
    user_id = await create_user(tx, email, _name_of(identity, email), role)
    if settles:
        await settle_user(tx, user_id, role)
    await _keep(tx, identity, user_id)
    return user_id


async def _link(tx: Transaction, identity: Identity, account: Account) -> None:
    """Link an identity to whoever has its proven e-mail.

    Who made an account without proving its e-mail, by the link of an invitation, loses it to who does.
    """
    if await tx.fetch_value(_PROVEN, user_id=account.id) is None:
        taken = update_by_id(users, frozenset({"password_hash", "email_verified_at"}))
        await tx.execute(taken, row_id=account.id, password_hash=None, email_verified_at=tx.now)
        await revoke_tokens(tx, account.id, keep=[])
        await end_sessions_of(tx, account.id)
    await _keep(tx, identity, account.id)


async def _keep(tx: Transaction, identity: Identity, user_id: str) -> None:
    row = {"issuer": identity.issuer, "subject": identity.subject, "user_id": user_id}
    await tx.execute(insert_into(identities), **row, created_at=tx.now)


def _name_of(identity: Identity, email: str) -> str:
    return " ".join((identity.name or "").split())[:MAX_NAME_LENGTH].strip() or email


_KNOWN = Statement(
    sa.select(identities.c.user_id).where(
        identities.c.issuer == sa.bindparam("issuer"), identities.c.subject == sa.bindparam("subject")
    )
)
_PROVEN = Statement(sa.select(users.c.email_verified_at).where(users.c.id == sa.bindparam("user_id")))
