"""What is wrong with a request, in the language of a page: the sentences of its problems, translated."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from codimir.problems.problem import Problem
from codimir.web.languages import SOURCE_LANGUAGE, THOUSANDS, catalogue

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
    return _by_form(language, str(problem))


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


def _by_form(language: str, problem: str) -> str:
    if language == SOURCE_LANGUAGE:
        return problem
    for form, said in _forms(language):
        if found := form.fullmatch(problem):
            return said % found.groups()
    return problem


@cache
def _forms(language: str) -> list[tuple[re.Pattern[str], str]]:
    gettext = catalogue(language).gettext
    forms = {**_of_fields(gettext), **_of_refusals(gettext)}
    return [(re.compile(form, re.DOTALL), said) for form, said in forms.items()]


def _of_fields(_: Callable[[str], str]) -> dict[str, str]:
    """Return how it is said what is wrong with what was entered, by the form of the API's message."""
    return {
        r"[^.:]+ is required": _("This is required"),
        r"This instance mails invitations: .+": _("This instance mails invitations: an e-mail is required"),
        r"This invitation is for another e-mail": _("This invitation is for another e-mail"),
        r"Must have at most ([\d,]+) characters, has ([\d,]+)": _("Must have at most %s characters, has %s"),
        r"Must have at most ([\d,]+) characters?": _("Must have at most %s characters"),
        r"Must have at least ([\d,]+) characters?": _("Must have at least %s characters"),
        r"Must be one of: (.+)": _("Must be one of: %s"),
        r"Invalid .+ ID": _("This is not there, or you may not see it"),
        r"The span ends before it begins": _("The span ends before it begins"),
        r"Must be a picture: PNG, JPEG, WebP or GIF": _("Must be a picture: PNG, JPEG, WebP or GIF"),
        r"The picture is damaged and cannot be read": _("The picture is damaged and cannot be read"),
        r"The picture takes too long to read": _("The picture takes too long to read"),
        r"Has ([\d,]+) by ([\d,]+) pixels; at most ([\d,]+) in all are read": _(
            "Has %s by %s pixels; at most %s in all are read"
        ),
        r"A file may have at most ([\d,]+) bytes": _("A file may have at most %s bytes"),
        r"Must not be one of the most common passwords; .+": _(
            "Must not be one of the most common passwords; four random words are good"
        ),
        r"Must not be made of your own name .+": _(
            "Must not be made of your own name or e-mail address; four random words are good"
        ),
        r"Invalid input data": _("Something that was entered is wrong"),
    }


def _of_refusals(_: Callable[[str], str]) -> dict[str, str]:
    """Return how it is said why something is not done, by the form of the API's message."""
    return {
        r"Insufficient permissions": _("You may not do this"),
        r"Insufficient permissions to access this ticket": _("You can read this ticket, but not change it"),
        r"Insufficient permissions to .+": _("Your role does not allow this"),
        r"Only an administrator of the instance may .+": _("Only an administrator of the instance may do this"),
        r"Only administrators of this instance may .+": _("Only an administrator of the instance may do this"),
        r"Only an owner may .+": _("Only an owner may do this"),
        r"This project is archived: .+": _("This project is archived: nothing in it can be changed"),
        r"A page of another site may not do this": _("A page of another site may not do this"),
        r"You can't create tickets in (.+)": _("You can't create tickets in %s"),
        r"You can't move tickets to (.+)": _("You can't move tickets to %s"),
        r"You were taken out of this project, .+": _(
            "You were taken out of this project, or were its reader; ask one of its administrators to add you"
        ),
        r"Only its administrators add people to this project; .+": _(
            "Only its administrators add people to this project; ask one of them"
        ),
        r"Whoever invited you may not .+": _(
            "Whoever invited you may not invite people here any more; ask somebody there for another invitation"
        ),
        r"This took too long and was stopped; .+": _(
            "This took too long and was stopped. Ask for less: other words, a narrower filter, an earlier page."
        ),
        r"Too many of your searches and reports wait .+": _(
            "Too many of your searches and reports wait for each other. Wait for an answer before the next one."
        ),
        r"Too many tries; .+": _("Too many tries; wait a minute"),
        r"Too many from your address .+": _("Too many from your address at once; try again in a moment"),
        r"Too many mails are waiting .+": _(
            "Too many mails are waiting to be sent; nothing was sent, try again in a minute"
        ),
        r"This instance sends no mail; .+": _(
            "This instance sends no mail; ask who administers it for a link to choose a new password"
        ),
        r"Someone changed this text meanwhile. Look at it again, then tick": _(
            "Someone changed this text meanwhile. Look at it again, then tick"
        ),
    }
