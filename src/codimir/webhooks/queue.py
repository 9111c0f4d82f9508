"""Take open deliveries to send them, and write down how they went.

Several servers share the work: each takes what nobody else holds, for as long as an attempt can take. What a killed
server held is due again after that time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of, update_by_id
from codimir.events.recording import record
from codimir.events.types import Event, WebhookDisabled, WebhookPaused
from codimir.model.webhooks import OPEN, webhook_deliveries, webhooks
from codimir.problems.problem import Problem
from codimir.problems.storing import to_text
from codimir.webhooks.actions import cancel_open
from codimir.webhooks.schedule import PAUSED_AFTER, next_attempt
from codimir.webhooks.sending import TOTAL_SECONDS, Outcome

LEASE = timedelta(seconds=2 * TOTAL_SECONDS)
"""How long a delivery belongs to who took it."""
FAILURES_WAITED_FOR = 1
"""Over how many failures of a delivery the later ones about the same ticket wait for it: the order is kept over a
retry, and a receiver that refuses one event for good still gets the others"""
LOOKED_AT = 200
LOOKS = 5
"""How many due deliveries of a host are looked at to find what may go, and how often in one transaction"""


class Claimed(NamedTuple):
    """A delivery that is ours to send, and what that needs."""

    id: str
    webhook_id: str
    event_id: str
    host: str
    attempts: int
    failures: int
    body: str
    url: str
    secret: str
    previous_secret: str | None
    previous_secret_until: datetime | None

    def secrets_at(self, now: datetime) -> list[str]:
        """Return the secrets in force, the newest first."""
        until = self.previous_secret_until
        former = [self.previous_secret] if self.previous_secret and until is not None and until > now else []
        return [self.secret, *former]


class Sent(NamedTuple):
    """A delivery and how its attempt went."""

    taken: Claimed
    outcome: Outcome


class _Health(NamedTuple):
    """What the state of a webhook means for its deliveries."""

    id: str
    workspace_id: str
    project_id: str | None
    enabled: bool
    paused_at: datetime | None
    failing_since: datetime | None
    deleted_at: datetime | None


async def due_hosts(tx: Transaction) -> list[str]:
    """Name the hosts for which a delivery is due, the longest waiting first."""
    return await tx.fetch_column(_DUE_HOSTS, now=tx.now)


async def next_due(tx: Transaction) -> datetime | None:
    """Return when the next open delivery is due, if there is one."""
    found: datetime | None = await tx.fetch_value(_NEXT_DUE)
    return found


async def take(tx: Transaction, room: Mapping[str, int]) -> list[Claimed]:
    """Take what is due for some hosts, for each at most so many; of one ticket and webhook only the earliest."""
    ids = [delivery_id for host, most in room.items() for delivery_id in await _free(tx, host, most)]
    if not ids:
        return []
    await tx.execute(_TAKE, ids=ids, until=tx.now + LEASE)
    return [Claimed(*row) for row in await tx.fetch_all(_TAKEN, ids=ids)]


async def _free(tx: Transaction, host: str, most: int) -> list[str]:
    """Find what is due for a host and waits for no earlier one; put aside what does until that has ended.

    So what waits is looked at once and not at each turn, however much there is.
    """
    free: list[str] = []
    for _ in range(LOOKS):
        due = await tx.fetch_all(_DUE, host=host, now=tx.now, soon=tx.now + LEASE, most=LOOKED_AT)
        free = [row[0] for row in due if not row[1]][:most]
        waiting = [row[0] for row in due if row[1]]
        if waiting:
            await tx.execute(_PUT_ASIDE, ids=waiting, until=tx.now + LEASE)
        if len(free) == most or len(due) < LOOKED_AT:
            break
    return free


async def record_results(tx: Transaction, sent: Sequence[Sent]) -> None:
    """Write how attempts went, when each is tried again, and what that says of its webhook, if it is still there."""
    ids = sorted({taken.webhook_id for taken, _ in sent})
    for webhook in [_Health(*row) for row in await tx.fetch_all(_HEALTH, ids=ids)]:
        own = [each for each in sent if each.taken.webhook_id == webhook.id]
        for taken, outcome in own:
            await _finish(tx, taken, outcome, webhook)
        await _judge(tx, webhook, [outcome for _, outcome in own])


async def release(tx: Transaction, taken: Sequence[Claimed]) -> None:
    """Let others send at once what was not sent to the end."""
    for each in taken:
        await tx.execute(_GIVE_BACK, delivery_id=each.id, attempts=each.attempts, now=tx.now)


async def _finish(tx: Transaction, taken: Claimed, outcome: Outcome, webhook: _Health) -> None:
    state, due = _what_follows(tx, taken, outcome, webhook)
    failures = taken.failures + (not outcome.is_delivered)
    await tx.execute(
        _FINISH, delivery_id=taken.id, attempts_then=taken.attempts, state=state, next_attempt_at=due,
        failures=failures, attempted_at=outcome.attempted_at,
        duration_ms=outcome.duration_ms, error=None if outcome.error is None else to_text(outcome.error),
        reply_status=outcome.status,
        reply_headers=outcome.headers if outcome.status else None, reply_body=outcome.body if outcome.status else None,
        request_url=outcome.url, request_headers=outcome.request_headers,
    )  # fmt: skip
    is_waited_for = due is not None and failures <= FAILURES_WAITED_FOR and due <= tx.now + LEASE
    if not is_waited_for and webhook.paused_at is None:
        await tx.execute(_LET_NEXT_GO, delivery_id=taken.id, now=tx.now)


def _what_follows(tx: Transaction, taken: Claimed, outcome: Outcome, webhook: _Health) -> tuple[str, datetime | None]:
    if outcome.is_delivered:
        return "delivered", None
    due = next_attempt(taken.failures + 1, tx.now, outcome.headers)
    if due is None or outcome.is_gone or not webhook.enabled or webhook.deleted_at is not None:
        return "failed", None
    return "pending", None if webhook.paused_at is not None else due


async def _judge(tx: Transaction, webhook: _Health, outcomes: list[Outcome]) -> None:
    """Note since when a webhook fails; switch it off when its receiver is gone, pause it after days of failure."""
    if webhook.deleted_at is not None or not webhook.enabled:
        return
    if any(outcome.is_gone for outcome in outcomes):
        await _stop(tx, webhook, WebhookDisabled, {"enabled": (True, False)}, enabled=False, stopped_because="gone")
        await cancel_open(tx, webhook.id, Problem("receiver_gone"))
    elif any(outcome.is_delivered for outcome in outcomes):
        if webhook.failing_since is not None:
            await tx.execute(
                update_by_id(webhooks, frozenset({"failing_since"})), row_id=webhook.id, failing_since=None
            )
    elif webhook.failing_since is None:
        since = min(outcome.attempted_at for outcome in outcomes)
        await tx.execute(update_by_id(webhooks, frozenset({"failing_since"})), row_id=webhook.id, failing_since=since)
    elif webhook.paused_at is None and tx.now - webhook.failing_since >= PAUSED_AFTER:
        changes = {"pausedAt": (None, tx.now), "failingSince": (webhook.failing_since, None)}
        await _stop(tx, webhook, WebhookPaused, changes, paused_at=tx.now, stopped_because="failing")
        await tx.execute(_HOLD, webhook_id=webhook.id)


async def _stop(tx: Transaction, webhook: _Health, kind: type[Event], changes: Any, **values: object) -> None:
    await record(
        tx, None,
        kind(
            workspace_id=webhook.workspace_id, project_id=webhook.project_id, subject_id=webhook.id, changes=changes
        ),
    )  # fmt: skip
    values = {**values, "updated_at": tx.now}
    await tx.execute(update_by_id(webhooks, frozenset(values)), row_id=webhook.id, **values)


_table = webhook_deliveries.c
_now = sa.bindparam("now", type_=_table.next_attempt_at.type)
_is_due = sa.and_(OPEN, _table.next_attempt_at <= _now)
_DUE_HOSTS = Statement(
    sa.select(_table.host).where(_is_due).group_by(_table.host).order_by(sa.func.min(_table.next_attempt_at))
)
_NEXT_DUE = Statement(sa.select(sa.func.min(_table.next_attempt_at, type_=_table.next_attempt_at.type)).where(OPEN))
_earlier = webhook_deliveries.alias("earlier")
_waits_for_earlier = (
    sa.select(_earlier.c.id)
    .where(
        _earlier.c.webhook_id == _table.webhook_id,
        _earlier.c.ordering_key == _table.ordering_key,
        _earlier.c.version < _table.version,
        _earlier.c.state.in_([sa.literal_column("'pending'"), sa.literal_column("'sending'")]),
        _earlier.c.failures <= sa.literal_column(str(FAILURES_WAITED_FOR)),
        _earlier.c.next_attempt_at <= sa.bindparam("soon", type_=_table.next_attempt_at.type),
    )
    .correlate(webhook_deliveries)
    .exists()
)
_DUE = Statement(
    sa.select(_table.id, _waits_for_earlier)
    .where(_is_due, _table.host == sa.bindparam("host"))
    .order_by(_table.next_attempt_at)
    .limit(sa.bindparam("most", type_=sa.Integer()))
    .with_for_update(skip_locked=True)
)
_PUT_ASIDE = Statement(
    sa.update(webhook_deliveries)
    .where(is_any_of(_table.id, "ids"))
    .values(state="pending", next_attempt_at=sa.bindparam("until", type_=_table.next_attempt_at.type))
)
_ended = webhook_deliveries.alias("ended")
_later = webhook_deliveries.alias("later")
_next_after_it = (
    sa.select(_later.c.id)
    .select_from(
        _ended.join(
            _later,
            sa.and_(
                _later.c.webhook_id == _ended.c.webhook_id,
                _later.c.ordering_key == _ended.c.ordering_key,
                _later.c.version > _ended.c.version,
            ),
        )
    )
    .where(
        _ended.c.id == sa.bindparam("delivery_id"),
        _later.c.state.in_([sa.literal_column("'pending'"), sa.literal_column("'sending'")]),
        _later.c.state == sa.literal_column("'pending'"),
        _later.c.failures == sa.literal_column("0"),
    )
    .order_by(_later.c.version)
    .limit(sa.literal_column("1"))
)
_LET_NEXT_GO = Statement(
    sa.update(webhook_deliveries)
    .where(_table.id == _next_after_it.scalar_subquery(), _table.next_attempt_at > _now)
    .values(next_attempt_at=_now)
)
_TAKE = Statement(
    sa.update(webhook_deliveries)
    .where(is_any_of(_table.id, "ids"))
    .values(
        state="sending",
        attempts=_table.attempts + 1,
        next_attempt_at=sa.bindparam("until", type_=_table.next_attempt_at.type),
    )
)
_TAKEN = Statement(
    sa.select(
        *[_table[name] for name in Claimed._fields[:7]],
        *[webhooks.c[name] for name in Claimed._fields[7:]],
    )
    .select_from(webhook_deliveries.join(webhooks, webhooks.c.id == _table.webhook_id))
    .where(is_any_of(_table.id, "ids"))
)
_HEALTH = Statement(
    sa.select(*[webhooks.c[name] for name in _Health._fields])
    .where(is_any_of(webhooks.c.id, "ids"))
    .order_by(webhooks.c.id)
    .with_for_update()
)
_RESULT = (
    "state", "next_attempt_at", "failures", "attempted_at", "duration_ms", "error", "reply_status", "reply_headers",
    "reply_body", "request_url", "request_headers",
)  # fmt: skip
_is_ours = sa.and_(_table.id == sa.bindparam("delivery_id"), _table.state == "sending")
_FINISH = Statement(
    sa.update(webhook_deliveries)
    .where(_is_ours, _table.attempts == sa.bindparam("attempts_then"))
    .values({name: sa.bindparam(name, type_=_table[name].type) for name in _RESULT})
)
_is_paused = (
    sa.select(webhooks.c.id).where(webhooks.c.id == _table.webhook_id, webhooks.c.paused_at.is_not(None)).exists()
)
_GIVE_BACK = Statement(
    sa.update(webhook_deliveries)
    .where(_is_ours, _table.attempts == sa.bindparam("attempts"))
    .values(state="pending", next_attempt_at=sa.case((_is_paused, sa.null()), else_=_now))
)
_HOLD = Statement(
    sa.update(webhook_deliveries)
    .where(_table.webhook_id == sa.bindparam("webhook_id"), _table.state == "pending")
    .values(next_attempt_at=None)
)
