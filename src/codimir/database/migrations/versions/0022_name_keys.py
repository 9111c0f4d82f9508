"""Names are searched and ordered by keys beside them, alike on both databases; no moment is infinite any more."""

import sqlalchemy as sa
from alembic import op

from codimir.database.types import sortable_text
from codimir.kit.collation import name_keys

revision = "0022"
down_revision = "0021"

AT_ONCE = 5_000
HAVE_BOTH = ("groups", "labels", "users", "workspaces")
INFINITE = (("tickets", "due_date"), ("past_tickets", "due_date"), ("time_logs", "started_at"))


def upgrade() -> None:
    """Add the columns and fill them."""
    for name in (*HAVE_BOTH, "projects"):
        op.add_column(name, sa.Column("name_search", sa.Text(), nullable=False, server_default=""))
        if name in HAVE_BOTH:
            op.add_column(name, sa.Column("name_sort", sortable_text(), nullable=False, server_default=""))
        _fill(name)
    if op.get_context().dialect.name == "postgresql":
        _end_infinity()


def _fill(name: str) -> None:
    table = sa.table(name, *(sa.column(each, sa.Text()) for each in ("id", "name", "name_search", "name_sort")))
    update = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("row_id"))
        .values(name_search=sa.bindparam("search"), name_sort=sa.bindparam("sort"))
    )
    connection, last = op.get_bind(), ""
    page = sa.select(table.c.id, table.c.name).order_by(table.c.id).limit(AT_ONCE)
    while rows := connection.execute(page.where(table.c.id > last)).all():
        filled = [(row.id, name_keys(row.name)) for row in rows]
        connection.execute(
            update, [{"row_id": each, "search": of["name_search"], "sort": of["name_sort"]} for each, of in filled]
        )
        last = rows[-1].id


def _end_infinity() -> None:
    """Give the first and the last moment, which the driver wrote as infinite ones, a microsecond less."""
    for table, column in INFINITE:
        for infinite, finite in (
            ("infinity", "9999-12-31 23:59:59.999998+00"),
            ("-infinity", "0001-01-01 00:00:01+00"),
        ):
            op.execute(f"UPDATE {table} SET {column} = '{finite}' WHERE {column} = '{infinite}'")
