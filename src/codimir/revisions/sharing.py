"""Find out whether two people see the same, so that the reply to one is the reply to the other."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Any

from codimir.database.core import Database, Transaction
from codimir.http.replies import encode
from codimir.revisions.versions import Versions, Viewer, versions_in

AudienceOf = Callable[[Transaction, Any], Awaitable[tuple[Any, ...]]]
"""Returns everything that decides what a viewer sees."""
MAX_READERS = 4_096
DIGEST_BYTES = 16


class Audiences:
    """Of which audience people are, as far as that was asked."""

    def __init__(self, audience_of: AudienceOf) -> None:
        self._audience_of = audience_of
        self._known: OrderedDict[bytes, bytes] = OrderedDict()

    async def see_the_same(self, db: Database, versions: Versions, one: Viewer, other: Viewer) -> bool:
        """Return whether two people see the same at these versions; False where there are later ones already."""
        mine = await self._digest(db, versions, one)
        return mine is not None and mine == await self._digest(db, versions, other)

    async def _digest(self, db: Database, versions: Versions, viewer: Viewer) -> bytes | None:
        reader = encode((viewer, versions))
        known = self._known.get(reader)
        if known is not None:
            return known

        async def unit(tx: Transaction) -> bytes | None:
            if await versions_in(tx, viewer) != versions:
                return None
            return blake2b(encode(await self._audience_of(tx, viewer)), digest_size=DIGEST_BYTES).digest()

        found = await db.read(unit)
        if found is not None:
            self._known[reader] = found
            if len(self._known) > MAX_READERS:
                self._known.popitem(last=False)
        return found
