"""Cursors: where a reader of the event log stands, in every workspace that it reads.

A cursor holds the version of the last event that was read in each workspace. Versions count the events of a workspace
without a gap and become visible in their order, so reading on from a cursor neither skips nor repeats
(docs/decisions/0003-cursors.md).
"""

import binascii
import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from functools import lru_cache

from codimir.http.errors import InvalidInput

Positions = dict[str, int]
"""From the id of a workspace to the version of the last event that was read there; 0 before the first one."""

LONGEST_CURSOR = 8_192
"""How many characters a cursor can have: room for more than 500 workspaces."""
FORM = b"\x01"
NAME_BYTES = 8
CHECK_BYTES = 2
SEVEN_BITS = 0x7F
MORE = 0x80
LARGEST_VERSION_BITS = 63


class UnusableCursor(InvalidInput):
    """A cursor that is none of ours, or that points past the end of the log."""

    message = "This cursor cannot be used; read without one to begin at the present"

    @classmethod
    def because(cls, problem: str) -> "UnusableCursor":
        """Say what is wrong with it."""
        return cls(details={"after": [problem]})


def cursor_of(positions: Mapping[str, int]) -> str:
    """Write positions as opaque text that can stand in a URL and in a header."""
    body = FORM + b"".join(_name(workspace) + _number(positions[workspace]) for workspace in sorted(positions))
    return _text(body + _check(body))


def positions_in(cursor: str, present: Mapping[str, int]) -> Positions:
    """Read where a cursor stands in the workspaces whose present versions are given.

    A workspace that the cursor does not know begins at the present; what it knows beside them is left out. Raises
    UnusableCursor when it is malformed, or ahead of the present: then the log is not the one that it was made from.
    """
    known = _read(cursor)
    positions = {workspace: known.get(_name(workspace), version) for workspace, version in present.items()}
    if any(positions[workspace] > version for workspace, version in present.items()):
        raise UnusableCursor.because("Points past the newest event; was the database restored from a backup?")
    return positions


def unknown_to(cursor: str, workspaces: Iterable[str]) -> list[str]:
    """Give the workspaces about which a cursor says nothing."""
    known = _read(cursor)
    return [workspace for workspace in workspaces if _name(workspace) not in known]


def _read(cursor: str) -> dict[bytes, int]:
    try:
        whole = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except (binascii.Error, UnicodeEncodeError):
        whole = b""
    body, check = whole[:-CHECK_BYTES], whole[-CHECK_BYTES:]
    is_ours = cursor == _text(whole) and body.startswith(FORM) and check == _check(body)
    if len(cursor) > LONGEST_CURSOR or not is_ours:
        raise UnusableCursor.because("Is not a cursor of this server")
    return dict(_entries(body[len(FORM) :]))


def _text(whole: bytes) -> str:
    return urlsafe_b64encode(whole).rstrip(b"=").decode()


def _entries(body: bytes) -> Iterable[tuple[bytes, int]]:
    """Read names and numbers; also of a body that someone forged."""
    at = 0
    while at < len(body):
        name, at, number, shift = body[at : at + NAME_BYTES], at + NAME_BYTES, 0, 0
        while True:
            if at >= len(body) or shift > LARGEST_VERSION_BITS:
                raise UnusableCursor.because("Is not a cursor of this server")
            byte = body[at]
            number |= (byte & SEVEN_BITS) << shift
            at, shift = at + 1, shift + 7
            if byte < MORE:
                break
        yield name, number


@lru_cache(maxsize=4096)
def _name(workspace_id: str) -> bytes:
    return hashlib.sha256(workspace_id.encode()).digest()[:NAME_BYTES]


def _number(value: int) -> bytes:
    """Write a number in groups of seven bits, the lowest first (LEB128)."""
    written = bytearray()
    while value > SEVEN_BITS:
        written.append(value & SEVEN_BITS | MORE)
        value >>= 7
    written.append(value)
    return bytes(written)


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:CHECK_BYTES]
