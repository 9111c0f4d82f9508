"""What was found behind a session or a token, for as long as nothing has been committed since.

Asking who sends a request is a sixth of what one ticket costs. Whether anything at all was committed, by this process
or by any other, SQLite says for a fifth of that, and PostgreSQL once for all who ask at the same time. So what was
found a moment ago is as good as looked up again, and the end of a session, or another role, holds from the next request
on all the same.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from codimir.database.core import Database
from codimir.database.statements import Row, Statement

T = TypeVar("T")

MAX_COUNT = 4_096


class SessionCache:
    """What was found since the last commit."""

    def __init__(self) -> None:
        self._version: Hashable | None = None
        self._found: dict[tuple[Statement, str], Any] = {}

    def __len__(self) -> int:
        """Return how many sessions and tokens are known."""
        return len(self._found)

    async def look_up(
        self, db: Database, statement: Statement, token_hash: str, build: Callable[[Sequence[Row]], T]
    ) -> T | None:
        """Return what is built from the rows of a statement whose only value is the hash of a token.

        None where there are none. Requests share what is returned: it is not to be changed.
        """
        version = await db.data_version()
        if version is None:
            rows = await db.fetch_all(statement, hash=token_hash)
            return build(rows) if rows else None
        if version != self._version or len(self._found) >= MAX_COUNT:
            self._version, self._found = version, {}
        found = self._found  # whoever asks meanwhile may begin another one, for a later version
        known: T | None = found.get((statement, token_hash))
        if known is None and (rows := await db.fetch_all(statement, hash=token_hash)):
            known = found[statement, token_hash] = build(rows)  # what is wrong may come in any number
        return known
