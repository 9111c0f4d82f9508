"""Who and what the demo workspace consists of before its first ticket: people, projects, members, labels, groups."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Literal

import sqlalchemy as sa

from codimir.demo import text
from codimir.demo.ids import id_at
from codimir.events.types import Event, GroupCreated, LabelCreated, MemberAdded, ProjectCreated, WorkspaceCreated
from codimir.kit.collation import name_keys
from codimir.kit.values import ReadOnlyValues, Values
from codimir.model.enums import Role
from codimir.model.groups import groups
from codimir.model.labels import labels
from codimir.model.projects import project_members, projects
from codimir.model.users import users
from codimir.model.workspaces import workspace_members, workspaces
from codimir.projects.search_columns import search_columns

Row = Values
Visibility = Literal["public", "mixed", "private"]

SLUG = "demo"
DEMO_EMAIL = "demo@example.com"
REFERENCE = datetime(2026, 11, 2, 17, tzinfo=UTC)
"""When the story ends if nobody says otherwise; the same plan always makes the same rows."""
LENGTH, BEFORE = timedelta(days=548), timedelta(days=14)
"""How long tickets are written, and how long before the first of them the company was founded."""
LAST_DAYS, MAX_FOR_OWNER = timedelta(days=7), 25
"""In the last days so many things, but no more than one in three of what happens beside them, are for the owner."""

LARGEST_TEAM = 40
SKEW_OF_PROJECTS, SKEW_OF_PEOPLE = 0.7, 0.6
"""How much more the first of them do than the last: the n-th does n to the power of minus this."""
GROUPS = ("Backend", "Frontend", "Mobile", "Platform", "Design", "Quality", "Support", "Data")
_WORKSPACE_ADMINS, _PROJECTS_OF_OWNER = 3, 4


@dataclass(frozen=True)
class Plan:
    """How large the demo becomes, and from which seed."""

    tickets: int
    projects: int = 20
    people: int = 200
    visibility: Visibility = "mixed"
    seed: int = 20
    ends: datetime = REFERENCE

    @property
    def begins(self) -> datetime:
        """When the first ticket may be written."""
        return self.ends - LENGTH

    @property
    def founded(self) -> datetime:
        """When there are people and projects."""
        return self.begins - BEFORE

    def share_of_owner(self, moment: datetime) -> float:
        """Return how likely what happens at a moment is for the owner, who shall find something in the inbox."""
        if moment < self.ends - LAST_DAYS:
            return 0
        return min(1 / 3, MAX_FOR_OWNER / (self.tickets * (LAST_DAYS / LENGTH)))


@dataclass(frozen=True)
class Team:
    """A project and who writes in it, the busiest first, with their shares summed up for `Random.choices`."""

    project_id: str
    project: text.Project
    writers: list[str]
    shares: list[float]


@dataclass
class Company:
    """The workspace with everything in it but tickets; `rows` are in the order in which they must be written."""

    plan: Plan
    id: str
    owner_id: str
    people: list[str] = field(default_factory=list)
    handles: dict[str, str] = field(default_factory=dict)
    teams: list[Team] = field(default_factory=list)
    shares_of_teams: list[float] = field(default_factory=list)
    label_ids: list[str] = field(default_factory=list)
    shares_of_labels: list[float] = field(default_factory=list)
    group_ids: list[str] = field(default_factory=list)
    rows: list[tuple[sa.Table, list[Row]]] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)


def found_company(rng: Random, plan: Plan) -> Company:
    """Build the company; whoever shall try it out is `demo@example.com`, its owner."""
    founded = plan.founded
    company = Company(plan, id_at(rng, "workspace", founded), id_at(rng, "user", founded))
    row = {"id": company.id, "name": "Demo", "slug": SLUG, "version": 0, "deleted_at": None, **_stamps(founded)}
    row |= name_keys("Demo")
    company.rows.append((workspaces, [row]))
    _tell(rng, company, WorkspaceCreated, company.id, {"name": "Demo", "slug": SLUG})
    _hire(rng, company, plan)
    _start_projects(rng, company, plan)
    _print_labels(rng, company)
    _form_groups(rng, company)
    return company


def happens(rng: Random, chance: float) -> bool:
    """Decide something that happens in this share of the cases."""
    return rng.random() < chance


def event_row(rng: Random, company: Company, event: Event, actor_id: str, moment: datetime) -> Row:
    """Build the row of an event, as `events.recording` does; its version is given when it is written."""
    event_id = id_at(rng, "evt", moment)
    return {
        "id": event_id,
        "workspace_id": company.id,
        "version": 0,
        "type": event.type,
        "actor_id": actor_id,
        "project_id": event.project_id,
        "ticket_id": event.ticket_id,
        "subject_id": event.subject_id,
        "changes": event.changes,
        "batch_id": event_id,
        "created_at": moment,
    }


def _hire(rng: Random, company: Company, plan: Plan) -> None:
    demo = text.Person("Demo Owner", "Demo", "Owner", DEMO_EMAIL)
    hired = text.people(rng, plan.people - 1)
    company.people = [company.owner_id, *(id_at(rng, "user", plan.founded) for _ in hired)]
    everyone = list(zip(company.people, [demo, *hired], strict=True))
    company.handles = {user_id: person.email.partition("@")[0] for user_id, person in everyone}
    company.rows.append((users, [_user(user_id, person, plan.founded) for user_id, person in everyone]))
    roles: list[Role] = [_workspace_role(rng, n) for n in range(len(everyone))]
    members: list[Row] = []
    for user_id, role in zip(company.people, roles, strict=True):
        members.append({"workspace_id": company.id, "user_id": user_id, "role": role, "created_at": plan.founded})
        _tell(rng, company, MemberAdded, user_id, {"role": role})
    company.rows.append((workspace_members, members))


def _user(user_id: str, person: text.Person, founded: datetime) -> Row:
    return {
        "id": user_id,
        "email": person.email,
        "email_key": person.email.casefold(),
        "name": person.name,
        **name_keys(person.name),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "image": None,
        "role": "EDITOR",
        "email_verified_at": None,
        "password_hash": None,
        "preferences": {},
        "not_before": None,
        "disabled_at": None,
        **_stamps(founded),
    }


def _workspace_role(rng: Random, number: int) -> Role:
    if number == 0:
        return "OWNER"
    if number < _WORKSPACE_ADMINS:
        return "ADMIN"
    return "VIEWER" if happens(rng, 0.06) else "MEMBER"


def _start_projects(rng: Random, company: Company, plan: Plan) -> None:
    project_rows: list[Row] = []
    member_rows: list[Row] = []
    for n, project in enumerate(text.projects(rng, plan.projects)):
        project_id = id_at(rng, "project", plan.founded)
        roles = _team_of(rng, company.people, n, plan.projects)
        visibility = "private" if plan.visibility == "private" or (plan.visibility == "mixed" and n % 2) else "public"
        project_rows.append(_project(company, project_id, project, visibility, next(iter(roles))))
        shown = {"name": project.name, "key": project.key, "visibility": visibility}
        _tell(rng, company, ProjectCreated, project_id, shown, project_id)
        for user_id, role in roles.items():
            member_rows.append(
                {"workspace_id": company.id, "project_id": project_id, "user_id": user_id, "role": role}
                | {"created_at": plan.founded}
            )
            _tell(rng, company, MemberAdded, user_id, {"role": role}, project_id)
        writers = [user_id for user_id, role in roles.items() if role != "VIEWER"]
        company.teams.append(Team(project_id, project, writers, _shares(len(writers), SKEW_OF_PEOPLE)))
    company.shares_of_teams = _shares(plan.projects, SKEW_OF_PROJECTS)
    company.rows += [(projects, project_rows), (project_members, member_rows)]


def _team_of(rng: Random, people: list[str], number: int, of: int) -> dict[str, Role]:
    """Put everyone into one project at least, the owner of the workspace into the first, and some into more."""
    size = rng.randint(min(4, len(people)), min(LARGEST_TEAM, len(people)))
    own = people[1:][number::of]
    rng.shuffle(own)
    if number < _PROJECTS_OF_OWNER:
        own.insert(1, people[0])
    team = list(dict.fromkeys([*own, *rng.sample(people, size)]))
    roles: dict[str, Role] = {user_id: "VIEWER" if happens(rng, 0.1) else "MEMBER" for user_id in team}
    roles[team[0]] = "OWNER"
    for user_id in team[1:3]:
        roles[user_id] = "ADMIN"
    return roles


def _project(company: Company, project_id: str, project: text.Project, visibility: str, owner_id: str) -> Row:
    return {
        "id": project_id,
        "workspace_id": company.id,
        "name": project.name,
        "description": project.description,
        "key": project.key,
        "status": "active",
        "visibility": visibility,
        "join_policy": "open",
        "owner_id": owner_id,
        "ticket_counter": 0,
        "deleted_at": None,
        **_stamps(company.plan.founded),
        **search_columns(project.name, project.key, project.description),
    }


def _print_labels(rng: Random, company: Company) -> None:
    rows: list[Row] = []
    for name, color in text.labels():
        label_id = id_at(rng, "label", company.plan.founded)
        row = {"id": label_id, "workspace_id": company.id, "project_id": None, "name": name, "color": color}
        rows.append(
            row | {"name_key": name.casefold(), "deleted_at": None, **_stamps(company.plan.founded)} | name_keys(name)
        )
        _tell(rng, company, LabelCreated, label_id, {"name": name, "color": color})
    company.label_ids = [row["id"] for row in rows]
    company.shares_of_labels = _shares(len(rows), SKEW_OF_PEOPLE)
    company.rows.append((labels, rows))


def _form_groups(rng: Random, company: Company) -> None:
    rows: list[Row] = []
    for name in GROUPS:
        group_id = id_at(rng, "group", company.plan.founded)
        row = {"id": group_id, "workspace_id": company.id, "name": name, "description": None, "deleted_at": None}
        rows.append(row | _stamps(company.plan.founded) | name_keys(name))
        _tell(rng, company, GroupCreated, group_id, {"name": name})
    company.group_ids = [row["id"] for row in rows]
    company.rows.append((groups, rows))


def _tell(
    rng: Random,
    company: Company,
    kind: type[Event],
    subject_id: str,
    fields: ReadOnlyValues,
    project_id: str | None = None,
) -> None:
    changes = {name: (None, value) for name, value in fields.items()}
    event = kind(workspace_id=company.id, project_id=project_id, subject_id=subject_id, changes=changes)
    company.events.append(event_row(rng, company, event, company.owner_id, company.plan.founded))


def _shares(count: int, skew: float) -> list[float]:
    """Sum up the shares of so many, the first of which does the most."""
    return list(accumulate((n + 1) ** -skew for n in range(count)))


def _stamps(moment: datetime) -> dict[str, datetime]:
    return {"created_at": moment, "updated_at": moment}
