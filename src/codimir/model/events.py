"""The event log.

`version` counts the events of a workspace without a gap, in the order in which they committed. Events of one unit of
work follow each other and share a `batch_id`: the id of the first of them. `from_project_id` names the project that
a ticket left in the same change: what an event says was before it, was there.
"""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, reference
from codimir.database.types import Json, sortable_text
from codimir.model.columns import VERSIONED, workspace_column

events = sa.Table(
    "events",
    metadata,
    id_column(),
    workspace_column(),
    sa.Column("version", sa.BigInteger(), nullable=False),
    sa.Column("type", sa.Text(), nullable=False),
    reference("actor_id", "users", nullable=True),
    sa.Column("project_id", sortable_text(), nullable=True),
    sa.Column("ticket_id", sortable_text(), nullable=True),
    sa.Column("subject_id", sortable_text(), nullable=False),
    sa.Column("changes", Json(), nullable=False),
    sa.Column("batch_id", sortable_text(), nullable=False),
    moment("created_at"),
    sa.Column("from_project_id", sortable_text(), nullable=True),
    sa.UniqueConstraint("workspace_id", "version"),
    sa.Index(None, "ticket_id", "version"),
    sa.Index(None, "project_id", "version"),
    sa.Index(None, "actor_id", "created_at"),
    sa.Index(None, "subject_id", "version"),
    info=VERSIONED,
)

event_counts = sa.Table(
    "event_counts",
    metadata,
    workspace_column(),
    sa.Column("place_id", sortable_text(), primary_key=True),
    sa.Column("ticket_place_id", sortable_text(), primary_key=True),
    sa.Column("count", sa.BigInteger(), nullable=False),
    info=VERSIONED,
    sqlite_with_rowid=False,
)
"""How many events there are by the project, or else the workspace, in which they happened, and by the place where their
ticket is now: nothing where they are about no ticket, or about one that is gone for good. Triggers of the database keep
it (see the migration)."""
