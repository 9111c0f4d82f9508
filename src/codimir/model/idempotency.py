"""Replies that are kept for who sends a request again."""

import sqlalchemy as sa

from codimir.database.schema import metadata, moment, reference

kept_replies = sa.Table(
    "kept_replies",
    metadata,
    sa.Column("key_hash", sa.Text(), primary_key=True),
    reference("user_id", "users"),
    sa.Column("body_hash", sa.Text(), nullable=False),
    sa.Column("reply", sa.LargeBinary(), nullable=False),
    moment("created_at"),
    sa.Index(None, "created_at"),
    sa.Index(None, "user_id"),
)
