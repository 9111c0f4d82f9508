"""Reading what the names in a line mean, where the ticket goes."""

from collections.abc import Collection

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.model.labels import labels
from codimir.model.projects import projects
from codimir.model.schemas import LabelTag, Person, ProjectSummary
from codimir.model.users import users
from codimir.tickets.changing.validation import who_can_see
from codimir.users.mentions import find_mentioned

ME = frozenset({"me", "ich", "mich", "mir"})


async def find_people(tx: Transaction, actor: Actor, scope: Scope, handles: Collection[str]) -> dict[str, Person]:
    """Return the people who are meant by handles and who can see what is in a place."""
    meant = await find_mentioned(tx, scope.workspace_id, handles)
    own = [handle for handle in handles if handle in ME and handle not in meant]
    if own and (row := await tx.fetch_one(_PERSON_OF, user_id=actor.id)):
        meant |= dict.fromkeys(own, _PERSON.make(row))
    if not meant:
        return {}
    seeing = await who_can_see(tx, [person.id for person in meant.values()], scope)
    return {handle: person for handle, person in meant.items() if person.id in seeing}


async def find_labels(tx: Transaction, scope: Scope, names: Collection[str]) -> dict[str, LabelTag]:
    """Return the labels of these names that a ticket in a place can have; the project's before its workspace's."""
    if not names:
        return {}
    rows = await tx.fetch_all(
        _LABELS, names=list(names), workspace_id=scope.workspace_id, project_id=scope.project_id or ""
    )
    return {name: _LABEL.make(label) for name, *label in rows}


async def find_project_summary(tx: Transaction, project_id: str | None) -> ProjectSummary | None:
    """Return the project of a place that has been found visible; none where it has none."""
    if project_id is None:
        return None
    row = await tx.fetch_one(_PROJECT_OF, project_id=project_id)
    return _PROJECT.make(row) if row else None


_PERSON, _LABEL, _PROJECT = (
    Projection(Person, users),
    Projection(LabelTag, labels),
    Projection(ProjectSummary, projects),
)
_PERSON_OF = Statement(sa.select(*_PERSON.columns).where(users.c.id == sa.bindparam("user_id")))
_LABELS = Statement(
    sa.select(labels.c.name_key, *_LABEL.columns)
    .where(
        is_any_of(labels.c.name_key, "names"),
        labels.c.deleted_at.is_(None),
        labels.c.workspace_id == sa.bindparam("workspace_id"),
        labels.c.project_id.is_(None) | (labels.c.project_id == sa.bindparam("project_id")),
    )
    .order_by(labels.c.project_id.is_not(None), labels.c.id)
)
_PROJECT_OF = Statement(sa.select(*_PROJECT.columns).where(projects.c.id == sa.bindparam("project_id")))
