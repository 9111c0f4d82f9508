"""The board: the tickets of a project as cards in columns, in the order made by hand."""

from collections.abc import Iterable
from itertools import chain
from typing import Annotated

import msgspec
from litestar import Response
from msgspec import Meta

from codimir.authorization.permissions import Permission, allows
from codimir.database.core import Transaction
from codimir.feeds.queries import read_feed
from codimir.feeds.schemas import FeedQuery
from codimir.http.errors import InvalidInput, NotFound
from codimir.http.paging import PageSize
from codimir.http.routing import get
from codimir.kit.collation import sort_key
from codimir.kit.values import Values
from codimir.model.enums import STATUSES
from codimir.model.schemas import Person
from codimir.problems.problem import Problem
from codimir.projects.queries import get_visible_project
from codimir.tickets.fields import FILTER_NAMES
from codimir.tickets.ordering.board import By, Card, count_columns, find_cards, list_cards
from codimir.tickets.schemas import TicketListQuery
from codimir.web.addresses import Address
from codimir.web.chips import chips_of
from codimir.web.display_names import ORDER
from codimir.web.lookups import named
from codimir.web.page_context import Frame
from codimir.web.prose import ProseWriter
from codimir.web.queries import RailProject
from codimir.web.task_counts import TaskCounts, count_tasks

GROUPINGS: tuple[By, ...] = ("status", "priority", "assignee")
NOBODY = "none"
FILLED_AT_ONCE = 8
"""How many columns come with their cards; those further on fetch them when they are scrolled to."""
AT_ONCE = 30
MAX_CARDS = 60
OWN = ("value", "below", "ticket", "limit", "page", "sort", "order")
"""What the pieces of a board are asked with, and its address is without."""


class BoardQuery(TicketListQuery, frozen=True):
    """The filters of the API, what the columns are, and which piece of a board is asked for."""

    limit: PageSize = AT_ONCE
    by: By = "status"
    value: str = ""
    below: Annotated[str, Meta(max_length=1_000)] = ""
    ticket: tuple[str, ...] = ()


class Column(msgspec.Struct, frozen=True):
    """A column: what its tickets have in common, how many they are, and the first of them."""

    value: str
    total: int
    person: Person | None = None
    cards: list[Card] | None = None
    """None where they are not fetched yet"""
    below: str | None = None


@get("/projects/{key:str}/board")
async def get_board(key: str, frame: Frame, query: BoardQuery, writer: ProseWriter) -> Response[bytes]:
    """Show the board of a project."""
    project = await frame.project(key)
    asked = _of_project(query, project)
    at = _address(frame)

    async def unit(tx: Transaction) -> Values:
        feed = await read_feed(tx, frame.actor, FeedQuery(), frame.request.app.state.cursors)
        columns = await _columns(tx, frame, asked)
        return {
            "cursor": feed.cursor,
            "chips": await chips_of(tx, frame.actor, at, frame.clock),
            "columns": columns,
            "total": sum(column.total for column in columns),
            "may_move": await _may_move(tx, frame, project),
        }

    found = await (frame.db.read_long if query.search else frame.db.read)(unit)
    tasks = await _tasks_of(chain.from_iterable(column.cards or () for column in found["columns"]), frame, writer)
    data = {
        **found,
        "query": query,
        "at": at,
        "fields": FILTER_NAMES,
        "groupings": GROUPINGS,
        "project": project,
    }
    data["tasks"] = tasks
    if frame.is_htmx:
        return frame.fragment("pages/board_view.html", **data)
    return await frame.page("pages/board.html", title=project.name, here="board", **data)


@get("/projects/{key:str}/board/column")
async def get_column(key: str, frame: Frame, query: BoardQuery, writer: ProseWriter) -> Response[bytes]:
    """Show the next cards of a column, below the last one that is there."""
    project = await frame.project(key)
    asked = _of_project(query, project)
    if not _is_column(query):
        raise NotFound(Problem("resource_not_found", kind="Column"))

    async def unit(tx: Transaction) -> Column:
        return await _filled(tx, frame, asked, Column(query.value, 0), query.below)

    column = await (frame.db.read_long if query.search else frame.db.read)(unit)
    return frame.fragment(
        "pages/board_cards.html", column=column, query=query, at=_address(frame), project=project,
        tasks=await _tasks_of(column.cards or (), frame, writer),
    )  # fmt: skip


