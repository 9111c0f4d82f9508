"""Entity tags, and replies to who has them already (RFC 9110, 8.8.3 and 13.1).

A tag is made from everything that a reply follows from: who asks and what they may do, what they ask for, and the
versions of the data that they see. So it is known before anything is looked up: docs/decisions/0010-safe-requests.md.
It is made with a secret of the instance: nobody else can make one, or tell from one how far a workspace has come.
"""

import hmac
import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from time import time
from typing import Any, NamedTuple

from codimir import __version__
from codimir.http.paging import Data
from codimir.http.replies import Created, encode
from codimir.revisions.versions import Versions, Viewer

BY_VERSIONS, BY_MINUTE, BY_CONTENT = "v", "m", "c"
"""How a tag is made, its first letter: from the versions, from them and the minute, or from the reply itself."""
SECONDS_OF_A_MINUTE = 60
DIGEST_BYTES = 15
PRIVATE = {"cache-control": "private, no-cache", "vary": "Cookie, Authorization"}
"""Every reply to someone is theirs alone, and asked for again before it is used again."""
_PRIVATE = tuple((name.encode(), value.encode()) for name, value in PRIVATE.items())
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
VERSION_BYTES = 8
_MARK = re.compile(rf"[^.]*\.([0-9a-f]{{{2 * VERSION_BYTES}}})([0-9a-f]{{{2 * DIGEST_BYTES}}})")
ANY = "*"


class ResourceRevision(NamedTuple):
    """What the tag of a thing says besides: how far its workspace had come, and which thing it is, for one person."""

    version: int
    proof: bytes
    """What nobody can make for another thing, another person or another version"""


class TagMaker:
    """Makes and reads the tags of an instance with its secret."""

    def __init__(self, secret: str) -> None:
        key = blake2b(secret.encode(), digest_size=32).digest()
        # each begun once and copied: half the time of beginning anew with the key
        self._digesting = blake2b(key=key, digest_size=DIGEST_BYTES, person=b"digest")
        self._proving = blake2b(key=key, digest_size=DIGEST_BYTES, person=b"proof")
        self._masking = blake2b(key=key, digest_size=VERSION_BYTES, person=b"mask")
        self._mark = lru_cache(maxsize=1024)(self._written_mark)

    def digest(self, text: bytes) -> str:
        """Digest a text as nobody else can."""
        made = self._digesting.copy()
        made.update(text)
        return made.hexdigest()

    def by_content(self, viewer: Viewer, body: bytes) -> str:
        """Build the tag of an answer that follows from more than the data, or that is given to a write."""
        return BY_CONTENT + self.digest(b"%b %b" % (viewer.id.encode(), body))

    def with_revision(self, tag: str, viewer: Viewer, version: int, subject: str) -> str:
        """Let a tag say which thing was read, and how far it had come; only this instance can read that."""
        return f"{tag}.{self._mark(viewer.id, version, subject)}"

    def revision_in(self, tag: str) -> ResourceRevision | None:
        """Return what a tag says besides; whether it is true, `is_about` says."""
        found = _MARK.fullmatch(tag)
        if found is None:
            return None
        proof = bytes.fromhex(found[2])
        return ResourceRevision(int(found[1], 16) ^ self._mask(proof), proof)

    def is_about(self, mark: ResourceRevision, viewer: Viewer, subject: str) -> bool:
        """Return whether this instance made a mark for a thing and a person."""
        return hmac.compare_digest(mark.proof, self._proof(viewer.id, mark.version, subject))

    def _written_mark(self, viewer_id: str, version: int, subject: str) -> str:
        proof = self._proof(viewer_id, version, subject)
        return f"{version ^ self._mask(proof):0{2 * VERSION_BYTES}x}{proof.hex()}"

    def _proof(self, viewer_id: str, version: int, subject: str) -> bytes:
        made = self._proving.copy()
        made.update(f"{viewer_id} {subject} {version}".encode())
        return made.digest()

    def _mask(self, proof: bytes) -> int:
        made = self._masking.copy()
        made.update(proof)
        return int.from_bytes(made.digest())


class RequestFingerprint:
    """A question and how far the data is that will answer it."""

    def __init__(self, tags: TagMaker, viewer: Viewer, versions: Versions, path: str, query: Any) -> None:
        self._tags = tags
        self._minute = int(time()) // SECONDS_OF_A_MINUTE
        more = () if versions is viewer.versions else (versions,)
        self._asked = encode((__version__, viewer, path, query, *more))

    def matching_etag(self, held: list[str]) -> str | None:
        """Return the one of the tags, without quotes, that the answer would still have, if it is not one by content."""
        makers = {BY_VERSIONS: self.by_versions, BY_MINUTE: self.by_minute}
        for tag in held:
            make = makers.get(tag[:1])
            if make is not None and tag.partition(".")[0] == make():
                return tag
        return None

    def by_versions(self) -> str:
        """Build the tag of an answer that follows from the data."""
        return BY_VERSIONS + self._tags.digest(self._asked)

    def by_minute(self) -> str:
        """Build the tag of an answer that follows from the data and the time."""
        return BY_MINUTE + self._tags.digest(b"%b%d" % (self._asked, self._minute))


def resource_in(result: Any) -> Any:
    """Return the one thing that a route or its unit gives, if that has an id."""
    thing = result.data if isinstance(result, (Data, Created)) else result
    return thing if isinstance(getattr(thing, "id", None), str) else None


def tags_in(header: str) -> list[str]:
    """Return the tags of If-None-Match without their quotes; weak ones count, as RFC 9110 13.1.2 says."""
    if header.strip() == ANY:
        return [ANY]
    return [tag for _, tag in _TAG.findall(header)]


def encoded_tagged(tag: str) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of a read with a tag, as they are sent."""
    return (b"etag", b'"%b"' % tag.encode()), *_PRIVATE


def tagged(tag: str, headers: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the headers of a reply with a tag."""
    return {**(headers or {}), "etag": f'"{tag}"', **PRIVATE}
