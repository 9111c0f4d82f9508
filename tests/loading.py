"""What tests load as data, past every verb, and what they look up in the database."""

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.database.core import Database, Transaction
from codimir.database.schema import metadata
from codimir.database.statements import Statement, insert_into, update_by_id
from codimir.kit.collation import name_keys
from codimir.kit.ranks import first_rank
from codimir.model.events import events as events_table
from codimir.model.projects import project_members, projects
from codimir.model.tickets import ticket_labels, tickets, title_sort_key
from codimir.model.users import users
from codimir.model.workspaces import workspace_members
from codimir.projects.search_columns import search_columns
from codimir.tickets.search.index import index_tickets
from tests.calls import AsyncCall, Recorded, RowCounts
from tests.cast import LONG_AGO, PEOPLE

COUNTS = {table.name: Statement(sa.select(sa.func.count()).select_from(table)) for table in metadata.sorted_tables}


@pytest.fixture
def recorded(db: Database) -> Recorded:
    """Give the events that were recorded about something, oldest first: (type, changes)."""
    columns = events_table.c
    statement = Statement(
        sa.select(columns.type, columns.changes)
        .where(columns.subject_id == sa.bindparam("subject"))
        .order_by(columns.workspace_id, columns.version)
    )

    async def read(subject_id: str) -> list[tuple[str, Any]]:
        rows = await db.read(lambda tx: tx.fetch_all(statement, subject=subject_id))
        return [(row[0], row[1]) for row in rows]

    return read


@pytest.fixture
def row_counts(db: Database) -> RowCounts:
    """Count the rows of every table."""

    async def unit(tx: Transaction) -> dict[str, int]:
        return {name: await tx.fetch_value(count) for name, count in COUNTS.items()}

    async def count() -> dict[str, int]:
        return await db.read(unit)

    return count


@pytest.fixture
def load_ticket(db: Database) -> AsyncCall[None]:
    """Load a ticket as data, past every verb; columns that are not given are plain. Jane reported it in WEB."""

    async def load(ticket_id: str, label_ids: Sequence[str] = (), **columns: Any) -> None:
        row = {
            "id": ticket_id, "workspace_id": "workspace_789", "project_id": "project_456", "number": None, "key": None,
            "title": "Fix login", "description": None, "type": "TASK", "status": "backlog", "priority": "medium",
            "rank": first_rank(columns.get("created_at", LONG_AGO), ticket_id),
            "stage": "PLANNING", "assignee_id": None, "reporter_id": "user_101", "group_id": None, "due_date": None,
            "completed_at": None, "comment_count": 0, "attachment_count": 0, "time_log_count": 0,
            "created_at": LONG_AGO, "updated_at": LONG_AGO, "deleted_at": None, **columns,
        }  # fmt: skip

        async def unit(tx: Transaction) -> None:
            await tx.execute(insert_into(tickets), **row, title_sort=title_sort_key(row["title"]))
            for label_id in label_ids:
                labelled = {"workspace_id": row["workspace_id"], "ticket_id": ticket_id, "label_id": label_id}
                await tx.execute(insert_into(ticket_labels), **labelled)
            if row["number"] is not None:
                counted = update_by_id(projects, frozenset({"ticket_counter"}))
                await tx.execute(counted, row_id=row["project_id"], ticket_counter=row["number"])
            await index_tickets(tx, [ticket_id])

        await db.write(unit)

    return load


@pytest.fixture
def join(db: Database) -> AsyncCall[None]:
    """Make someone of the cast a member: `join("mia", "MEMBER", "workspace_globex")`, or of a project of it too."""

    async def load(who: str, role: str, workspace_id: str, project_id: str | None = None) -> None:
        row = {"workspace_id": workspace_id, "user_id": PEOPLE[who][0], "role": role, "created_at": LONG_AGO}
        if project_id is None:
            await db.write(lambda tx: tx.execute(insert_into(workspace_members), **row))
        else:
            await db.write(lambda tx: tx.execute(insert_into(project_members), **row, project_id=project_id))

    return load


@pytest.fixture
def set_user(db: Database) -> AsyncCall[None]:
    """Set columns of someone of the cast: `set_user("jane", role="VIEWER")`."""

    async def load(who: str, **columns: Any) -> None:
        columns |= name_keys(columns["name"]) if "name" in columns else {}
        statement = update_by_id(users, frozenset(columns))
        await db.write(lambda tx: tx.execute(statement, row_id=PEOPLE[who][0], **columns))

    return load


@pytest.fixture
def load_project(db: Database) -> AsyncCall[None]:
    """Load a project as data, past every verb: a public one of Acme, older than all others, if nothing else is said."""

    async def load(project_id: str, **columns: Any) -> None:
        long_before = LONG_AGO.replace(year=2000)
        row = {
            "id": project_id, "workspace_id": "workspace_789", "name": project_id, "description": None, "key": "NEW",
            "status": "active", "visibility": "public", "owner_id": "user_ada",
            "join_policy": "open", "ticket_counter": 0,
            "deleted_at": None, "created_at": long_before, "updated_at": long_before, **columns,
        }  # fmt: skip
        row |= search_columns(row["name"], row["key"], row["description"])
        await db.write(lambda tx: tx.execute(insert_into(projects), **row))

    return load
