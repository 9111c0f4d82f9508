"""Fields about people, as the bodies of requests have them."""

from typing import Annotated

from msgspec import Meta

from codimir.http.validation import ONE_LINE
from codimir.users.emails import EMAIL_PATTERN, LONGEST_EMAIL, is_email

LONGEST_NAME = 255


def _email(text: str) -> str:
    email = text.strip()
    if not is_email(email):
        raise ValueError("Must be an e-mail address such as jane@example.com")
    return email


def one_line(longest: int) -> Meta:
    """Describe a required line of printable text, trimmed, of at most this many characters."""

    def clean(text: str) -> str:
        trimmed = text.strip()
        if not 1 <= len(trimmed) <= longest or not trimmed.isprintable():
            raise ValueError(f"Must be one line of 1 to {longest} characters")
        return trimmed

    return Meta(extra_json_schema={"minLength": 1, "maxLength": longest, "pattern": ONE_LINE}, extra={"clean": clean})


Email = Annotated[
    str,
    Meta(
        extra_json_schema={"format": "idn-email", "minLength": 3, "maxLength": LONGEST_EMAIL, "pattern": EMAIL_PATTERN},
        extra={"clean": _email},
    ),
]
PersonName = Annotated[str, one_line(LONGEST_NAME)]
