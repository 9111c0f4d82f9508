"""Paths as logs may show them: without what opens a door."""

from urllib.parse import quote

from codimir.kit.values import ReadOnlyValues

OPENS_A_DOOR = "{token"
"""How the pattern of a path marks the token of a link that is good once"""
MAX_SHOWN_SEGMENT_LENGTH = 20
"""What is longer, on a path that no route has, may be such a token."""


def shown_path(scope: ReadOnlyValues) -> str:
    """Return the path of a request for a log: percent-encoded, without query and without tokens of links."""
    pattern = scope.get("path_template")
    if pattern is None:
        return "/".join(_shown(segment) for segment in str(scope["path"]).split("/"))
    return str(pattern) if OPENS_A_DOOR in pattern else quote(scope["path"])


def _shown(segment: str) -> str:
    return quote(segment) if len(segment) <= MAX_SHOWN_SEGMENT_LENGTH else "..."
