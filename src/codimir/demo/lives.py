"""What happens to a ticket of the demo from its creation until the story ends, by the rules of `tickets.workflow`."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from codimir.demo import text
from codimir.demo.company import Company, Plan, Row, Team, event_row, happens
from codimir.demo.ids import id_at
from codimir.events.types import (
    CommentCreated,
    Event,
    TicketAssigned,
    TicketCreated,
    TicketStatusChanged,
    TimeLogged,
)
from codimir.kit.moments import moment_of
from codimir.kit.ranks import first_rank
from codimir.kit.values import ReadOnlyValues
from codimir.model.enums import PRIORITIES, Status
from codimir.model.tickets import title_sort_key
from codimir.tickets.changing.workflow import fields_for_new, fields_for_transition
from codimir.tickets.schemas import API_NAME

WAYS: Mapping[Status, tuple[tuple[Status, float, float], ...]] = {
    "backlog": (("todo", 0.84, 4.0), ("cancelled", 0.06, 30.0)),
    "todo": (("in_progress", 0.93, 4.0), ("cancelled", 0.04, 20.0)),
    "in_progress": (("in_review", 0.88, 3.0), ("todo", 0.04, 3.0), ("cancelled", 0.03, 6.0)),
    "in_review": (("done", 0.88, 1.2), ("in_progress", 0.11, 0.8)),
    "done": (("in_progress", 0.02, 9.0),),
}
"""Where a ticket goes from each status, how likely, and after how many days usually; else it stays for good."""

PACE = {"lowest": 3.0, "low": 1.7, "medium": 1.0, "high": 0.6, "highest": 0.25}
PRIORITY_SHARES = (5, 24, 69, 92, 100)
LABEL_SHARES = (38, 76, 95, 100)
WITHOUT_COMMENTS, MAX_TALK = 0.57, 40
MINUTES = (15, 30, 30, 45, 60, 60, 90, 120, 120, 180, 240, 360, 480)
EFFORTS = ("Reproducing", "Implementation", "Review", "Tests", "Pairing", "Documentation", None, None)
MENTIONS, MENTIONS_OF_OWNER = 0.15, 0.4
_DAY = timedelta(days=1)


@dataclass
class Life:
    """The rows of one ticket; its number and its key are given when it is written."""

    team: Team
    ticket: Row
    labels: list[str] = field(default_factory=list)
    comments: list[Row] = field(default_factory=list)
    time_logs: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)


def creation_times(rng: Random, plan: Plan) -> list[datetime]:
    """Spread creations over the months: ever more of them, on workdays mostly and by day; the earliest first."""
    length = plan.ends - plan.begins
    spread = (_office_hours(rng, plan.begins + length * rng.random() ** 0.75) for _ in range(plan.tickets))
    return sorted(max(plan.begins, moment if moment < plan.ends else _workday_before(moment)) for moment in spread)


def live(rng: Random, company: Company, created: datetime) -> Life:
    """Tell the life of a ticket that is created now in one of the projects.

    What it says depends on the turn of `rng` only, not on the calendar: the same tickets whenever the story ends.
    """
    rng = Random(rng.getrandbits(64))  # noqa: S311 - a story, not a secret
    team = rng.choices(company.teams, cum_weights=company.shares_of_teams)[0]
    life = Life(team, _new_ticket(rng, company, team, created))
    life.labels = _labels(rng, company)
    _create(rng, company, life)
    _walk(rng, company, life)
    _talk(rng, company, life)
    _log_time(rng, company, life)
    return life


def _new_ticket(rng: Random, company: Company, team: Team, created: datetime) -> Row:
    told = text.ticket(rng, team.project)
    status: Status = "todo" if happens(rng, 0.2) else "backlog"
    ticket_id = id_at(rng, "ticket", created)
    return {
        "id": ticket_id,
        "workspace_id": company.id,
        "project_id": team.project_id,
        "number": 0,
        "key": "",
        "title": told.title,
        "title_sort": title_sort_key(told.title),
        "description": told.description,
        "type": told.type,
        "status": status,
        "priority": rng.choices(PRIORITIES, cum_weights=PRIORITY_SHARES)[0],
        "rank": first_rank(created, ticket_id),
        **fields_for_new(status, created),
        "assignee_id": _someone(rng, company, team, created) if happens(rng, 0.45) else None,
        "reporter_id": _writer(rng, team),
        "group_id": rng.choice(company.group_ids) if happens(rng, 0.3) else None,
        "due_date": _due_date(rng, created),
        "comment_count": 0,
        "attachment_count": 0,
        "time_log_count": 0,
        "created_at": created,
        "updated_at": created,
        "deleted_at": None,
    }


def _create(rng: Random, company: Company, life: Life) -> None:
    ticket = life.ticket
    hidden = ("id", "created_at", "updated_at")
    shown = {name: ticket[name] for name in API_NAME if name not in hidden and ticket.get(name) is not None}
    if life.labels:
        shown["label_ids"] = life.labels
    changes = {name: (None, value) for name, value in shown.items()}
    _record(rng, company, life, TicketCreated, ticket["reporter_id"], changes, ticket["created_at"])


def _walk(rng: Random, company: Company, life: Life) -> None:
    """Move the ticket from status to status until it stays or the story ends."""
    ticket = life.ticket
    moment = ticket["created_at"]
    while (step := _next_step(rng, company.plan, ticket, moment)) is not None:
        status, moment = step
        if status != "cancelled":
            _assign(rng, company, life, moment)
        new = fields_for_transition(ticket["status"], status, moment)
        changes = {name: (ticket[name], value) for name, value in new.items() if ticket[name] != value}
        ticket.update(new, updated_at=moment)
        actor = ticket["assignee_id"] or ticket["reporter_id"]
        _record(rng, company, life, TicketStatusChanged, actor, changes, moment)


def _next_step(rng: Random, plan: Plan, ticket: Row, moment: datetime) -> tuple[Status, datetime] | None:
    chance = rng.random()
    for status, likely, usual_days in WAYS.get(ticket["status"], ()):
        chance -= likely
        if chance < 0:
            days = rng.lognormvariate(0, 1.1) * usual_days * PACE[ticket["priority"]]
            then = max(_office_hours(rng, moment + days * _DAY), moment + timedelta(minutes=rng.uniform(5, 240)))
            return (status, then) if then < plan.ends else None
    return None


def _assign(rng: Random, company: Company, life: Life, moment: datetime) -> None:
    """Give the ticket to someone when it is nobody's, and now and then to someone else."""
    ticket = life.ticket
    old = ticket["assignee_id"]
    if old is not None and not happens(rng, 0.04):
        return
    new = _someone(rng, company, life.team, moment)
    if new == old:
        return
    ticket["assignee_id"] = new
    _record(rng, company, life, TicketAssigned, ticket["reporter_id"], {"assignee_id": (old, new)}, moment)