@get("/projects/{key:str}/board/cards")
async def get_cards(key: str, frame: Frame, query: BoardQuery, writer: ProseWriter) -> Response[bytes]:
    """Show some cards as they are now, those that are on the board, and count its columns anew."""
    project = await frame.project(key)
    asked = _of_project(query, project)
    if len(query.ticket) > MAX_CARDS:
        raise InvalidInput.fields(ticket=Problem("too_many_cards", limit=MAX_CARDS))

    async def unit(tx: Transaction) -> Values:
        cards = await find_cards(tx, frame.actor, asked, list(query.ticket))
        counts = await count_columns(tx, frame.actor, asked, query.by)
        return {
            "cards": cards,
            "counts": msgspec.json.encode({each or NOBODY: n for each, n in counts.items()}).decode(),
        }

    found = await (frame.db.read_long if query.search else frame.db.read)(unit)
    tasks = await _tasks_of(found["cards"], frame, writer)
    return frame.fragment("pages/board_news.html", query=query, nobody=NOBODY, tasks=tasks, **found)


async def _tasks_of(cards: Iterable[Card], frame: Frame, writer: ProseWriter) -> TaskCounts:
    return await count_tasks((card.ticket for card in cards), writer, frame.actor.id)


def _of_project(query: BoardQuery, project: RailProject) -> BoardQuery:
    return msgspec.structs.replace(query, project=(project.id,))


def _address(frame: Frame) -> Address:
    scope = frame.request.scope
    board = "/".join(scope["path"].split("/")[:4])
    return Address.of(board, scope["query_string"]).without(*OWN)


def _is_column(query: BoardQuery) -> bool:
    return bool(query.value) if query.by == "assignee" else query.value in ORDER[query.by]


async def _may_move(tx: Transaction, frame: Frame, project: RailProject) -> bool:
    found = await get_visible_project(tx, frame.actor, project.id)
    return allows(frame.actor, Permission.TICKET_EDIT, found.scope)


async def _columns(tx: Transaction, frame: Frame, query: BoardQuery) -> list[Column]:
    counts = await count_columns(tx, frame.actor, query, query.by)
    if query.by == "assignee":
        columns = await _columns_of_people(tx, frame, counts)
    else:
        asked = getattr(query, query.by)
        words = STATUSES if query.by == "status" else ORDER["priority"]
        columns = [Column(word, counts.get(word, 0)) for word in words if not asked or word in asked]
    return [
        await _filled(tx, frame, query, column) if at < FILLED_AT_ONCE else column for at, column in enumerate(columns)
    ]


async def _columns_of_people(tx: Transaction, frame: Frame, counts: dict[str | None, int]) -> list[Column]:
    """Give a column to everyone who has tickets, in the order of the names; what is nobody's comes first."""
    people = await named(tx, frame.actor, "assignee", [each for each in counts if each is not None])
    known = {person.id: Person(person.id, person.name, "", person.mark) for person in people}
    columns = [
        Column(each, total, known.get(each) or Person(each, frame.gettext("Someone who left"), "", None))
        for each, total in counts.items()
        if each is not None
    ]
    columns.sort(key=lambda column: sort_key(column.person.name) if column.person else "")
    return [Column(NOBODY, counts.get(None, 0)), *columns] if None in counts or not columns else columns


async def _filled(tx: Transaction, frame: Frame, query: BoardQuery, column: Column, below: str = "") -> Column:
    if column.total == 0 and not below and query.value != column.value:
        return msgspec.structs.replace(column, cards=[])
    one = msgspec.structs.replace(query, **{query.by: (column.value,)})
    cards, further = await list_cards(tx, frame.actor, one, below)
    return msgspec.structs.replace(column, cards=cards, below=further)


ROUTES = (get_board, get_column, get_cards)
