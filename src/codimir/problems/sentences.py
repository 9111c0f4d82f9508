"""The one table of problems: by its code the sentence of each, in English.

The pages translate the same sentences: they are the texts of `web/translations/<language>.po`. A value stands in
braces; `{limit:,}` is a number written in groups of three.
"""

from codimir.problems.forms import Sentences
from codimir.problems.requests import FIELDS, REQUESTS
from codimir.problems.resources import (
    EVENTS,
    GROUPS,
    JOBS,
    LABELS,
    MEMBERS,
    PAGES,
    PEOPLE,
    PICTURES,
    PROJECTS,
    SIGNING_IN,
    TICKETS,
    UNDO,
    WEBHOOKS,
    WORKSPACES,
)

SENTENCES: Sentences = {
    **REQUESTS,
    **FIELDS,
    **LABELS,
    **PROJECTS,
    **TICKETS,
    **UNDO,
    **PEOPLE,
    **WORKSPACES,
    **SIGNING_IN,
    **EVENTS,
    **MEMBERS,
    **WEBHOOKS,
    **GROUPS,
    **JOBS,
    **PICTURES,
    **PAGES,
}
