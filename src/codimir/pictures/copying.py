"""Copy the pictures of people that are on other hosts, in the background: pages show the copies."""

import asyncio
import logging
from datetime import datetime, timedelta

from codimir.database.core import Database, DatabaseError
from codimir.http.errors import ApiError
from codimir.pictures.fetching import NotFetched, PictureFetcher
from codimir.pictures.pictures import Pictures
from codimir.pictures.queries import find_pictures_elsewhere, get_people_version
from codimir.webhooks.addresses import shown

SECONDS_BETWEEN_LOOKS = 5.0
FIRST_DELAY = timedelta(minutes=5)
MAX_DELAY = timedelta(days=1)

log = logging.getLogger("codimir.pictures")


class Copier:
    """Copies each picture once; one that cannot be fetched is tried again after a while that doubles."""

    def __init__(self, db: Database, pictures: Pictures, fetcher: PictureFetcher) -> None:
        self._db = db
        self._pictures = pictures
        self._fetcher = fetcher
        self._copied: set[str] = set()
        self._failed: dict[str, tuple[datetime, timedelta]] = {}
        self._seen_version: int | None = None

    async def copy_missing(self) -> None:
        """Copy every picture that is missing and due; nothing is read where nothing can have changed."""
        version = await self._db.read(get_people_version)
        if version == self._seen_version and not any(map(self._is_due, self._failed)):
            return
        wanted = set(await self._db.read_long(find_pictures_elsewhere))
        self._seen_version = version
        self._copied &= wanted
        self._failed = {address: when for address, when in self._failed.items() if address in wanted}
        for address in sorted(wanted - self._copied):
            if self._is_due(address):
                await self._copy(address)

    def _is_due(self, address: str) -> bool:
        return address not in self._failed or self._failed[address][0] <= self._db.now()

    async def _copy(self, address: str) -> None:
        try:
            if not await self._pictures.has_copy(address):
                await self._pictures.keep_copy(address, await self._fetcher.fetch(address))
        except (NotFetched, ApiError) as error:
            _, delay = self._failed.get(address, (None, FIRST_DELAY / 2))
            delay = min(2 * delay, MAX_DELAY)
            if address not in self._failed:
                log.warning("the picture of somebody at %s is not shown: %s", shown(address), error)
            self._failed[address] = (self._db.now() + delay, delay)
        else:
            self._copied.add(address)
            self._failed.pop(address, None)


async def keep_copying(db: Database, pictures: Pictures, fetcher: PictureFetcher) -> None:
    """Look again and again for pictures to copy, until cancelled."""
    copier = Copier(db, pictures, fetcher)
    while True:
        try:
            await copier.copy_missing()
        except DatabaseError as error:
            log.warning("pictures wait: %s", error)
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
