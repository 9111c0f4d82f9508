"""What can be done to labels."""

import unicodedata

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, require
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into, update_by_id
from codimir.events.recording import record
from codimir.events.types import Changes, Event, LabelCreated, LabelDeleted, LabelUpdated
from codimir.http.errors import Conflict
from codimir.jobs.actions import DONE_AT_ONCE, begin_job
from codimir.kit.collation import name_keys
from codimir.kit.ids import new_id
from codimir.kit.updates import changed, new_values
from codimir.labels.queries import FoundLabel, is_label_name_taken
from codimir.labels.schemas import GREY, LabelUpdate
from codimir.model.labels import labels
from codimir.problems.problem import Problem
from codimir.tickets.changing.detaching import count_labelled, take_label_off

MAY_NOT = Problem("label_change_forbidden")
MAY_NOT_CREATE = Problem("label_creation_forbidden")


class LabelNameTaken(Conflict):
    """A label of the same place has this name, in any case."""

    problem = Problem("label_name_taken")


async def create_label(tx: Transaction, actor: Actor, scope: Scope, name: str, color: str = GREY) -> str:
    """Create a label for a project, or for a whole workspace where the scope names no project; give its id."""
    require(actor, Permission.LABEL_CREATE, scope, MAY_NOT_CREATE)
    await _check_name(tx, scope, name)
    label_id = new_id("label")
    await tx.execute(
        insert_into(labels), id=label_id, workspace_id=scope.workspace_id, project_id=scope.project_id, name=name,
        name_key=name_key(name), color=color, created_at=tx.now, updated_at=tx.now,
        deleted_at=None, **name_keys(name),
    )  # fmt: skip
    changes = {"name": (None, name), "color": (None, color)}
    await record(tx, actor.id, _event(LabelCreated, scope, label_id, changes))
    return label_id


async def update_label(tx: Transaction, actor: Actor, found: FoundLabel, update: LabelUpdate) -> None:
    """Change the fields that are given and leave the others as they are."""
    require(actor, Permission.LABEL_EDIT, found.scope, MAY_NOT)
    old = found.label
    changes = changed(old, update)
    if not changes:
        return
    row = new_values(changes) | {"updated_at": tx.now}
    if "name" in changes:
        await _check_name(tx, found.scope, row["name"], except_for=old.id)
        row |= {"name_key": name_key(row["name"]), **name_keys(row["name"])}
    await tx.execute(update_by_id(labels, frozenset(row)), row_id=old.id, **row)
    await record(tx, actor.id, _event(LabelUpdated, found.scope, old.id, changes))


async def delete_label(tx: Transaction, actor: Actor, found: FoundLabel) -> None:
    """Delete a label and take it off its tickets; off many it goes in the background, and nobody sees it meanwhile."""
    require(actor, Permission.LABEL_DELETE, found.scope, MAY_NOT)
    old, count = found.label, await count_labelled(tx, found.label.id)
    if count <= DONE_AT_ONCE:
        await take_label_off(tx, actor.id, old.id, count)
        await erase_label(tx, old.id)
    else:
        await tx.execute(_HIDE, label=old.id, moment=tx.now)
    changes = {"name": (old.name, None), "color": (old.color, None)}
    await record(tx, actor.id, _event(LabelDeleted, found.scope, old.id, changes))
    if count > DONE_AT_ONCE:
        await begin_job(tx, actor.id, "label.deletion", found.scope, old.id, count)


async def erase_label(tx: Transaction, label_id: str) -> None:
    """Forget a label that no ticket has any more."""
    await tx.execute(_DELETE, label=label_id)


def name_key(name: str) -> str:
    """Return the form in which names of labels are the same."""
    return unicodedata.normalize("NFKC", name).casefold()


async def _check_name(tx: Transaction, scope: Scope, name: str, *, except_for: str = "") -> None:
    if await is_label_name_taken(tx, scope, name_key(name), except_for=except_for):
        raise LabelNameTaken.about("name")


def _event(kind: type[Event], scope: Scope, label_id: str, changes: Changes) -> Event:
    return kind(workspace_id=scope.workspace_id, project_id=scope.project_id, subject_id=label_id, changes=changes)


_HIDE = Statement(
    sa.update(labels)
    .where(labels.c.id == sa.bindparam("label"))
    .values(name_key=labels.c.id, deleted_at=sa.bindparam("moment", type_=labels.c.deleted_at.type))
)
_DELETE = Statement(sa.delete(labels).where(labels.c.id == sa.bindparam("label")))