def _talk(rng: Random, company: Company, life: Life) -> None:
    count = 0 if happens(rng, WITHOUT_COMMENTS) else min(MAX_TALK, int(rng.paretovariate(1.5)))
    ticket = life.ticket
    for moment in _moments_within(rng, company.plan, ticket, count):
        comment_id = id_at(rng, "comment", moment)
        author = ticket["assignee_id"] if happens(rng, 0.4) else None
        author = author or _writer(rng, life.team)
        content = _comment(rng, company, life, author, moment)
        life.comments.append(
            {"id": comment_id, "workspace_id": company.id, "ticket_id": ticket["id"], "author_id": author}
            | {"content": content, "created_at": moment, "updated_at": moment, "deleted_at": None}
        )
        _record(rng, company, life, CommentCreated, author, {"content": (None, content)}, moment, comment_id)
    _touch(ticket, "comment_count", life.comments)


def _comment(rng: Random, company: Company, life: Life, author: str, moment: datetime) -> str:
    """Write a comment, which now and then is meant for somebody in particular."""
    content = text.comment(rng, life.ticket["title"])
    whom = _someone(rng, company, life.team, moment)
    likely = MENTIONS_OF_OWNER if whom == company.owner_id else MENTIONS
    if happens(rng, likely) and whom != author and content[0].isalpha():
        return f"@{company.handles[whom]} {content}"
    return content


