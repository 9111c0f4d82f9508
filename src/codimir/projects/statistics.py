"""Numbers about a project: those of its tickets, and its members."""

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.model.enums import ROLES
from codimir.model.projects import project_members
from codimir.projects.queries import FoundProject
from codimir.tickets.schemas import Period, TicketStats, TicketStatsQuery
from codimir.tickets.statistics.numbers import get_statistics


class ProjectStats(TicketStats, kw_only=True):
    """Numbers about the tickets of a project, and how many members it has."""

    members: int
    members_by_role: dict[str, int]


async def get_project_statistics(tx: Transaction, actor: Actor, found: FoundProject, period: Period) -> ProjectStats:
    """Count the tickets of a project that has been found visible, and its members."""
    project_id = found.project.id
    numbers = await get_statistics(tx, actor, TicketStatsQuery(period=period, project=(project_id,)))
    members: dict[str, int] = dict(await tx.fetch_all(_BY_ROLE, project=project_id))
    by_role: dict[str, int] = {role: members.get(role, 0) for role in ROLES}
    return ProjectStats(**msgspec.structs.asdict(numbers), members=sum(by_role.values()), members_by_role=by_role)


_BY_ROLE = Statement(
    sa.select(project_members.c.role, sa.func.count())
    .where(project_members.c.project_id == sa.bindparam("project"))
    .group_by(project_members.c.role)
)
