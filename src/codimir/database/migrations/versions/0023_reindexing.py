"""Words are cut in another way, so every ticket is indexed anew, in the background."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from codimir.database.types import UtcDateTime, utc_text
from codimir.kit.ids import new_id

revision = "0023"
down_revision = "0022"

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
    """Begin a job for each workspace that has tickets."""
    counted = sa.select(documents.c.workspace_id, sa.func.count()).group_by(documents.c.workspace_id)
    for workspace_id, count in op.get_bind().execute(counted).all():
        op.execute(jobs.insert().values(_job(workspace_id, count)))


def _job(workspace_id: str, count: int) -> dict[str, object]:
    now = datetime.now(UTC)
    moment = utc_text(now) if op.get_context().dialect.name == "sqlite" else now
    return {
        "id": new_id("job"), "workspace_id": workspace_id, "kind": "search.reindexing", "subject_id": workspace_id,
        "batch_id": new_id("batch"), "position": 0, "done": 0, "total": count, "created_at": moment,
        "updated_at": moment,
    }  # fmt: skip
