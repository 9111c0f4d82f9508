"""Shapes of undoing."""

from codimir.http.paging import Reply


class Undone(Reply):
    """What was taken back, the last first, and the batch of events that tells it: undoing that does it again."""

    event_ids: list[str]
    batch_id: str
