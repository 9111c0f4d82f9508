"""Reading what people started, in one place or everywhere."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.expressions import AnyColumn
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.model.authentication import api_tokens
from codimir.model.invitations import invitations
from codimir.model.webhooks import webhooks
from codimir.offboarding.schemas import (
    Offboarding,
    StartedCounts,
    StartedInvitation,
    StartedToken,
    StartedWebhook,
)

ANSWERS = sa.func.coalesce(webhooks.c.confirmed_by, webhooks.c.created_by)
"""Who answers for a webhook."""


@dataclass(frozen=True, eq=False)
class _Kind:
    """A kind of thing that people start."""

    table: sa.Table
    person: AnyColumn
    projection: Projection[Any]
    stands: tuple[sa.ColumnElement[bool], ...]


_NOW = sa.bindparam("now", type_=invitations.c.expires_at.type)
_INVITATIONS = _Kind(
    invitations, invitations.c.invited_by_id, Projection(StartedInvitation, invitations),
    (invitations.c.expires_at > _NOW,),
)  # fmt: skip
_WEBHOOKS = _Kind(
    webhooks, ANSWERS, Projection(StartedWebhook, webhooks),
    (webhooks.c.deleted_at.is_(None), webhooks.c.enabled, webhooks.c.stopped_because.is_distinct_from("unconfirmed")),
)  # fmt: skip
_TOKENS = _Kind(
    api_tokens, api_tokens.c.user_id, Projection(StartedToken, api_tokens),
    (api_tokens.c.revoked_at.is_(None), api_tokens.c.expires_at.is_(None) | (api_tokens.c.expires_at > _NOW)),
)  # fmt: skip


async def get_started(
    tx: Transaction, user_id: str, workspace_id: str | None = None, project_id: str | None = None
) -> Offboarding:
    """Return what someone started and what still stands: in a project, in a workspace, or everywhere."""
    place = {"workspace_id": workspace_id, "project_id": project_id}
    kinds = (_WEBHOOKS,) if project_id is not None else (_INVITATIONS, _WEBHOOKS, _TOKENS)
    found: dict[_Kind, list[Any]] = {_INVITATIONS: [], _TOKENS: []}
    for kind in kinds:
        statement = _started(kind, in_workspace=workspace_id is not None, in_project=project_id is not None)
        rows = await tx.fetch_all(statement, user_ids=[user_id], now=tx.now, **place)
        found[kind] = kind.projection.all(rows)
    return Offboarding(found[_INVITATIONS], found[_WEBHOOKS], found[_TOKENS])


async def count_started(
    tx: Transaction, user_ids: Sequence[str], workspace_id: str | None = None
) -> Mapping[str, StartedCounts]:
    """Count for each of some people what they started and what still stands, in a workspace or everywhere."""
    found: dict[str, StartedCounts] = defaultdict(StartedCounts)
    for name, kind in (("invitations", _INVITATIONS), ("webhooks", _WEBHOOKS), ("tokens", _TOKENS)):
        statement = _counted(kind, in_workspace=workspace_id is not None)
        for user_id, number in await tx.fetch_all(
            statement, user_ids=list(user_ids), now=tx.now, workspace_id=workspace_id
        ):  # fmt: skip
            setattr(found[user_id], name, number)
    return found


def _conditions(kind: _Kind, *, in_workspace: bool, in_project: bool = False) -> list[sa.ColumnElement[bool]]:
    conditions = [is_any_of(kind.person, "user_ids"), *kind.stands]
    if in_workspace:
        conditions.append(kind.table.c.workspace_id == sa.bindparam("workspace_id"))
    if in_project:
        conditions.append(kind.table.c.project_id == sa.bindparam("project_id"))
    return conditions


@lru_cache(maxsize=16)
def _started(kind: _Kind, *, in_workspace: bool, in_project: bool) -> Statement:
    conditions = _conditions(kind, in_workspace=in_workspace, in_project=in_project)
    found = sa.select(*kind.projection.columns).where(*conditions)
    return Statement(found.order_by(kind.table.c.id))


@lru_cache(maxsize=8)
def _counted(kind: _Kind, *, in_workspace: bool) -> Statement:
    found = sa.select(kind.person, sa.func.count()).where(*_conditions(kind, in_workspace=in_workspace))
    return Statement(found.group_by(kind.person))
