"""Mails, and how they are written for SMTP (RFC 5322)."""

import re
import unicodedata
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from textwrap import dedent

import msgspec

from codimir.kit.clock import utc_now

POLICY = SMTP.clone(max_line_length=998)
"""Lines as long as SMTP takes them: an address in a text stays whole and can be clicked."""


class Mail(msgspec.Struct, frozen=True):
    """A text for one person."""

    to: str
    subject: str
    text: str


MAX_SHOWN_NAME_LENGTH = 80
_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61\u2024\ufe52", "."))
"""What names of hosts are written with besides a full stop, and what looks like one"""
_ADDRESS = re.compile(r"://|@|[\w-]\.[^\W\d_]{2}|^(?:www\.|mailto:|tel:|//)")


def quoted_name(name: str) -> str:
    """Return the name that somebody gave something, to stand in a mail to others: in quotes, and without addresses.

    A mail client turns what looks like an address into a link, under our own sender.
    """
    plain = "".join(each for each in unicodedata.normalize("NFKC", name).translate(_DOTS) if each.isprintable())
    words = ["\u2026" if _ADDRESS.search(word) else word for word in plain.replace('"', "'").split()]
    shown = " ".join(words)
    if len(shown) > MAX_SHOWN_NAME_LENGTH:
        shown = shown[: MAX_SHOWN_NAME_LENGTH - 1] + "\u2026"
    return f'"{shown}"'


def mail_of(to: str, subject: str, text: str, **values: str) -> Mail:
    """Put values into a subject and an indented text; a value is one line, whatever it holds."""
    lines = {name: " ".join(value.split()) for name, value in values.items()}
    return Mail(to, subject.format_map(lines), dedent(text).strip().format_map(lines) + "\n")


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """Write a mail as a message with the headers that every mail needs."""
    message = EmailMessage(POLICY)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(utc_now())
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message
