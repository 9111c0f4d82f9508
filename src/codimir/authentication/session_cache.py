"""What was found behind a session or a token, for as long as nothing has been committed since.

Asking who sends a request is a sixth of what one ticket costs. Whether anything at all was committed, by this process
or by any other, SQLite says for a fifth of that; so what was found a moment ago is as good as looked up again, and the
end of a session, or another role, holds from the next request on all the same. PostgreSQL does not say it without a
question, so there every request asks.
"""

from codimir.database.core import Database
from codimir.database.statements import Row, Statement

MAX_COUNT = 4_096


class SessionCache:
    """What was found since the last commit."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._found: dict[tuple[Statement, str], list[Row]] = {}

    def __len__(self) -> int:
        """Return how many sessions and tokens are known."""
        return len(self._found)

    async def look_up(self, db: Database, statement: Statement, token_hash: str) -> list[Row]:
        """Return the rows of a statement whose only value is the hash of a token; they are not to be changed."""
        version = db.data_version()
        if version is None:
            return await db.fetch_all(statement, hash=token_hash)
        if version != self._version or len(self._found) >= MAX_COUNT:
            self._version, self._found = version, {}
        rows = self._found.get((statement, token_hash))
        if rows is None:
            rows = await db.fetch_all(statement, hash=token_hash)
            if rows:  # what is wrong may come in any number
                self._found[statement, token_hash] = rows
        return rows
