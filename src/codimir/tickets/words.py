"""The fixed words of a ticket, each list in its order."""

from typing import Literal, get_args

Type = Literal["TASK", "BUG", "FEATURE", "IMPROVEMENT", "EPIC"]
Status = Literal["backlog", "todo", "in_progress", "in_review", "done", "cancelled"]
Priority = Literal["lowest", "low", "medium", "high", "highest"]
Stage = Literal["PLANNING", "DEVELOPMENT", "TESTING", "DEPLOYMENT", "COMPLETED"]

TYPES: tuple[Type, ...] = get_args(Type)
STATUSES: tuple[Status, ...] = get_args(Status)
CLOSED_STATUSES: tuple[Status, ...] = ("done", "cancelled")
"""Of tickets on which nothing is left to do"""
OPEN_STATUSES: tuple[Status, ...] = tuple(status for status in STATUSES if status not in CLOSED_STATUSES)
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
STAGES: tuple[Stage, ...] = get_args(Stage)
