"""Fields about people, as the bodies of requests have them."""

from typing import Annotated

from msgspec import Meta

from codimir.http.validation import line
from codimir.kit.emails import EMAIL_PATTERN, MAX_EMAIL_LENGTH, is_email
from codimir.problems.problem import InvalidValue

MAX_NAME_LENGTH = 255


def _email(text: str) -> str:
    email = text.strip()
    if not is_email(email):
        raise InvalidValue("not_an_email")
    return email


Email = Annotated[
    str,
    Meta(
        extra_json_schema={"minLength": 3, "maxLength": MAX_EMAIL_LENGTH, "pattern": EMAIL_PATTERN},
        extra={"clean": _email},
    ),
]
PersonName = Annotated[str, line(MAX_NAME_LENGTH)]
