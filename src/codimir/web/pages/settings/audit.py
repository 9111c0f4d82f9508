"""Everything that happened in the workspace, for its administrators."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from codimir.authorization.permissions import Permission
from codimir.feeds import api as feeds
from codimir.feeds.schemas import TYPES, AuditQuery
from codimir.http.paging import PageNumber, PageQuery
from codimir.http.routing import get
from codimir.http.validation import Query
from codimir.kit.moments import to_utc
from codimir.kit.values import Values
from codimir.members import api as members
from codimir.web.addresses import Address
from codimir.web.date_ranges import said
from codimir.web.form_state import Answer
from codimir.web.page_context import Frame
from codimir.web.pages.settings.layout import may, refused, settings_page

PATH = "/settings/audit"


class AuditPageQuery(Query, frozen=True):
    """Who did what and when, by whole days of who looks."""

    actor: str | None = None
    type: str | None = None
    first: str | None = msgspec.field(name="from", default=None)
    last: str | None = msgspec.field(name="to", default=None)
    page: PageNumber = 1


@get(PATH)
async def list_audit(frame: Frame, query: AuditPageQuery) -> Answer:
    """Show what happened."""
    if frame.workspace_id is None or not may(frame, Permission.LOG_READ):
        return await refused(frame, "audit", frame.gettext("Audit"))
    place = frame.workspace_id
    found = await frame.call(feeds.list_audit, workspace_id=place, query=_asked(frame, query))
    people = await frame.call(members.list_workspace_members, ref=place, query=PageQuery(limit=100))
    export = f"/api/workspaces/{place}/audit/export?{_exported(frame, query)}"
    return await settings_page(
        frame, "audit", frame.gettext("Audit"), log=found, query=query, types=[(name, name) for name in TYPES],
        people=[(member.user_id, member.user.name) for member in people.data],
        at=Address.of(PATH, urlencode(_given(query)).encode()), export=export,
        stretch=said(f"{query.first or ''}..{query.last or ''}", frame.clock) if query.first or query.last else "",
        today=date.fromordinal(frame.clock.today).isoformat(),
    )  # fmt: skip


def _asked(frame: Frame, query: AuditPageQuery) -> AuditQuery:
    return AuditQuery(
        actor=(query.actor,) if query.actor else (), type=(query.type,) if query.type else (),
        since=_moment(frame, query.first), until=_moment(frame, query.last, days=1), page=query.page, limit=50,
    )  # fmt: skip


def _moment(frame: Frame, day: str | None, days: int = 0) -> datetime | None:
    """Return the moment at which a day begins for who looks; None for what is no day, or too far from now."""
    try:
        begins = datetime.combine(datetime.fromisoformat(day or "").date(), time(), frame.clock.timezone)
        return to_utc(begins + timedelta(days=days))
    except (ValueError, OverflowError):
        return None


def _given(query: AuditPageQuery) -> dict[str, str]:
    given = {"actor": query.actor, "type": query.type, "from": query.first, "to": query.last}
    return {name: value for name, value in given.items() if value}


def _exported(frame: Frame, query: AuditPageQuery) -> str:
    asked = _asked(frame, query)
    given: Values = {"actor": query.actor, "type": query.type, "from": asked.since, "to": asked.until}
    return urlencode({name: _text(value) for name, value in given.items() if value})


def _text(value: Any) -> str:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


ROUTES = (list_audit,)
