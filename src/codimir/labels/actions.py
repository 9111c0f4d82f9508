"""What can be done to labels."""

import re
import unicodedata

from codimir.access.actor import Actor
from codimir.access.permissions import Permission, Scope, require
from codimir.database.core import Transaction
from codimir.database.statements import insert_into
from codimir.events.recording import record
from codimir.events.types import LabelCreated
from codimir.http.errors import Conflict, InvalidInput
from codimir.kit.ids import new_id
from codimir.labels.queries import is_label_name_taken
from codimir.labels.tables import labels

COLOR = re.compile(r"#[0-9a-fA-F]{6}")
GREY = "#6b7280"


class LabelNameTaken(Conflict):
    """A label of the same place has this name, in any case."""

    message = "A label with this name exists here already"


async def create_label(tx: Transaction, actor: Actor, scope: Scope, name: str, color: str = GREY) -> str:
    """Create a label for a project, or for a whole workspace where the scope names no project; give its id."""
    if not COLOR.fullmatch(color):
        raise InvalidInput.fields(color="Must be a colour such as #d73a4a")
    require(actor, Permission.LABEL_CREATE, scope, "Insufficient permissions to create a label here")
    if await is_label_name_taken(tx, scope, name_key(name)):
        raise LabelNameTaken(details={"name": [LabelNameTaken.message]})
    label_id = new_id("label")
    await tx.run(
        insert_into(labels), id=label_id, workspace_id=scope.workspace_id, project_id=scope.project_id, name=name,
        name_key=name_key(name), color=color, created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    changes = {"name": (None, name), "color": (None, color)}
    await record(
        tx, actor.id,
        LabelCreated(
            workspace_id=scope.workspace_id, project_id=scope.project_id, subject_id=label_id, changes=changes
        ),
    )  # fmt: skip
    return label_id


def name_key(name: str) -> str:
    """Give the form in which names of labels are compared and sorted."""
    return unicodedata.normalize("NFKC", name).casefold()
