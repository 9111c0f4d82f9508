"""Links that were made and not used yet."""

import sqlalchemy as sa

from codimir.database.schema import metadata, moment, reference

links = sa.Table(
    "links",
    metadata,
    sa.Column("token_hash", sa.Text(), primary_key=True),
    sa.Column("purpose", sa.Text(), nullable=False),
    reference("user_id", "users", nullable=True),
    reference("made_by_id", "users", nullable=True),
    moment("created_at"),
    moment("expires_at"),
)
