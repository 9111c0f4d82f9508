"""How many tickets a person, group or label has in each place, kept by triggers; and indexes that know the place."""

import sqlalchemy as sa
from alembic import op

from codimir.database.types import sortable_text

revision = "0027"
down_revision = "0026"

COLUMNS = "workspace_id, container_id, field, value, status, count"
OR_ADD = "ON CONFLICT (container_id, field, value, status) DO UPDATE SET count = ticket_facets.count + excluded.count"
OF_TICKET = ("assignee_id", "reporter_id", "group_id")
OLD_INDEXES = {
    "ix_tickets_live_assignee_status_updated_at": ["assignee_id", "status", "updated_at", "id"],
    "ix_tickets_live_reporter_updated_at": ["reporter_id", "updated_at", "id"],
}
NEW_INDEXES = {
    "ix_tickets_live_container_priority_status_type": ["container_id", "priority", "id", "status", "type"],
    "ix_tickets_live_assignee_container_status_updated_at": [
        "assignee_id", "container_id", "status", "updated_at", "id",
    ],
    "ix_tickets_live_reporter_container_updated_at": ["reporter_id", "container_id", "updated_at", "id"],
    "ix_tickets_live_group_container_updated_at": ["group_id", "container_id", "updated_at", "id"],
}  # fmt: skip
IS_LIVE = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    """Make the table, the triggers, what they would have counted, and the indexes."""
    op.create_table(
        "ticket_facets",
        sa.Column("workspace_id", sortable_text(), nullable=False),
        sa.Column("container_id", sortable_text(), nullable=False),
        sa.Column("field", sortable_text(), nullable=False),
        sa.Column("value", sortable_text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("count", sa.BigInteger(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_ticket_facets_workspace_id")),
        sa.PrimaryKeyConstraint("container_id", "field", "value", "status", name=op.f("pk_ticket_facets")),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": "50"},
    )
    _make_triggers()
    for field in OF_TICKET:
        op.execute(
            f"INSERT INTO ticket_facets ({COLUMNS}) SELECT workspace_id, container_id, '{field}',"
            f" coalesce({field}, ''), status, count(*) FROM tickets WHERE deleted_at IS NULL GROUP BY 1, 2, 3, 4, 5"
        )
    op.execute(
        f"INSERT INTO ticket_facets ({COLUMNS}) SELECT t.workspace_id, t.container_id, 'label_id', l.label_id,"
        " t.status, count(*) FROM tickets t JOIN ticket_labels l ON l.ticket_id = t.id WHERE t.deleted_at IS NULL"
        " GROUP BY 1, 2, 3, 4, 5"
    )
    for name in OLD_INDEXES:
        op.drop_index(name, "tickets")
    for name, columns in NEW_INDEXES.items():
        op.create_index(name, "tickets", columns, sqlite_where=IS_LIVE, postgresql_where=IS_LIVE)


def _make_triggers() -> None:
    """Count what is of the ticket itself by field, so that a new assignee costs two rows and not eight."""
    for field in OF_TICKET:
        short = field.removesuffix("_id")
        _make_trigger(f"facet_{short}_of_new", "INSERT ON tickets", _is_live("NEW"), _add("NEW", field))
        _make_trigger(f"facet_{short}_of_gone", "DELETE ON tickets", _is_live("OLD"), _take("OLD", field))
        _make_trigger(
            f"facet_{short}_of_changed", "UPDATE ON tickets", _differ(field),
            f"{_take('OLD', field, of_live=True)} {_add('NEW', field, of_live=True)}",
        )  # fmt: skip
    _make_trigger(
        "facet_labels_of_changed", "UPDATE ON tickets", _differ(),
        f"{_labels('OLD', '-', 'deleted_at IS NULL')} {_labels('NEW', '', 'deleted_at IS NULL')}",
    )  # fmt: skip
    _make_trigger("facet_label_of_added", "INSERT ON ticket_labels", "true", _label("NEW", ""))
    _make_trigger("facet_label_of_removed", "DELETE ON ticket_labels", "true", _label("OLD", "-"))


def _is_live(row: str) -> str:
    return f"{row}.deleted_at IS NULL"


def _differ(*fields: str) -> str:
    """Write the condition that a ticket is counted elsewhere than before."""
    differ = "IS NOT" if op.get_bind().dialect.name == "sqlite" else "IS DISTINCT FROM"
    old, new = (
        ", ".join([f"{row}.deleted_at IS NULL", *(f"{row}.{name}" for name in ("container_id", "status", *fields))])
        for row in ("OLD", "NEW")
    )
    return f"({old}) {differ} ({new})"


def _add(row: str, field: str, *, of_live: bool = False) -> str:
    return _count(row, f"'{field}'", f"coalesce({row}.{field}, '')", "1", _is_live(row) if of_live else "true")


def _take(row: str, field: str, *, of_live: bool = False) -> str:
    return _count(row, f"'{field}'", f"coalesce({row}.{field}, '')", "-1", _is_live(row) if of_live else "true")


def _count(row: str, field: str, value: str, number: str, condition: str) -> str:
    return (
        f"INSERT INTO ticket_facets ({COLUMNS}) SELECT {row}.workspace_id, {row}.container_id, {field}, {value},"
        f" {row}.status, {number} WHERE {condition} {OR_ADD};"
    )


def _labels(row: str, sign: str, condition: str) -> str:
    """Write the statement that counts a ticket under each of its labels."""
    return (
        f"INSERT INTO ticket_facets ({COLUMNS}) SELECT {row}.workspace_id, {row}.container_id, 'label_id', l.label_id,"
        f" {row}.status, {sign}1 FROM ticket_labels l WHERE l.ticket_id = {row}.id AND {row}.{condition}"
        f" ORDER BY l.label_id {OR_ADD};"
    )


def _label(row: str, sign: str) -> str:
    """Write the statement that counts the ticket of a label that was added or removed."""
    return (
        f"INSERT INTO ticket_facets ({COLUMNS}) SELECT t.workspace_id, t.container_id, 'label_id', {row}.label_id,"
        f" t.status, {sign}1 FROM tickets t WHERE t.id = {row}.ticket_id AND t.deleted_at IS NULL {OR_ADD};"
    )


def _make_trigger(name: str, event: str, condition: str, body: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} AFTER {event} WHEN {condition} BEGIN {body} END")
        return
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$")
    op.execute(f"CREATE TRIGGER {name} AFTER {event} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()")
