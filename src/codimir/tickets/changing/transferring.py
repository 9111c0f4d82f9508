"""Keys: the next one of a project, and those of tickets that move to another."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, require
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into
from codimir.http.errors import InvalidInput
from codimir.kit.values import Values
from codimir.model.projects import projects
from codimir.model.tickets import former_ticket_keys
from codimir.problems.problem import Problem
from codimir.tickets.changing.validation import Place
from codimir.tickets.queries import FoundTicket

_NEXT_NUMBER = Statement(
    sa.update(projects)
    .where(projects.c.id == sa.bindparam("project"), projects.c.deleted_at.is_(None))
    .values(ticket_counter=projects.c.ticket_counter + sa.bindparam("by", type_=sa.Integer()))
    .returning(projects.c.ticket_counter, projects.c.key)
)


_was_its_number = (former_ticket_keys.c.project_id == sa.bindparam("project")) & (
    former_ticket_keys.c.ticket_id == sa.bindparam("ticket")
)


_FORMER_NUMBER = Statement(sa.select(former_ticket_keys.c.number).where(_was_its_number))


_TAKE_NUMBER_BACK = Statement(sa.delete(former_ticket_keys).where(_was_its_number))


async def take_next_key(tx: Transaction, place: Place, number: int | None = None) -> tuple[int | None, str | None]:
    """Take the next number of the project, or one again; its row stays locked until the commit, so none is left out."""
    if place.scope.project_id is None:
        return None, None
    last, project_key = await _take_numbers(tx, place.scope.project_id, 1 if number is None else 0)
    number = last if number is None else number
    return number, f"{project_key}-{number}"


async def take_next_keys(tx: Transaction, places: Sequence[Place]) -> list[tuple[int | None, str | None]]:
    """Take the next numbers of the projects, in the order of the places; each project is asked once.

    Projects are locked in one order, so that no two units wait for each other.
    """
    wanted = Counter(place.scope.project_id for place in places if place.scope.project_id is not None)
    numbers, keys = {}, {}
    for project_id in sorted(wanted):
        last, keys[project_id] = await _take_numbers(tx, project_id, wanted[project_id])
        numbers[project_id] = count(last - wanted[project_id] + 1)
    return [_key_of(place.scope.project_id, numbers, keys) for place in places]


def _key_of(
    project_id: str | None, numbers: Mapping[str, Iterator[int]], keys: Mapping[str, str]
) -> tuple[int | None, str | None]:
    if project_id is None:
        return None, None
    number = next(numbers[project_id])
    return number, f"{keys[project_id]}-{number}"


async def _take_numbers(tx: Transaction, project_id: str, by: int) -> tuple[int, str]:
    """Take so many numbers of a project; give the last one, and the key of the project."""
    row = await tx.fetch_one(_NEXT_NUMBER, project=project_id, by=by)
    if row is None:  # it was deleted a moment ago
        raise InvalidInput.fields(projectId=Problem("invalid_id", kind="project"))
    last, project_key = row
    return last, project_key


async def transfer(tx: Transaction, actor: Actor, found: FoundTicket, place: Place) -> Values:
    """Give a ticket its place and key in another project, the one that it had there before; its old key finds it."""
    require(actor, Permission.TICKET_CREATE, place.scope, Problem("cannot_move_tickets_to", place=place.name))
    if found.number is not None:
        await tx.execute(
            insert_into(former_ticket_keys), workspace_id=found.scope.workspace_id,
            project_id=found.ticket.project_id, number=found.number, ticket_id=found.ticket.id,
        )  # fmt: skip
    had = await tx.fetch_value(_FORMER_NUMBER, project=place.scope.project_id, ticket=found.ticket.id)
    number, key = await take_next_key(tx, place, had)
    if had is not None:
        await tx.execute(_TAKE_NUMBER_BACK, project=place.scope.project_id, ticket=found.ticket.id)
    return {"project_id": place.scope.project_id, "number": number, "key": key}
