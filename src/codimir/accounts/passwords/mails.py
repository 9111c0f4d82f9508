"""The mail with which a new password is chosen."""

from codimir.accounts.passwords.queries import hold_person
from codimir.authentication.link_addresses import reset_url
from codimir.authentication.links import count_links, make_link
from codimir.database.core import Database, Transaction
from codimir.mail.messages import Mail, mail_of, quoted_name
from codimir.mail.sending import Write
from codimir.users.queries import Account, find_account

MAX_LINKS = 3
"""How many links to choose a new password someone is mailed in an hour."""


def reset_mail_for(db: Database, email: str, origin: str, *, only_admins: bool = False) -> Write:
    """Write the mail for whoever has this e-mail, and none where nobody has, or where they have enough of them."""

    async def unit(tx: Transaction) -> tuple[Account, str] | None:
        account = await find_account(tx, email)
        if account is None or account.is_disabled or (only_admins and account.role != "ADMIN"):
            return None
        await hold_person(tx, account.id)
        if await count_links(tx, "reset", account.id) >= MAX_LINKS:
            return None
        token, _ = await make_link(tx, "reset", account.id)
        return account, token

    async def write() -> Mail | None:
        made = await db.write(unit)
        return None if made is None else reset_mail(made[0], reset_url(origin, made[1]))

    return write


def reset_mail(account: Account, url: str) -> Mail:
    """Tell someone where they choose a new password."""
    return mail_of(
        account.email,
        "Choose a new password for Codimir",
        """\
        Hello {name},

        someone asked for a new password for your account on Codimir. Choose it here: {url}

        The link is good for one hour and works once. If it was not you, you can ignore this mail: your password stays.
        """,
        name=quoted_name(account.name),
        url=url,
    )
