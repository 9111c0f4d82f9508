"""What follows from a status."""

from datetime import datetime

from codimir.kit.values import Values
from codimir.model.enums import Stage, Status

STAGE_OF: dict[Status, Stage] = {
    "backlog": "PLANNING",
    "todo": "PLANNING",
    "in_progress": "DEVELOPMENT",
    "in_review": "TESTING",
    "done": "COMPLETED",
}


def fields_for_new(status: Status, now: datetime) -> Values:
    """Return what a new ticket gets with its status."""
    return {"stage": STAGE_OF.get(status, "PLANNING"), "completed_at": now if status == "done" else None}


def fields_for_transition(old: Status, new: Status, now: datetime) -> Values:
    """Return what changes with a change of status; a ticket that is cancelled keeps the stage that it reached."""
    if old == new:
        return {}
    if new == "cancelled" and old != "done":
        return {"status": new}
    return {"status": new, **fields_for_new(new, now)}
