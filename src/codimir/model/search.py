"""What search remembers: which document of the index is which ticket, and the words that each workspace has used.

The index itself is a table of its database alone, see `tickets/search/sqlite.py` and `tickets/search/postgres.py`.
"""

import sqlalchemy as sa

from codimir.database.schema import metadata, moment, reference
from codimir.database.types import sortable_text
from codimir.model.columns import VERSIONED, workspace_column

search_documents = sa.Table(
    "search_documents",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), primary_key=True),
    workspace_column(),
    reference("ticket_id", "tickets"),
    sa.UniqueConstraint("ticket_id"),
    sqlite_autoincrement=True,
    info=VERSIONED,
)

search_words = sa.Table(
    "search_words",
    metadata,
    workspace_column(primary_key=True),
    sa.Column("word", sortable_text(), primary_key=True),
    moment("learnt_at"),
    sqlite_with_rowid=False,
    info=VERSIONED,
)

search_trigrams = sa.Table(
    "search_trigrams",
    metadata,
    workspace_column(primary_key=True),
    sa.Column("trigram", sortable_text(), primary_key=True),
    sa.Column("word", sortable_text(), primary_key=True),
    sqlite_with_rowid=False,
    info=VERSIONED,
)
