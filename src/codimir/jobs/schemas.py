"""Shapes of background jobs."""

from datetime import datetime
from typing import Literal

import msgspec

from codimir.http.paging import PageQuery, Reply

JobKind = Literal[
    "label.deletion",
    "group.deletion",
    "project.key_change",
    "project.trashing",
    "project.restoring",
    "search.reindexing",
]


class BackgroundJob(Reply):
    """Work that a change began and that goes on in the background; what it is about looks changed already."""

    id: str
    kind: JobKind
    workspace_id: str
    subject_id: str
    """The label, the group or the project that was changed; the workspace whose tickets are indexed anew"""
    done: int
    """How many tickets it has changed so far"""
    total: int
    """How many there were when it began"""
    created_at: datetime
    updated_at: datetime


class JobListQuery(PageQuery, frozen=True):
    """Which background jobs."""

    workspace: tuple[str, ...] = ()


class Job(msgspec.Struct, frozen=True):
    """A background job as its work needs it."""

    id: str
    workspace_id: str
    kind: JobKind
    subject_id: str
    project_id: str | None
    actor_id: str | None
    batch_id: str
    position: int
    """The number of the last ticket that it changed, or of its document in the index, where it goes by them"""
    moment: datetime | None
    """When the tickets were deleted that it restores"""
    done: int
    created_at: datetime