def _log_time(rng: Random, company: Company, life: Life) -> None:
    ticket = life.ticket
    if ticket["status"] in ("backlog", "todo", "cancelled") or not happens(rng, 0.35):
        return
    for moment in _moments_within(rng, company.plan, ticket, rng.choice((1, 1, 1, 2, 3))):
        log_id = id_at(rng, "timelog", moment)
        minutes = rng.choice(MINUTES)
        shown: Row = {"minutes": minutes, "description": rng.choice(EFFORTS)}
        shown["started_at"] = moment - timedelta(minutes=minutes)
        user_id = ticket["assignee_id"]
        life.time_logs.append(
            {"id": log_id, "workspace_id": company.id, "ticket_id": ticket["id"], "user_id": user_id}
            | shown
            | {"created_at": moment, "deleted_at": None}
        )
        names = {"started_at": "startedAt"}
        changes = {names.get(name, name): (None, value) for name, value in shown.items() if value is not None}
        _record(rng, company, life, TimeLogged, user_id, changes, moment, log_id)
    _touch(ticket, "time_log_count", life.time_logs)


def _touch(ticket: Row, counter: str, rows: list[Row]) -> None:
    if rows:
        ticket[counter] = len(rows)
        ticket["updated_at"] = max(ticket["updated_at"], rows[-1]["created_at"])


def _record(
    rng: Random, company: Company, life: Life, kind: type[Event], actor_id: str, changes: ReadOnlyValues,
    moment: datetime, subject_id: str | None = None,
) -> None:  # fmt: skip
    ticket_id = life.ticket["id"]
    event = kind(
        workspace_id=company.id,
        project_id=life.team.project_id,
        ticket_id=ticket_id,
        subject_id=subject_id or ticket_id,
        changes={API_NAME.get(name, name): change for name, change in changes.items()},
    )
    life.events.append(event_row(rng, company, event, actor_id, moment))


def _labels(rng: Random, company: Company) -> list[str]:
    count = rng.choices(range(4), cum_weights=LABEL_SHARES)[0]
    return sorted(set(rng.choices(company.label_ids, cum_weights=company.shares_of_labels, k=count)))


def _writer(rng: Random, team: Team) -> str:
    return rng.choices(team.writers, cum_weights=team.shares)[0]


def _someone(rng: Random, company: Company, team: Team, moment: datetime) -> str:
    """Return who has to do something now: a writer of the team, the owner of the workspace if it is their turn."""
    is_owners = happens(rng, company.plan.share_of_owner(moment))
    someone = _writer(rng, team)
    return company.owner_id if is_owners and company.owner_id in team.writers else someone


def _due_date(rng: Random, created: datetime) -> datetime | None:
    if not happens(rng, 0.35):
        return None
    day = created + timedelta(days=1 + rng.lognormvariate(3, 0.7))
    return moment_of(day.date())


def _moments_within(rng: Random, plan: Plan, ticket: Row, count: int) -> list[datetime]:
    """Return moments between the creation of a ticket and a little after its last change."""
    start: datetime = ticket["created_at"]
    end = min(plan.ends, ticket["updated_at"] + (1 + 6 * rng.random()) * _DAY)
    return sorted(start + (end - start) * rng.random() for _ in range(count))


def _office_hours(rng: Random, moment: datetime) -> datetime:
    """Move most of what would fall on a weekend or at night into the working day before."""
    after_friday = moment.weekday() - calendar.FRIDAY
    is_moved, days = happens(rng, 0.9), int(5 * rng.random())
    if after_friday > 0 and is_moved:
        moment -= timedelta(days=after_friday + days)
    minutes = rng.triangular(6 * 60, 21 * 60, 10.5 * 60)
    midnight = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return midnight + timedelta(minutes=minutes)


def _workday_before(moment: datetime) -> datetime:
    """Return the same time on the last workday before."""
    days: Mapping[int, int] = {calendar.MONDAY: 3, calendar.SUNDAY: 2}
    return moment - days.get(moment.weekday(), 1) * _DAY
