"""Entity tags, and replies to who has them already (RFC 9110, 8.8.3 and 13.1).

A tag is made from everything that a reply follows from: who asks and what they may do, what they ask for, and the
versions of the data that they see. So it is known before anything is looked up: docs/decisions/0010-safe-requests.md.
"""

import re
from collections.abc import Mapping
from hashlib import blake2b
from time import time
from typing import Any, NamedTuple

from codimir import __version__
from codimir.http.paging import Data
from codimir.http.replies import Created, encode
from codimir.http.versions import Versions, Viewer

BY_VERSIONS, BY_MINUTE, BY_CONTENT = "v", "m", "c"
"""How a tag is made, its first letter: from the versions, from them and the minute, or from the reply itself."""
SECONDS_OF_A_MINUTE = 60
DIGEST_BYTES = 15
PRIVATE = {"cache-control": "private, no-cache", "vary": "Cookie, Authorization"}
"""Every reply to someone is theirs alone, and asked for again before it is used again."""
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_MARK = re.compile(r"[^.]*\.([0-9a-f]{1,15})\.([\w-]+)")
ANY = "*"


class Mark(NamedTuple):
    """What the tag of a thing says besides: how far its workspace had come, and which thing it is, for one person."""

    version: int
    subject: str


class Question:
    """A question and how far the data is that will answer it."""

    def __init__(self, viewer: Viewer, versions: Versions, path: str, query: Any) -> None:
        self._minute = int(time()) // SECONDS_OF_A_MINUTE
        more = () if versions is viewer.versions else (versions,)
        self._asked = encode((__version__, viewer, path, query, *more))

    def tag_known_before(self, held: list[str]) -> str | None:
        """Give the one of the tags, without quotes, that the answer would still have; those by content are not told."""
        makers = {BY_VERSIONS: self.by_versions, BY_MINUTE: self.by_minute}
        for tag in held:
            make = makers.get(tag[:1])
            if make is not None and tag.partition(".")[0] == make():
                return tag
        return None

    def by_versions(self) -> str:
        """Make the tag of an answer that follows from the data."""
        return BY_VERSIONS + _digest(self._asked)

    def by_minute(self) -> str:
        """Make the tag of an answer that follows from the data and the time."""
        return BY_MINUTE + _digest(b"%b%d" % (self._asked, self._minute))


def by_content(viewer: Viewer, body: bytes) -> str:
    """Make the tag of an answer that follows from more than the data, or that is given to a write."""
    return BY_CONTENT + _digest(b"%b %b" % (viewer.id.encode(), body))


def marked(tag: str, viewer: Viewer, version: int, subject: str) -> str:
    """Let a tag say which thing was read, and how far it had come."""
    return f"{tag}.{version:x}.{subject_digest(viewer, subject)}"


def mark_in(tag: str) -> Mark | None:
    """Give what a tag says besides."""
    found = _MARK.fullmatch(tag)
    return None if found is None else Mark(int(found[1], 16), found[2])


def thing_in(result: Any) -> Any:
    """Give the one thing that a route or its unit gives, if that has an id."""
    thing = result.data if isinstance(result, (Data, Created)) else result
    return thing if isinstance(getattr(thing, "id", None), str) else None


def subject_digest(viewer: Viewer, subject: str) -> str:
    """Name a thing in the tags of one person."""
    return _digest(f"{viewer.id} {subject}".encode())


def tags_in(header: str) -> list[str]:
    """Give the tags of If-None-Match without their quotes; weak ones count, as RFC 9110 13.1.2 says."""
    if header.strip() == ANY:
        return [ANY]
    return [tag for _, tag in _TAG.findall(header)]


def tagged(tag: str, headers: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the headers of a reply with a tag."""
    return {**(headers or {}), "etag": f'"{tag}"', **PRIVATE}


def _digest(text: bytes) -> str:
    return blake2b(text, digest_size=DIGEST_BYTES).hexdigest()
