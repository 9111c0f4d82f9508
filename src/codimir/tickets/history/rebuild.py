"""The states of a ticket before now, told by its events: for tickets that are loaded with their history."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from codimir.kit.values import ReadOnlyValues, Values
from codimir.model.tickets import PAST_COLUMNS, title_sort_key
from codimir.tickets.schemas import API_NAME

COUNTERS = {
    "comment.created": ("comment_count", 1),
    "comment.deleted": ("comment_count", -1),
    "comment.restored": ("comment_count", 1),
    "attachment.added": ("attachment_count", 1),
    "attachment.deleted": ("attachment_count", -1),
    "attachment.restored": ("attachment_count", 1),
    "time.logged": ("time_log_count", 1),
    "time.deleted": ("time_log_count", -1),
    "time.restored": ("time_log_count", 1),
}
_COLUMN = {api: column for column, api in API_NAME.items()}


def rebuild_versions(
    ticket: ReadOnlyValues, label_ids: Sequence[str], events: Iterable[ReadOnlyValues]
) -> list[Values]:
    """Return the rows of `past_tickets` for a ticket as it is now, by taking back its events, the newest first.

    The events have their values as Python has them. An old key is not known to a loaded ticket, so it keeps its own.
    """
    state = {name: ticket[name] for name in PAST_COLUMNS if name != "container_id"} | {"label_ids": list(label_ids)}
    newest_first = sorted(events, key=lambda event: event["created_at"])[::-1]
    rows: list[Values] = []
    for event, earlier in pairwise(newest_first):
        _take_back(state, event)
        began, ended = earlier["created_at"], event["created_at"]
        if began < ended:
            rows.append(_row(ticket, state, began, ended))
    return rows


def _take_back(state: Values, event: ReadOnlyValues) -> None:
    counter, by = COUNTERS.get(event["type"], (None, 0))
    if counter is not None:
        state[counter] -= by
    elif event["subject_id"] == event["ticket_id"]:
        state |= {_COLUMN[name]: old for name, (old, _) in event["changes"].items() if _COLUMN[name] in state}
        state["title_sort"] = title_sort_key(state["title"])


def _row(ticket: ReadOnlyValues, state: ReadOnlyValues, began: datetime, ended: datetime) -> Values:
    return {
        **state,
        "id": ticket["id"],
        "workspace_id": ticket["workspace_id"],
        "container_id": state["project_id"] or ticket["workspace_id"],
        "updated_at": began,
        "valid_from": began,
        "valid_to": ended,
    }
