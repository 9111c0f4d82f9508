"""The index of words is merged a little with each write, not much at once by itself."""

from alembic import op

revision = "0030"
down_revision = "0029"

SETTINGS = {"automerge": 0, "usermerge": 8, "crisismerge": 64}
"""See https://sqlite.org/fts5.html#special_insert_commands; a crisis is what only very many writes at once lead to."""


def upgrade() -> None:
    """Set how pieces of the index are merged; PostgreSQL has none."""
    if op.get_context().dialect.name == "sqlite":
        for name, value in SETTINGS.items():
            op.execute(f"INSERT INTO ticket_search (ticket_search, rank) VALUES ('{name}', {value})")
