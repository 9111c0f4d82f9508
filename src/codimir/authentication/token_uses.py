"""Keep when each API token was last used: at most once a minute, and never while a request waits for it."""

import asyncio
import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from codimir.database.core import Database, DatabaseError
from codimir.database.statements import Statement
from codimir.kit.outages import Outage
from codimir.model.authentication import api_tokens

NOTED_EVERY = timedelta(minutes=1)
log = logging.getLogger("codimir")

_AT = sa.bindparam("at", type_=api_tokens.c.last_used_at.type)
_NOTE = Statement(sa.update(api_tokens).where(api_tokens.c.token_hash == sa.bindparam("hash")).values(last_used_at=_AT))


class TokenUses:
    """The uses that are being written."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._writing: dict[str, asyncio.Task[None]] = {}
        self._outage = Outage("when tokens were last used is not written", log, (DatabaseError,))
        self._paused_until = 0.0

    def note(self, token_hash: str, last_used_at: datetime | None, now: datetime) -> None:
        """Note that a token is used now, unless that is known to the minute, or could not be written lately."""
        is_known = last_used_at is not None and now - last_used_at < NOTED_EVERY
        loop = asyncio.get_running_loop()
        if is_known or token_hash in self._writing or loop.time() < self._paused_until:
            return
        task = loop.create_task(self._write(token_hash, now))
        self._writing[token_hash] = task
        task.add_done_callback(lambda _: self._writing.pop(token_hash, None))

    async def close(self) -> None:
        """Wait until all is written."""
        await asyncio.gather(*self._writing.values())

    async def _write(self, token_hash: str, now: datetime) -> None:
        try:
            await self._db.write(lambda tx: tx.execute(_NOTE, hash=token_hash, at=now))
        except DatabaseError as error:
            self._paused_until = asyncio.get_running_loop().time() + self._outage.failed(error)
        else:
            self._outage.recovered()
