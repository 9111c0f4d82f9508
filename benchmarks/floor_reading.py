"""What the floor reads, as one writes it by hand: see `floor`."""

import re
import sqlite3
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from benchmarks import floor_sql as sql
from codimir.http.paging import Data, Page, Pagination
from codimir.model.enums import PRIORITIES, STAGES, STATUSES, TYPES
from codimir.model.schemas import Comment, Group, Label, LabelTag, Person, ProjectSummary, Workspace
from codimir.tickets.schemas import TicketCounts, TicketDetails, TicketInList, TicketMetrics, TicketStats
from codimir.tickets.search.backend import TITLE_MARK, tenant_term
from codimir.tickets.search.index import MIN_BEGINNING_LENGTH
from codimir.tickets.statistics.numbers import one_period_before

COUNTS, PROJECT, WORKSPACE, GROUP, ROLE = 25, 28, 38, 43, 49
"""Where the parts of a row of `sql.DETAILS` begin."""
WEIGHTS = (8, 4, 2)
FOUND, CANDIDATES = 20, 500
WORDS = re.compile(r"\w+")

encode = msgspec.json.Encoder().encode


class Asked(msgspec.Struct):
    """The query of a list."""

    page: int = 1
    limit: int = 20
    status: str | None = None
    project: str | None = None


