"""Ask for a part of a file by its bytes (RFC 9110, section 14).

One range is answered; several at once, and units that are not bytes, are answered with the whole, as the RFC allows.
"""

import re
from typing import NamedTuple

from codimir.http.errors import RangeNotSatisfiable

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.IGNORECASE)


class ByteRange(NamedTuple):
    """Bytes of a file, from `start` up to but not including `end`."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Return how many bytes there are."""
        return self.end - self.start

    def header(self, size: int) -> str:
        """Return the value of `Content-Range` for a file of so many bytes."""
        return f"bytes {self.start}-{self.end - 1}/{size}"


def wanted_range(range_header: str, if_range: str, tag: str, size: int) -> ByteRange | None:
    """Return the part of a file that a request asks for, or None for the whole.

    With an `If-Range` that is not the tag of the file as it is, it is the whole. Raises RangeNotSatisfiable for a part
    that lies behind its end.
    """
    found = _ONE_RANGE.fullmatch(range_header)
    if found is None or found[1] == found[2] == "" or if_range not in ("", f'"{tag}"'):
        return None
    first, last = found[1], found[2]
    if first == "":
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None  # not a range, says the RFC
    if start >= size or start >= end:
        raise RangeNotSatisfiable(headers={"content-range": f"bytes */{size}"})
    return ByteRange(start, end)
