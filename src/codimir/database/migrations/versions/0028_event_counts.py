"""How many events there are in each place, kept by triggers."""

import sqlalchemy as sa
from alembic import op

from codimir.database.types import sortable_text

revision = "0028"
down_revision = "0027"

COUNT = "INSERT INTO event_counts (workspace_id, place_id, ticket_place_id, count) SELECT"
PLACE = "coalesce({e}.project_id, {e}.workspace_id)"
OR_ADD = "ON CONFLICT (place_id, ticket_place_id) DO UPDATE SET count = event_counts.count + excluded.count"
MOVED = (
    f"{COUNT} e.workspace_id, {PLACE.format(e='e')}, {{place}}, {{sign}}count(*) FROM events e"
    f" WHERE e.ticket_id = {{ticket}} GROUP BY 1, 2 {OR_ADD};"
)
NEW_EVENT = (
    f"{COUNT} NEW.workspace_id, {PLACE.format(e='NEW')},"
    " coalesce((SELECT t.container_id FROM tickets t WHERE t.id = NEW.ticket_id), ''), 1 WHERE true"
    f" {OR_ADD};"
)


def upgrade() -> None:
    """Make the table, the triggers, and what they would have counted."""
    op.create_table(
        "event_counts",
        sa.Column("workspace_id", sortable_text(), nullable=False),
        sa.Column("place_id", sortable_text(), nullable=False),
        sa.Column("ticket_place_id", sortable_text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_event_counts_workspace_id")),
        sa.PrimaryKeyConstraint("place_id", "ticket_place_id", name=op.f("pk_event_counts")),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": "50"},
    )
    arrived, left, gone = (
        MOVED.format(place="NEW.container_id", sign="", ticket="NEW.id"),
        MOVED.format(place="OLD.container_id", sign="-", ticket="OLD.id"),
        MOVED.format(place="''", sign="", ticket="OLD.id"),
    )
    not_gone = MOVED.format(place="''", sign="-", ticket="NEW.id")
    for name, event, condition, body in (
        ("count_event", "INSERT ON events", "true", NEW_EVENT),
        ("count_events_of_moved", "UPDATE ON tickets", "OLD.container_id <> NEW.container_id", f"{left} {arrived}"),
        ("count_events_of_gone", "DELETE ON tickets", "true", f"{left} {gone}"),
        ("count_events_of_new", "INSERT ON tickets", "true", f"{not_gone} {arrived}"),
    ):
        _make_trigger(name, event, condition, body)
    op.execute(
        f"{COUNT} e.workspace_id, {PLACE.format(e='e')}, coalesce(t.container_id, ''), count(*)"
        " FROM events e LEFT JOIN tickets t ON t.id = e.ticket_id GROUP BY 1, 2, 3"
    )


def _make_trigger(name: str, event: str, condition: str, body: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} AFTER {event} WHEN {condition} BEGIN {body} END")
        return
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$")
    op.execute(f"CREATE TRIGGER {name} AFTER {event} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()")
