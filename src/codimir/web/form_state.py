"""Forms that were sent: done, or shown once more with everything that is wrong beside its field."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import msgspec

from codimir.http.errors import ApiError, NotFound
from codimir.http.requests import HttpResponse
from codimir.http.validation import parse_body
from codimir.kit.values import ReadOnlyValues
from codimir.web.forms import SECRET, Form

T = TypeVar("T")
Answer = HttpResponse


class FormState(msgspec.Struct, frozen=True):
    """One form of a page as it was sent, and what is wrong with it by the names of its fields, "" for the whole."""

    form: str = ""
    values: Mapping[str, list[str]] = {}
    problems: ReadOnlyValues = {}
    status: int = 200

    def to(self, form: str) -> "FormState":
        """Return what concerns a form; nothing where another one was sent."""
        return self if self.form == form else NOTHING

    def value(self, name: str, otherwise: Any) -> Any:
        """Return what was written into a field, or what stands in it before anything is."""
        return self.values.get(name, [""])[0] if self.form else otherwise

    def has(self, name: str, value: str, *, otherwise: bool) -> bool:
        """Return whether a value was ticked."""
        return value in self.values.get(name, []) if self.form else otherwise


NOTHING = FormState()


async def redisplay_on_error(
    form: Form, name: str, do: Callable[[], Awaitable[Answer]], again: Callable[[FormState], Awaitable[Answer]]
) -> Answer:
    """Do what a form asks for, or show its page once more with what is wrong."""
    try:
        return await do()
    except NotFound:
        raise
    except ApiError as error:
        values = {field: said for field, said in form.fields.items() if field not in SECRET}
        return await again(FormState(name, values, problems_of(error, form), error.status))


def problems_of(error: ApiError, form: Form) -> Mapping[str, list[Any]]:
    """Return what is wrong with each field; what is wrong with none that people see stands for the whole."""
    details = {name: _several(problem) for name, problem in (error.details or {}).items()}
    beside = {name: problems for name, problems in details.items() if name in form.fields}
    whole = [problem for name, problems in details.items() if name not in beside for problem in problems]
    return beside | ({"": whole} if whole else {}) or {"": [error.problem]}


def parsed(shape: type[T], **values: object) -> T:
    """Read values as the API reads a body.

    Raises InvalidInput that names every wrong field.
    """
    return parse_body(shape, msgspec.json.encode(values))


def _several(problem: Any) -> list[Any]:
    return problem if isinstance(problem, list) else [problem]
