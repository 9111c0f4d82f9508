"""A problem: a code and its values. Its sentence is made where it is shown, in the language of who reads it."""

from collections.abc import Mapping
from gettext import NullTranslations
from typing import Any

from codimir.problems.forms import Plural
from codimir.problems.sentences import SENTENCES

ENGLISH = NullTranslations()
Problems = dict[str, list["Problem"]]
"""What is wrong with a request, by the API's names of its fields."""


class Problem:
    """One thing that is wrong: `Problem("too_long", max=255)`.

    A value is a text, a number, another problem, or a sequence of these. Raises KeyError for a code without a sentence.
    """

    __slots__ = ("code", "values")

    def __init__(self, code: str, /, **values: object) -> None:
        if code not in SENTENCES:
            raise KeyError(code)
        self.code = code
        self.values: Mapping[str, Any] = values

    def __str__(self) -> str:
        return self.render()

    def __repr__(self) -> str:
        values = "".join(f", {name}={value!r}" for name, value in self.values.items())
        return f"Problem({self.code!r}{values})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and (self.code, self.values) == (other.code, other.values)

    def __hash__(self) -> int:
        return hash(repr(self))

    def render(self, translations: NullTranslations = ENGLISH, integer: type[int] = int) -> str:
        """Return the sentence in a language; `integer` formats numbers as that language writes them."""
        sentence = SENTENCES[self.code]
        if isinstance(sentence, Plural):
            template = translations.ngettext(sentence.one, sentence.many, self.values[sentence.by])
        else:
            template = translations.gettext(sentence)
        return template.format_map({name: _shown(value, translations, integer) for name, value in self.values.items()})


class InvalidValue(ValueError):
    """A value that a cleaner of a field refuses, and why."""

    def __init__(self, code: str, /, **values: object) -> None:
        self.problem = Problem(code, **values)
        super().__init__(self.problem)


def _shown(value: Any, translations: NullTranslations, integer: type[int]) -> Any:
    if isinstance(value, Problem):
        return value.render(translations, integer)
    if isinstance(value, int):
        return integer(value)
    if isinstance(value, str):
        return value
    return ", ".join(str(_shown(each, translations, integer)) for each in value)
