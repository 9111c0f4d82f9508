"""Which account of a provider belongs to whom."""

import sqlalchemy as sa

from codimir.database.schema import metadata, moment, reference

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("issuer", sa.Text(), primary_key=True),
    sa.Column("subject", sa.Text(), primary_key=True),
    reference("user_id", "users"),
    moment("created_at"),
    sa.Index(None, "user_id"),
)
