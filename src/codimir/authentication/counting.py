"""Count what may happen only so often in a while: in the database, for all processes together."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from codimir.database.core import Transaction
from codimir.database.statements import Statement


class SlidingCount:
    """Counts by keys in a table with the columns `key`, `recent` and the moment of the latest.

    The row of a key is locked while it is counted, so the count is exact also at the same moment.
    """

    def __init__(self, table: sa.Table, latest: "sa.Column[object]", window: timedelta) -> None:
        self.window = window
        moment, recent = sa.bindparam("now", type_=latest.type), table.c.recent
        self._hold = Statement(
            insert(table)
            .values({"key": sa.bindparam("key"), "recent": sa.literal([], recent.type), latest.name: moment})
            .on_conflict_do_update(index_elements=["key"], set_={latest.name: moment})
            .returning(recent)
        )
        self._keep = Statement(
            sa.update(table)
            .where(table.c.key == sa.bindparam("row_key"))
            .values(recent=sa.bindparam("recent", type_=recent.type))
        )
        self._forget = Statement(sa.delete(table).where(latest <= sa.bindparam("since", type_=latest.type)))

    async def count(self, tx: Transaction, limits: Mapping[str, int]) -> float | None:
        """Count once under each key; where there were too many, count nothing and give the seconds until it may be."""
        await tx.execute(self._forget, since=tx.now - self.window)
        counted = {}
        for key in sorted(limits):  # always in this order: two that wait for each other would never end
            recent = await self._recent(tx, key)
            if len(recent) >= limits[key]:
                oldest = recent[-limits[key]] if limits[key] else tx.now.timestamp()
                return min(oldest + self.window.total_seconds() - tx.now.timestamp(), self.window.total_seconds())
            counted[key] = [*recent, tx.now.timestamp()]
        for key, recent in counted.items():
            await tx.execute(self._keep, row_key=key, recent=recent)
        return None

    async def take_back(self, tx: Transaction, limits: Mapping[str, int]) -> None:
        """Take back the latest under each key."""
        for key in sorted(limits):
            await tx.execute(self._keep, row_key=key, recent=(await self._recent(tx, key))[:-1])

    async def _recent(self, tx: Transaction, key: str) -> list[float]:
        """Return the moments of the window; nobody else can count under this key until the end.

        Those that lie more than a window ahead are forgotten: they were counted before the clock was put back.
        """
        since, until = (tx.now - self.window).timestamp(), (tx.now + self.window).timestamp()
        return [moment for moment in await tx.fetch_value(self._hold, key=key, now=tx.now) if since < moment < until]


def count_key(kind: str, *parts: str) -> str:
    """Return a key that does not say what it stands for."""
    return f"{kind}:{hashlib.sha256('|'.join(parts).encode(errors='replace')).hexdigest()}"
