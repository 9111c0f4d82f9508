"""Files that are the same for everyone: kept in memory, compressed once, and sent only to who has not got them."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from litestar import Response

from codimir.http.errors import NotFound
from codimir.http.headers import takes_gzip
from codimir.http.requests import HttpRequest
from codimir.problems.problem import Problem

WORTH_COMPRESSING = 1024
"""From how many bytes on a file is sent compressed to who takes that."""

PLAIN_TEXT = "text/plain"
MEDIA_TYPES = {
    "": PLAIN_TEXT,
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": PLAIN_TEXT,
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
COMPRESSED_ALREADY = frozenset({"image/png", "font/woff2"})


@dataclass(frozen=True)
class StaticFile:
    """The bytes of a file and what they are."""

    content: bytes
    media_type: str

    @cached_property
    def compressed(self) -> bytes | None:
        """The bytes in gzip, or nothing where that does not pay."""
        if len(self.content) < WORTH_COMPRESSING or self.media_type in COMPRESSED_ALREADY:
            return None
        return gzip.compress(self.content, mtime=0)

    @cached_property
    def digest(self) -> str:
        """A short name of exactly these bytes."""
        return hashlib.sha256(self.content).hexdigest()[:24]


class Folder:
    """The files of a folder that were there when it was opened, by their paths in it: no path leads out of it."""

    def __init__(self, root: Path) -> None:
        self.files = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}

    def get(self, name: str) -> StaticFile:
        """Return a file as it is now.

        Raises NotFound when there is none of this name.
        """
        path = self.files.get(name)
        if path is None or not path.is_file():
            raise NotFound(Problem("resource_not_found", kind="File"))
        return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _read(path: Path, _changed_at: int) -> StaticFile:
    return StaticFile(path.read_bytes(), MEDIA_TYPES.get(path.suffix, "application/octet-stream"))


def send(request: HttpRequest, file: StaticFile, headers: Mapping[str, str]) -> Response[bytes]:
    """Answer with a file, or with 304 when the client has it already."""
    compressed = file.compressed if takes_gzip(request) else None
    tag = f'"{file.digest}"' if compressed is None else f'"{file.digest}-gzip"'
    common = {"cache-control": "no-cache", **headers, "etag": tag, "vary": "accept-encoding"}
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(b"", status_code=304, headers=common, media_type=file.media_type)
    if compressed is None:
        return Response(file.content, headers=common, media_type=file.media_type)
    return Response(compressed, headers={**common, "content-encoding": "gzip"}, media_type=file.media_type)


def _has(tags: str, tag: str) -> bool:
    """Compare weakly, as RFC 9110 13.1.2 says: a proxy may have weakened the tag."""
    return tags.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in tags.split(",")}
