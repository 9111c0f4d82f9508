"""What is wrong with a request, in the language of a page: the sentences of its problems, translated."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from codimir.problems.problem import Problem
from codimir.web.languages import THOUSANDS, catalogue

REFUSED_BY_ROLE = ("forbidden", "_only")
"""How codes end that say that a role does not allow something; who administers the place can give another."""


def error_text(language: str, problems: Any) -> str:
    """Return one problem, or several after each other, as sentences in a language."""
    if isinstance(problems, Sequence) and not isinstance(problems, str):
        return " ".join(translate(language, problem) for problem in problems)
    return translate(language, problems)


def translate(language: str, problem: Any) -> str:
    """Return the sentence of a problem in a language; what is none is written as it is."""
    if isinstance(problem, Problem):
        return problem.render(catalogue(language), _integer(language))
    return str(problem)


def is_refused_by_role(problem: Any) -> bool:
    """Return whether another role would be allowed what this problem refuses."""
    return isinstance(problem, Problem) and problem.code.endswith(REFUSED_BY_ROLE)


@cache
def _integer(language: str) -> type[int]:
    """Return the type of numbers that stand in sentences of a language: `,` groups them by three."""

    class Integer(int):
        def __format__(self, form: str) -> str:
            return THOUSANDS[language](int(self)) if form == "," else super().__format__(form)

    return Integer
