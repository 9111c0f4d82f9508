"""Shapes of webhooks and of their deliveries."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from codimir.events.types import Event, WebhookDeliveryResent, WebhookPinged
from codimir.http.paging import PageQuery, Reply
from codimir.http.validation import Body
from codimir.http.validation_messages import nearest
from codimir.kit.values import Values
from codimir.problems.problem import InvalidValue, Problem
from codimir.webhooks.addresses import MAX_URL_LENGTH, usable_url
from codimir.webhooks.signing import MAX_CHARACTERS, MIN_CHARACTERS, usable_secret

ALL = "*"
NOT_SENT = frozenset({WebhookPinged.type, WebhookDeliveryResent.type})
"""What a person does to a webhook to make it send is no event for webhooks."""
MAX_EVENTS = 200
MAX_DESCRIPTION = 1_000
DeliveryState = Literal["pending", "sending", "delivered", "failed", "cancelled"]
WebhookState = Literal["active", "paused", "disabled"]
StoppedBecause = Literal["failing", "gone", "unconfirmed"]
"""`unconfirmed`: who answered for it may no longer manage it, and nobody who may has confirmed it by resuming it."""


def _types_of(kind: type[Event]) -> list[str]:
    own = [kind.type] if "type" in vars(kind) else []
    return own + [name for sub in kind.__subclasses__() for name in _types_of(sub)]


EVENT_TYPES = tuple(name for name in dict.fromkeys(_types_of(Event)) if name not in NOT_SENT)
"""Every type of event that a webhook can ask for."""


def _usable_types(given: list[str]) -> list[str]:
    unknown = [name for name in dict.fromkeys(given) if name != ALL and name not in EVENT_TYPES]
    if unknown:
        raise InvalidValue("unknown_event_types", names=[_with_hint(name) for name in unknown[:10]])
    if not given:
        raise InvalidValue("event_types_missing", every=ALL)
    return [ALL] if ALL in given else list(dict.fromkeys(given))


def _with_hint(name: str) -> Problem | str:
    meant = nearest(name, EVENT_TYPES)
    return Problem("name_meant", name=name[:50], meant=meant) if meant else name[:50]


def _line(text: str) -> str | None:
    return text.strip() or None


Url = Annotated[
    str,
    Meta(
        description="Where events are sent: an `https` or `http` address on the open Internet",
        extra_json_schema={"format": "uri", "maxLength": MAX_URL_LENGTH, "pattern": r"^https?://[^\s\\@#]+$"},
        extra={"clean": usable_url},
    ),
]
EventType = Annotated[str, Meta(extra_json_schema={"enum": [ALL, *EVENT_TYPES]})]
Events = Annotated[
    list[EventType],
    Meta(
        max_length=MAX_EVENTS,
        description="Types of events, or `*` for every one",
        extra_json_schema={"minItems": 1},
        extra={"clean": _usable_types},
    ),
]
Secret = Annotated[
    str,
    Meta(
        description="`whsec_` and base64, or any 16 to 256 characters of your own",
        extra_json_schema={"minLength": MIN_CHARACTERS, "maxLength": MAX_CHARACTERS, "pattern": "^[ -~]+$"},
        extra={"clean": usable_secret},
    ),
]
Description = Annotated[str, Meta(max_length=MAX_DESCRIPTION, extra={"clean": _line})]


class Webhook(Reply):
    """An address that gets events; its secret is shown once, when it is made."""

    id: str
    url: str
    description: str | None
    events: list[str]
    enabled: bool
    state: WebhookState
    stopped_because: StoppedBecause | None
    paused_at: datetime | None
    failing_since: datetime | None
    previous_secret_until: datetime | None
    confirmed_by: str | None
    """Who answers for it in place of its maker, who lost the right to"""
    workspace_id: str
    project_id: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime


class WebhookWithSecret(Webhook, kw_only=True):
    """A webhook with its secret, the only time that it is shown."""

    secret: str


class WebhookCreate(Body):
    """A new webhook, for a project or for a whole workspace; without a secret it gets one."""

    url: Url
    events: Events
    secret: Secret | None = None
    description: Description | None = None
    enabled: bool = True
    workspace_id: str | None = None
    project_id: str | None = None


class WebhookUpdate(Body):
    """What changes of a webhook: an absent field keeps its value. The secret before stays valid for 24 hours."""

    url: Url | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    secret: Secret | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class WebhookListQuery(PageQuery, frozen=True):
    """Which webhooks."""

    workspace: tuple[str, ...] = ()
    project: tuple[str, ...] = ()


class DeliveryRequest(Reply):
    """What was sent at the last attempt; before the first one only the body is known."""

    url: str | None
    headers: dict[str, str] | None
    body: str


class DeliveryReply(Reply):
    """What the receiver answered at the last attempt; of a long body the first bytes."""

    status: int
    headers: dict[str, str]
    body: str


class Delivery(Reply):
    """An event for a webhook, and how it went."""

    id: str
    webhook_id: str
    event_id: str
    event_type: str
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None
    attempted_at: datetime | None
    duration_ms: int | None
    error: str | None
    created_at: datetime
    request: DeliveryRequest
    reply: DeliveryReply | None


class DeliveryListQuery(PageQuery, frozen=True):
    """Which deliveries of a webhook."""

    state: tuple[DeliveryState, ...] = ()


class EventBody(msgspec.Struct):
    """The body of a delivery."""

    id: str
    type: str
    timestamp: datetime
    data: Values
