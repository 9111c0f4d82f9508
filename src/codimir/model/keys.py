"""How keys are written: `WEB` of a project, `WEB-45` of a ticket. Whatever reads one follows this rule."""

import re

PROJECT_KEY = "[A-Z][A-Z0-9]{1,9}"
"""A pattern for 2 to 10 capitals and digits that begin with a letter"""
TICKET_KEY = f"({PROJECT_KEY})-([1-9][0-9]{{0,8}})"
"""A pattern with the key of the project and the number in it"""

_project_key = re.compile(PROJECT_KEY)
_ticket_key = re.compile(TICKET_KEY, re.IGNORECASE | re.ASCII)


def is_project_key(text: str) -> bool:
    """Return whether a text is the key of a project, in capitals."""
    return _project_key.fullmatch(text) is not None


def parts_of_ticket_key(text: str) -> tuple[str, int] | None:
    """Return the project's key, in capitals, and the number of a ticket's key in any case; None for any other text."""
    found = _ticket_key.fullmatch(text)
    return None if found is None else (found[1].upper(), int(found[2]))
