"""Webhooks, and the log of what was sent to them.

Who made a webhook answers for it until another administrator confirms it (`confirmed_by`) and does so from then on.
A webhook keeps the version of its workspace up to which it has read the event log. A delivery is one event for one
webhook; it is open until it has been delivered, has failed for good or is cancelled. Whoever sends an open delivery
moves `next_attempt_at` behind the time that an attempt can take: so nobody else sends it meanwhile, and when the sender
is killed it is due again by itself. An open delivery without `next_attempt_at` waits for its webhook to be resumed.
Deliveries of one `ordering_key`, the ticket that they are about, go in the order of their versions
(`webhooks/queue.py`).
"""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, reference
from codimir.database.types import Json
from codimir.model.columns import workspace_column

webhooks = sa.Table(
    "webhooks",
    metadata,
    id_column(),
    workspace_column(),
    reference("project_id", "projects", nullable=True),
    sa.Column("url", sa.Text(), nullable=False),
    sa.Column("description", sa.Text(), nullable=True),
    sa.Column("events", Json(), nullable=False),
    sa.Column("secret", sa.Text(), nullable=False),
    sa.Column("previous_secret", sa.Text(), nullable=True),
    moment("previous_secret_until", nullable=True),
    sa.Column("enabled", sa.Boolean(), nullable=False),
    sa.Column("read_version", sa.BigInteger(), nullable=False),
    moment("failing_since", nullable=True),
    moment("paused_at", nullable=True),
    sa.Column("stopped_because", sa.Text(), nullable=True),
    reference("created_by", "users"),
    reference("confirmed_by", "users", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    moment("deleted_at", nullable=True),
    sa.Index(None, "workspace_id", "id"),
    sa.Index(None, "project_id"),
)

webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    id_column(),
    workspace_column(),
    reference("webhook_id", "webhooks"),
    sa.Column("event_id", sa.Text(), nullable=False),
    sa.Column("event_type", sa.Text(), nullable=False),
    sa.Column("ordering_key", sa.Text(), nullable=True),
    sa.Column("version", sa.BigInteger(), nullable=True),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("host", sa.Text(), nullable=False),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("failures", sa.Integer(), nullable=False),
    moment("next_attempt_at", nullable=True),
    moment("created_at"),
    moment("attempted_at", nullable=True),
    sa.Column("duration_ms", sa.Integer(), nullable=True),
    sa.Column("error", sa.Text(), nullable=True),
    sa.Column("reply_status", sa.Integer(), nullable=True),
    sa.Column("reply_headers", Json(), nullable=True),
    sa.Column("reply_body", sa.Text(), nullable=True),
    sa.Column("request_url", sa.Text(), nullable=True),
    sa.Column("request_headers", Json(), nullable=True),
    sa.Column("body", sa.Text(), nullable=False),
    sa.Index("ix_webhook_deliveries_webhook_id_id", "webhook_id", "id"),
    sa.Index("ix_webhook_deliveries_webhook_id_state", "webhook_id", "state", "id"),
    sa.Index(None, "created_at"),
)

OPEN = webhook_deliveries.c.state.in_([sa.literal_column("'pending'"), sa.literal_column("'sending'")])
for _columns in (
    ("next_attempt_at", "host"), ("host", "next_attempt_at"), ("webhook_id", "ordering_key", "version"),
):  # fmt: skip
    sa.Index(
        "ix_webhook_deliveries_open_" + "_".join(_columns),
        *(webhook_deliveries.c[name] for name in _columns),
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
