"""Names and kinds of files: what is kept of those that are sent, and how they are sent back."""

import re
from pathlib import PurePosixPath
from urllib.parse import quote

from codimir.kit.lines import is_one_line

MAX_FILENAME = 255
MAX_SUFFIX = 32
UNKNOWN_TYPE = "application/octet-stream"
SAFE_TYPES = frozenset({
    "application/gzip", "application/json", "application/pdf", "application/zip", "audio/mpeg", "audio/ogg",
    "audio/wav", "image/avif", "image/gif", "image/jpeg", "image/png", "image/webp", "text/csv", "text/markdown",
    "text/plain", "video/mp4", "video/ogg", "video/webm",
})  # fmt: skip
"""Kinds in which a browser runs nothing. SVG, HTML and XML are none of them."""

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
_NOT_PLAIN = re.compile(r'[^ -~]|["%\\]')


def clean_filename(sent: str) -> str:
    """Keep of a name what is no path and no control character, and as much as fits; nothing may be left."""
    name = "".join(filter(is_one_line, sent))
    name = re.split(r"[/\\]", name)[-1].strip()
    if name.strip(".") == "":
        return ""
    if len(name) <= MAX_FILENAME:
        return name
    suffix = PurePosixPath(name).suffix
    suffix = suffix if len(suffix) <= MAX_SUFFIX else ""
    return name[: MAX_FILENAME - len(suffix)] + suffix


def clean_type(sent: str) -> str:
    """Keep a content type that is written as one."""
    return sent if _TYPE.fullmatch(sent) else UNKNOWN_TYPE


def download_headers(filename: str, content_type: str, size: int) -> dict[str, str]:
    """Send a file so that a browser saves it and runs nothing of it (RFC 6266, RFC 8187)."""
    plain = _NOT_PLAIN.sub("_", filename)
    return {
        "content-type": content_type if content_type in SAFE_TYPES else UNKNOWN_TYPE,
        "content-length": str(size),
        "accept-ranges": "bytes",
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}",
        "content-security-policy": "sandbox",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-cache",
    }
