"""The events that tell changes of tickets."""

from collections.abc import Mapping
from typing import Any

from codimir.authorization.permissions import Scope
from codimir.events.types import (
    Event,
    TicketStatusChanged,
    TicketUpdated,
)
from codimir.tickets.fields import event_of
from codimir.tickets.schemas import API_NAME


def by_event(changes: Mapping[str, tuple[Any, Any]]) -> dict[type[Event], dict[str, tuple[Any, Any]]]:
    """Sort changes by the event that tells them; a stage that changes by itself is an update."""
    events: dict[type[Event], dict[str, tuple[Any, Any]]] = {}
    for name, change in changes.items():
        kind = event_of(name)
        if kind is TicketStatusChanged and "status" not in changes:
            kind = TicketUpdated
        events.setdefault(kind, {})[name] = change
    return events


def ticket_event(
    kind: type[Event], ticket_id: str, scope: Scope, changes: Mapping[str, tuple[Any, Any]], left: str | None = None
) -> Event:
    """Build an event of a ticket from its changes, by the names of the Struct; `left` is the project that it left."""
    return kind(
        workspace_id=scope.workspace_id,
        project_id=scope.project_id,
        ticket_id=ticket_id,
        subject_id=ticket_id,
        changes={API_NAME.get(name, name): change for name, change in changes.items()},
        from_project_id=left,
    )
