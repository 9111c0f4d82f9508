"""Titles stand in the index of search a second time, so every ticket is indexed anew, in the background."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from codimir.database.types import UtcDateTime, utc_text
from codimir.kit.ids import new_id

revision = "0029"
down_revision = "0028"

jobs = sa.table(
    "background_jobs",
    *(
        sa.column(name)
        for name in ("id", "workspace_id", "kind", "subject_id", "batch_id", "position", "done", "total")
    ),
    sa.column("created_at", UtcDateTime()),
    sa.column("updated_at", UtcDateTime()),
)
documents = sa.table("search_documents", sa.column("workspace_id"))


def upgrade() -> None:
    """Begin a job for each workspace that has tickets, in the place of one that is not through yet."""
    if op.get_context().dialect.name == "sqlite":
        _name_places()
    op.execute(jobs.delete().where(jobs.c.kind == "search.reindexing"))
    counted = sa.select(documents.c.workspace_id, sa.func.count()).group_by(documents.c.workspace_id)
    for workspace_id, count in op.get_bind().execute(counted).all():
        op.execute(jobs.insert().values(_job(workspace_id, count)))


def _name_places() -> None:
    """Keep beside the words of a ticket where it is, and the words of its title and key."""
    for name in ("container_id", "deleted_at", "title", "key"):
        op.execute(f"ALTER TABLE search_documents ADD COLUMN {name} TEXT")
    op.execute(
        "UPDATE search_documents SET"
        " (container_id, deleted_at) = (SELECT container_id, deleted_at FROM tickets WHERE id = ticket_id),"
        " (title, key) = (SELECT title, key FROM ticket_search WHERE rowid = search_documents.id)"
    )
    op.execute(
        "CREATE TRIGGER keep_place_of_document AFTER UPDATE OF project_id, workspace_id, deleted_at ON tickets BEGIN"
        " UPDATE search_documents SET container_id = NEW.container_id, deleted_at = NEW.deleted_at"
        " WHERE ticket_id = NEW.id; END"
    )


def _job(workspace_id: str, count: int) -> dict[str, object]:
    now = datetime.now(UTC)
    moment = utc_text(now) if op.get_context().dialect.name == "sqlite" else now
    return {
        "id": new_id("job"), "workspace_id": workspace_id, "kind": "search.reindexing", "subject_id": workspace_id,
        "batch_id": new_id("batch"), "position": 0, "done": 0, "total": count, "created_at": moment,
        "updated_at": moment,
    }  # fmt: skip
