"""Notifications, and how far the event log of each workspace has been read for them.

A notification is one event for one person. What it is about is looked up when it is shown, so it shows what the person
may see then. `mail_due_at` says when a mail about it is due; it is empty once that was taken, or where no mail is
wanted.
"""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, reference
from codimir.database.types import sortable_text
from codimir.model.columns import workspace_column

notifications = sa.Table(
    "notifications",
    metadata,
    id_column(),
    workspace_column(),
    reference("user_id", "users"),
    sa.Column("event_id", sortable_text(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    reference("actor_id", "users", nullable=True),
    sa.Column("project_id", sortable_text(), nullable=True),
    sa.Column("ticket_id", sortable_text(), nullable=True),
    sa.Column("comment_id", sortable_text(), nullable=True),
    sa.Column("status", sa.Text(), nullable=True),
    moment("created_at"),
    moment("read_at", nullable=True),
    moment("mail_due_at", nullable=True),
    sa.UniqueConstraint("user_id", "event_id"),
    sa.Index(None, "user_id", "created_at", "id"),
    sa.Index(None, "created_at"),
)
UNREAD = notifications.c.read_at.is_(None)
TO_MAIL = notifications.c.mail_due_at.is_not(None)
sa.Index("ix_notifications_unread", notifications.c.user_id, sqlite_where=UNREAD, postgresql_where=UNREAD)
sa.Index(
    "ix_notifications_to_mail",
    notifications.c.mail_due_at,
    notifications.c.user_id,
    sqlite_where=TO_MAIL,
    postgresql_where=TO_MAIL,
)

notification_positions = sa.Table(
    "notification_positions",
    metadata,
    workspace_column(primary_key=True),
    sa.Column("read_version", sa.BigInteger(), nullable=False),
)
