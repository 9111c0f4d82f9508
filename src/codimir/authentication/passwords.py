"""Passwords, kept as Argon2id hashes (RFC 9106; at least the strength that OWASP's password storage sheet asks for)."""

import unicodedata
from typing import Annotated

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Meta

from codimir.authentication.weak_passwords import TOO_COMMON, is_common
from codimir.http.errors import InvalidInput
from codimir.problems.problem import InvalidValue, Problem

MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_LENGTH = 1_000


def _uncommon(password: str) -> str:
    if is_common(password):
        raise InvalidValue("password_too_common")
    return password


Password = Annotated[
    str,
    Meta(
        min_length=MIN_PASSWORD_LENGTH,
        max_length=MAX_PASSWORD_LENGTH,
        description="Not one of the most common ones, nor made of one's own name or e-mail address",
        extra={"clean": _uncommon},
    ),
]
"""A password that is set; one that is only checked is any text."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)


def hash_password(password: str) -> str:
    """Return the hash under which a password is kept; it takes some hundredths of a second, so never inside a unit.

    Raises InvalidInput for a password that is too short, too long or too common.
    """
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise InvalidInput.fields(
            password=Problem("password_length", min=MIN_PASSWORD_LENGTH, max=MAX_PASSWORD_LENGTH, length=len(password))
        )
    if is_common(password):
        raise InvalidInput.fields(password=TOO_COMMON)
    return _hasher.hash(_bytes_of(password))


def is_password(password: str, password_hash: str) -> bool:
    """Return whether this is the password that was hashed."""
    if len(password) > MAX_PASSWORD_LENGTH:
        return False
    try:
        return _hasher.verify(password_hash, _bytes_of(password))
    except (VerificationError, InvalidHashError):
        return False


def _bytes_of(password: str) -> bytes:
    """Write a password the same way from every keyboard: an accented letter may arrive as one character or as two."""
    return unicodedata.normalize("NFKC", password).encode()
