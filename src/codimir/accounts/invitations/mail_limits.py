"""How many invitations are mailed: an instance sends no mail for anybody to everybody."""

from datetime import timedelta

from codimir.accounts.invitations.schemas import NotMailed
from codimir.authentication.counting import SlidingCount, count_key
from codimir.database.core import Transaction
from codimir.model.authentication import mail_counts

WINDOW = timedelta(hours=1)
MAILS_TO_RECIPIENT = 1
"""How many invitations a person is mailed in an hour, whoever sends them"""
SENDERS_AT_ONCE = 10
"""How many times as many all people together may: whoever invites accounts of their own gets no further than that"""
_MAILS = SlidingCount(mail_counts, mail_counts.c.counted_at, WINDOW)


async def count_invitation_mail(tx: Transaction, sender_id: str, email_key: str, most: int) -> NotMailed | None:
    """Count a mail that is about to be sent; where there were too many, count nothing and say of whom."""
    to_recipient = {count_key("to", email_key): MAILS_TO_RECIPIENT}
    if await _MAILS.count(tx, to_recipient) is not None:
        return "recipient"
    limits: dict[NotMailed, dict[str, int]] = {
        "sender": {count_key("from", sender_id): most},
        "instance": {count_key("instance"): most * SENDERS_AT_ONCE},
    }
    for name, limit in limits.items():
        if await _MAILS.count(tx, limit) is not None:
            await _MAILS.take_back(tx, to_recipient)
            return name
    return None
