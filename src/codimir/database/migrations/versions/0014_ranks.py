"""The order of tickets made by hand; those that are there begin with the newest on top."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from codimir.database.types import sortable_text
from codimir.kit.ranks import first_rank

revision = "0014"
down_revision = "0013"

AT_ONCE = 5_000
tickets = sa.table(
    "tickets", sa.column("id", sa.Text()), sa.column("created_at"), sa.column("number"), sa.column("rank", sa.Text())
)


def upgrade() -> None:
    """Add the column, fill it and make the index that has the order."""
    op.add_column("tickets", sa.Column("rank", sortable_text(), nullable=False, server_default=""))
    _give_first_ranks()
    op.create_index(
        "ix_tickets_live_container_rank_status_priority_assignee",
        "tickets",
        ["container_id", "rank", "id", "status", "priority", "assignee_id"],
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def _give_first_ranks() -> None:
    connection = op.get_bind()
    update = sa.update(tickets).where(tickets.c.id == sa.bindparam("ticket")).values(rank=sa.bindparam("first"))
    page = sa.select(tickets.c.id, tickets.c.created_at, tickets.c.number).order_by(tickets.c.id).limit(AT_ONCE)
    last = ""
    while rows := connection.execute(page.where(tickets.c.id > last)).all():
        connection.execute(
            update, [{"ticket": row.id, "first": first_rank(_moment(row), row.id, row.number)} for row in rows]
        )
        last = rows[-1].id


def _moment(row: Any) -> datetime:
    stored = row.created_at
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
