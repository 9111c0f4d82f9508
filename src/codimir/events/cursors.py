"""Cursors: where a reader of the event log stands, in every workspace that it reads.

A cursor holds the version of the last event that was read in each workspace. Versions count the events of a workspace
without a gap and become visible in their order, so reading on from a cursor neither skips nor repeats
(docs/decisions/0003-cursors.md). It is sealed with a secret of the instance: who cannot see all of a workspace does not
learn from one how much happens there, and nobody can make one up.
"""

import binascii
import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from codimir.http.errors import InvalidInput
from codimir.kit.libraries import aead, cryptography_exceptions
from codimir.problems.problem import Problem
from codimir.revisions.read_tracking import PureCache

Positions = dict[str, int]
"""From the id of a workspace to the version of the last event that was read there; 0 before the first one."""

MAX_CURSOR_LENGTH = 8_192
"""How many characters a cursor can have: room for more than 500 workspaces."""
FORM = b"\x02"
NAME_BYTES = 6
VERSION_BYTES = 6
ENTRY_BYTES = NAME_BYTES + VERSION_BYTES


class UnusableCursor(InvalidInput):
    """A cursor that is none of ours, or that points past the end of the log."""

    problem = Problem("cursor_unusable")

    @classmethod
    def because(cls, problem: Problem) -> "UnusableCursor":
        """Return what is wrong with it."""
        return cls(details={"after": [problem]})


class CursorMaker(PureCache):
    """Makes and reads the cursors of an instance with its secret.

    They are sealed by AES-SIV (RFC 5297): the same positions make the same cursor, so a reply that holds one follows
    from the data alone. All are as long as their workspaces are many.
    """

    def __init__(self, secret: str) -> None:
        self._key = hashlib.blake2b(secret.encode(), digest_size=32, person=b"cursors").digest()

    def cursor_of(self, positions: Mapping[str, int]) -> str:
        """Write positions as opaque text that can stand in a URL and in a header."""
        entries = [_name(each) + positions[each].to_bytes(VERSION_BYTES) for each in sorted(positions)]
        return _text(self._seal.encrypt(FORM + b"".join(entries), None))

    def positions_in(self, cursor: str, present: Mapping[str, int]) -> Positions:
        """Read where a cursor stands in the workspaces whose present versions are given.

        A workspace that the cursor does not know begins at the present; what it knows beside them is left out. Raises
        UnusableCursor when it is none of this instance, or ahead of the present: then the log is not the one that it
        was made from.
        """
        known = self._read(cursor)
        positions = {workspace: known.get(_name(workspace), version) for workspace, version in present.items()}
        if any(positions[workspace] > version for workspace, version in present.items()):
            raise UnusableCursor.because(Problem("cursor_past_the_end"))
        return positions

    def unknown_to(self, cursor: str, workspaces: Iterable[str]) -> list[str]:
        """Return the workspaces about which a cursor says nothing."""
        known = self._read(cursor)
        return [workspace for workspace in workspaces if _name(workspace) not in known]

    @cached_property
    def _seal(self) -> "aead.AESSIV":
        return aead.AESSIV(self._key)

    def _read(self, cursor: str) -> dict[bytes, int]:
        try:
            sealed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
            if len(cursor) > MAX_CURSOR_LENGTH or cursor != _text(sealed):
                raise UnusableCursor.because(Problem("cursor_of_other_server"))
            body = self._seal.decrypt(sealed, None)
        except (binascii.Error, UnicodeEncodeError, cryptography_exceptions.InvalidTag) as error:
            raise UnusableCursor.because(Problem("cursor_of_other_server")) from error
        starts = range(len(FORM), len(body), ENTRY_BYTES)
        entries = [(body[at : at + NAME_BYTES], body[at + NAME_BYTES : at + ENTRY_BYTES]) for at in starts]
        return {name: int.from_bytes(version) for name, version in entries}


def _text(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


@lru_cache(maxsize=4096)
def _name(workspace_id: str) -> bytes:
    return hashlib.sha256(workspace_id.encode()).digest()[:NAME_BYTES]
