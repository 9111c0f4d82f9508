"""Whom a session was found to belong to, for as long as nothing has been committed since.

Asking who sends a request is a sixth of what one ticket costs. Whether anything at all was committed, by this process
or by any other, SQLite says for a fifth of that; so what was found a moment ago is as good as looked up again, and the
end of a session, or another role, holds from the next request on all the same.
"""

from datetime import datetime
from typing import NamedTuple

from codimir.access.actor import Actor

MOST = 4_096


class Found(NamedTuple):
    """Whose session it is, and until when."""

    actor: Actor
    expires_at: datetime


class Recognised:
    """The sessions that were found since the last commit."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._found: dict[str, Found] = {}

    def get(self, version: int | None, token_hash: str) -> Found | None:
        """Give what was found for a token at this version of the data; without a version nothing is known."""
        return self._found.get(token_hash) if version is not None and version == self._version else None

    def keep(self, version: int | None, token_hash: str, found: Found) -> None:
        """Keep what was found at this version of the data, or after it."""
        if version != self._version or len(self._found) >= MOST:
            self._version, self._found = version, {}
        self._found[token_hash] = found
