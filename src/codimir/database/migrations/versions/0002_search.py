"""Search: the index of tickets, and the words that each workspace has used."""

import sqlalchemy as sa
from alembic import op

from codimir.database.types import UtcDateTime, sortable_text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables, and the index in the way of the database."""
    op.create_table(
        "search_documents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False),
        sa.Column("workspace_id", sortable_text(), nullable=False),
        sa.Column("ticket_id", sortable_text(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_search_documents_workspace_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_search_documents_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_search_documents_ticket_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "search_words",
        sa.Column("workspace_id", sortable_text(), nullable=False),
        sa.Column("word", sortable_text(), nullable=False),
        sa.Column("learnt_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_search_words_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "word", name=op.f("pk_search_words")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_trigrams",
        sa.Column("workspace_id", sortable_text(), nullable=False),
        sa.Column("trigram", sortable_text(), nullable=False),
        sa.Column("word", sortable_text(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_search_trigrams_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "trigram", "word", name=op.f("pk_search_trigrams")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        _make_sqlite_index()
    else:
        _make_postgres_index()


def _make_sqlite_index() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE ticket_search USING fts5(place, title, key, description, comments,"
        " tokenize = 'ascii', detail = none, columnsize = 0, prefix = '1 2 3')"
    )


def _make_postgres_index() -> None:
    """Make the column; its values are kept apart from their rows, so that many matches are read from few pages."""
    op.execute("ALTER TABLE search_documents ADD COLUMN vector tsvector NOT NULL")
    op.execute("ALTER TABLE search_documents SET (toast_tuple_target = 128)")
    op.execute("CREATE INDEX ix_search_documents_vector ON search_documents USING gin (vector)")