def list_tickets(connection: sqlite3.Connection, user_id: str, workspaces: dict[str, int], query: bytes) -> bytes:
    """Return a page of the tickets of a project in a status, or of all that they see."""
    asked = msgspec.convert(dict(parse_qsl(query.decode())), Asked, strict=False)
    offset = (asked.page - 1) * asked.limit
    connection.execute("BEGIN")
    if asked.project:
        [project] = connection.execute(sql.PROJECT, (user_id, asked.project)).fetchone()[:1]
        where = (project, STATUSES.index(asked.status))
        [total] = connection.execute(sql.COUNT_IN_PROJECT, where).fetchone()
        rows = connection.execute(sql.PAGE_IN_PROJECT, (*where, asked.limit, offset)).fetchall()
    else:
        visible = containers(connection, user_id)
        [total] = connection.execute(sql.COUNT, (visible,)).fetchone()
        rows = connection.execute(sql.PAGE, (visible, next(iter(workspaces)), asked.limit, offset)).fetchall()
    items = in_list(connection, rows)
    connection.execute("ROLLBACK")
    return encode(Page(items, Pagination(asked.page, asked.limit, total, -(-total // asked.limit))))


def containers(connection: sqlite3.Connection, user_id: str) -> str:
    """Name everything whose tickets they see."""
    return encode([row[0] for row in connection.execute(sql.CONTAINERS, (user_id,))]).decode()


def in_list(connection: sqlite3.Connection, rows: list[Any]) -> list[TicketInList]:
    """Build the tickets of a list."""
    tags: dict[str, list[LabelTag]] = {}
    for ticket_id, *tag in connection.execute(sql.TAGS, (encode([row[0] for row in rows]).decode(),)):
        tags.setdefault(ticket_id, []).append(LabelTag(*tag))
    return [
        TicketInList(
            *ticket(row),
            assignee=Person(*row[17:21]) if row[17] else None,
            reporter=Person(*row[21:25]) if row[21] else None,
            labels=tags.get(row[0], []),
            counts=TicketCounts(*row[25:28]),
        )
        for row in rows
    ]


def ticket(row: Any) -> tuple[Any, ...]:
    """Spell what the file holds as numbers; moments on the second are shorter in JSON."""
    return (
        *row[:4], TYPES[row[4]], STATUSES[row[5]], PRIORITIES[row[6]], STAGES[row[7]], *row[8:13], moment(row[13]),
        moment(row[14]), moment(row[15]), moment(row[16]),
    )  # fmt: skip


def moment(text: str | None) -> str | None:
    """Write a moment as JSON has it."""
    return text.replace(".000000Z", "Z") if text else None


def details(connection: sqlite3.Connection, user_id: str, workspaces: dict[str, int], ticket_id: str) -> bytes | None:
    """Return a ticket with everything around it, if they see it."""
    row = connection.execute(sql.DETAILS, (user_id, ticket_id)).fetchone()
    if row is None or (row[PROJECT + 5] == "private" and row[ROLE] is None and workspaces.get(row[9], 9) > 1):
        return None
    comments = connection.execute(sql.COMMENTS, (ticket_id,)) if row[COUNTS] else ()
    return encode(
        Data(
            TicketDetails(
                *ticket(row),
                assignee=Person(*row[17:21]) if row[17] else None,
                reporter=Person(*row[21:25]) if row[21] else None,
                project=ProjectSummary(*row[PROJECT : PROJECT + 8], *map(moment, row[PROJECT + 8 : WORKSPACE]))
                if row[PROJECT]
                else None,
                workspace=Workspace(*row[WORKSPACE : WORKSPACE + 3], *map(moment, row[WORKSPACE + 3 : GROUP])),
                group=Group(*row[GROUP : GROUP + 4], *map(moment, row[GROUP + 4 : ROLE])) if row[GROUP] else None,
                labels=[Label(*label) for label in connection.execute(sql.LABELS, (ticket_id,))],
                comments=[comment(c) for c in comments],
                counts=TicketCounts(*row[COUNTS:PROJECT]),
            )
        )
    )


def comment(row: Any) -> Comment:
    """Build a comment."""
    values = (*row[:4], moment(row[4]), moment(row[5]), Person(*row[6:]))
    return Comment(*values)


def search(connection: sqlite3.Connection, user_id: str, workspaces: dict[str, int], asked: str) -> bytes:
    """Return what has all words in its title, then the best of the newest matches; long words may be only begun."""
    words, visible = [word.lower() for word in WORDS.findall(asked)], containers(connection, user_id)
    places = [f'"{tenant_term(w)}"' for w in workspaces]
    match = " AND ".join(places + [f'"{TITLE_MARK}{word}"' for word in words])
    ids = [row[0] for row in connection.execute(sql.SEARCH, (match, visible, FOUND))]
    if len(ids) < FOUND:
        match = " AND ".join(places + [f'"{word}"{" *" * is_begun(word, words)}' for word in words])
        rows = connection.execute(sql.SEARCH, (match, visible, CANDIDATES)).fetchall()
        ranked = [row[0] for row in sorted(rows, key=lambda row: -rank(row, words))]
        ids = list(dict.fromkeys([*ids, *ranked]))[:FOUND]
    found = connection.execute(sql.FOUND, (encode(ids).decode(),)).fetchall()
    return encode(Data(in_list(connection, sorted(found, key=lambda row: ids.index(row[0])))))


def is_begun(word: str, words: list[str]) -> bool:
    """Return whether longer words that begin so are as good."""
    return word is words[-1] or (len(word) >= MIN_BEGINNING_LENGTH and word.isalpha())


def rank(row: Any, words: list[str]) -> float:
    """Weigh a match by the best place of each word, which may be only the beginning of a longer one."""
    total = 0.0
    for word in words:
        for text, weight in zip(row[1:], WEIGHTS, strict=True):
            if f" {word} " in f" {text} ":
                total += weight + 0.5
                break
            if is_begun(word, words) and f" {word}" in f" {text}":
                total += weight
                break
        else:
            total += 1
    return total


def statistics(connection: sqlite3.Connection, user_id: str) -> bytes:
    """Count what they see by every word, and what moved in the last month."""
    now = datetime.now(UTC)
    start = one_period_before(now, "month")
    visible = containers(connection, user_id)
    rows = connection.execute(sql.STATISTICS, (now.isoformat(), start.isoformat(), visible)).fetchall()
    by: list[dict[str, int]] = [dict.fromkeys(words, 0) for words in (STATUSES, PRIORITIES, TYPES)]
    for row in rows:
        for counts, words, place in zip(by, (STATUSES, PRIORITIES, TYPES), row, strict=False):
            counts[words[place]] += row[3]
    total, overdue, created, completed = (sum(row[column] for row in rows) for column in range(3, 7))
    seconds = sum(row[7] or 0 for row in rows)
    days = seconds / completed / 86400 if completed else 0.0
    counted = total - by[0]["cancelled"]
    rate = round(100 * by[0]["done"] / counted, 1) if counted else 0.0
    metrics = TicketMetrics(f"{days:.1f} days", rate, overdue, created, completed)
    by_status, by_priority, by_type = by
    return encode(Data(TicketStats("month", start, now, total, by_status, by_priority, by_type, metrics)))
