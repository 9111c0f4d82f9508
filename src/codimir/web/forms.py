"""Forms as browsers send them without JavaScript, for the routes of pages."""

from codimir.http.errors import InvalidInput, UnsupportedMediaType
from codimir.http.requests import HttpRequest
from codimir.kit.newlines import normalize_newlines
from codimir.kit.urlencoded import parse_urlencoded
from codimir.problems.problem import Problem

FORM = "application/x-www-form-urlencoded"
MAX_FIELDS = 1_000
SECRET = frozenset({"password", "current", "new", "secret"})
"""Fields whose values no page gives back."""


class Form:
    """The fields of a form, each with its values."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self.fields = fields

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a field."""
        return self.fields.get(name, [default])[0]

    def all(self, name: str) -> list[str]:
        """Return every value of a field."""
        return self.fields.get(name, [])


async def read_form(request: HttpRequest) -> Form:
    r"""Read the form that a request holds; the lines of its values end with `\n`.

    Raises UnsupportedMediaType for any other body, and InvalidInput for one that is no text.
    """
    media_type = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if media_type != FORM:
        raise UnsupportedMediaType(Problem("form_expected", kind=FORM))
    try:
        pairs = parse_urlencoded(await request.body(), MAX_FIELDS)
    except ValueError as error:
        raise InvalidInput.fields(body=Problem("form_unreadable")) from error
    if any("\0" in value for _, value in pairs):
        raise InvalidInput.fields(body=Problem("contains_nul"))
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(normalize_newlines(value))
    return Form(fields)
