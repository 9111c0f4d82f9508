"""Where a ticket came from when it moved, and since when projects that were private are public: who sees their past."""

import sqlalchemy as sa
from alembic import op

from codimir.database.types import UtcDateTime, sortable_text

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make both, and tell them from the log for what happened before."""
    op.add_column("events", sa.Column("from_project_id", sortable_text(), nullable=True))
    op.create_table(
        "published_projects",
        sa.Column("workspace_id", sortable_text(), nullable=False),
        sa.Column("project_id", sortable_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_published_projects_workspace_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_published_projects_project_id")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_published_projects")),
    )
    _tell_moves()
    _tell_publications()


def _tell_moves() -> None:
    """Mark the events that moved a ticket, and those of the same change."""
    left = _in_changes("projectId", 0)
    op.execute(f"UPDATE events SET from_project_id = {left} WHERE type = 'ticket.updated' AND {left} IS NOT NULL")
    of_the_move = (
        "SELECT max(moved.from_project_id) FROM events AS moved WHERE moved.ticket_id = events.ticket_id"
        " AND moved.batch_id = events.batch_id"
    )
    op.execute(
        f"UPDATE events SET from_project_id = ({of_the_move})"
        " WHERE type IN ('ticket.status_changed', 'ticket.assigned') AND ticket_id IN"
        " (SELECT ticket_id FROM events WHERE from_project_id IS NOT NULL)"
    )


def _tell_publications() -> None:
    """Note the last time that each project was made public."""
    op.execute(
        "INSERT INTO published_projects (workspace_id, project_id, version, published_at)"
        " SELECT e.workspace_id, e.project_id, max(e.version), max(e.created_at)"
        " FROM events AS e JOIN projects ON projects.id = e.project_id"
        f" WHERE e.type = 'project.updated' AND {_in_changes('visibility', 1)} = 'public'"
        " GROUP BY e.workspace_id, e.project_id"
    )


def _in_changes(field: str, place: int) -> str:
    """Write what reads the old or the new value of a field."""
    if op.get_bind().dialect.name == "sqlite":
        return f"json_extract(changes, '$.{field}[{place}]')"
    return f"(changes -> '{field}' ->> {place})"
