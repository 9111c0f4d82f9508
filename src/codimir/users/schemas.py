"""Shapes of people."""

import re
from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from codimir.http.paging import PageQuery, Reply
from codimir.http.validation import Body, Query, line
from codimir.kit.zones import known_zone_name
from codimir.model.enums import InstanceRole
from codimir.problems.problem import InvalidValue
from codimir.users.fields import Email, PersonName

Theme = Literal["light", "dark", "system"]
Density = Literal["comfortable", "compact"]


class ShownPreferences(Reply):
    """What a profile shows of the preferences."""

    theme: Theme
    notifications: bool
    timezone: str


class ProfileCounts(Reply):
    """How much someone sees: projects, and the tickets that are given to them; and how much they have said."""

    projects: int
    tickets: int
    comments: int


class Profile(Reply):
    """Yourself."""

    id: str
    name: str
    first_name: str | None
    last_name: str | None
    email: str
    image: str | None
    role: InstanceRole
    created_at: datetime
    updated_at: datetime
    preferences: ShownPreferences
    counts: ProfileCounts | UnsetType = UNSET


class ProfileQuery(Query, frozen=True):
    """What of a profile to give."""

    counts: Annotated[bool, Meta(description="Whether to count projects, tickets and comments")] = False


def _address(text: str) -> str:
    address = text.strip()
    if not address.startswith(("https://", "http://", "/")) or address.startswith("//") or not address.isprintable():
        raise InvalidValue("not_a_picture_address")
    return address


Name = Annotated[str, line(255)]
Picture = Annotated[
    str,
    Meta(
        max_length=2_048,
        description="The address of a picture",
        examples=["https://example.com/jane.jpg"],
        extra_json_schema={"minLength": 1, "pattern": "^(https?://.*|/([^/].*)?)$"},
        extra={"clean": _address},
    ),
]


class ProfileUpdate(Body):
    """What changes of your profile: an absent field keeps its value, null clears it."""

    name: Name | UnsetType = UNSET
    first_name: Name | None | UnsetType = UNSET
    last_name: Name | None | UnsetType = UNSET
    image: Picture | None | UnsetType = UNSET


class EmailNotifications(Reply):
    """What mail is sent about."""

    ticket_assigned: bool = True
    ticket_updated: bool = True
    project_invites: bool = True


class Preferences(Reply):
    """How you like it."""

    id: str
    user_id: str
    theme: Theme
    notifications: bool
    timezone: str
    language: str
    density: Density
    email_notifications: EmailNotifications


def _timezone(text: str) -> str:
    known = known_zone_name(text)
    if known is None:
        raise InvalidValue("not_a_timezone")
    return known


def _language(text: str) -> str:
    if not LANGUAGE.fullmatch(text):
        raise InvalidValue("not_a_language")
    return text


LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
Timezone = Annotated[
    str,
    Meta(
        description="The IANA name of a time zone",
        examples=["Europe/Berlin"],
        extra_json_schema={"minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$"},
        extra={"clean": _timezone},
    ),
]
Language = Annotated[
    str,
    Meta(
        description="The tag of a language",
        examples=["en", "pt-BR"],
        extra_json_schema={"minLength": 2, "maxLength": 21, "pattern": f"^{LANGUAGE.pattern}$"},
        extra={"clean": _language},
    ),
]


class EmailNotificationsUpdate(Body):
    """What changes of what mail is sent about."""

    ticket_assigned: bool | UnsetType = UNSET
    ticket_updated: bool | UnsetType = UNSET
    project_invites: bool | UnsetType = UNSET


class PreferencesUpdate(Body):
    """What changes of your preferences: an absent field keeps its value."""

    theme: Theme | UnsetType = UNSET
    notifications: bool | UnsetType = UNSET
    timezone: Timezone | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    density: Density | UnsetType = UNSET
    email_notifications: EmailNotificationsUpdate | UnsetType = UNSET


ActivityType = Literal["ticket", "project", "comment"]


class ActivityProject(Reply):
    """The project that something belongs to, if it is in one."""

    project_id: str | None
    project_name: str | None


class Activity(Reply):
    """Something that you did."""

    id: str
    type: ActivityType
    action: str
    entity_id: str
    entity_title: str
    description: str
    created_at: datetime
    metadata: ActivityProject


class ActivityQuery(PageQuery, frozen=True):
    """What of your activity to list."""

    type: tuple[ActivityType, ...] = ()


class UserAccount(Reply):
    """A person as the administration of the instance sees them."""

    id: str
    name: str
    email: str
    image: str | None
    role: InstanceRole
    created_at: datetime
    updated_at: datetime
    disabled_at: datetime | None


class UserListQuery(PageQuery, frozen=True):
    """Whom to list."""

    search: Annotated[str, Meta(max_length=200)] | None = None


class UserCreate(Body):
    """A new person; they come in by a link to set their password, or through a provider."""

    email: Email
    name: PersonName
    role: InstanceRole = "EDITOR"


class UserUpdate(Body):
    """What changes of a person's account: an absent field keeps its value."""

    role: InstanceRole | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET
