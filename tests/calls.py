"""What fixtures are that a test calls."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")

Call = Callable[..., T]
AsyncCall = Callable[..., Awaitable[T]]
Recorded = Callable[[str], Awaitable[list[tuple[str, Any]]]]
"""Returns the events that were recorded about something, the oldest first: (type, changes)."""
RowCounts = Callable[[], Awaitable[dict[str, int]]]
"""Counts the rows of every table."""
