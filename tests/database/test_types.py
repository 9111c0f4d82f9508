"""Values are the same from both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.model.groups import groups
from tests.calls import AsyncCall

INDIA = timezone(timedelta(hours=5, minutes=30))
MOMENTS = Statement(sa.select(groups.c.created_at).order_by(groups.c.created_at))


class TestMoments:
    @pytest.mark.parametrize(
        "moment",
        [
            datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC),
            datetime(2024, 1, 1, tzinfo=UTC),
            datetime(2024, 3, 31, 1, 30, tzinfo=INDIA),
            datetime(1, 1, 2, tzinfo=UTC),
            datetime(9999, 12, 30, 12, tzinfo=UTC),
        ],
    )
    async def test_they_come_back_in_utc_to_the_microsecond(
        self, database: Database, add: AsyncCall[None], moment: datetime
    ) -> None:
        await database.write(lambda tx: add(tx, "one", moment))
        read = await database.read(lambda tx: tx.fetch_value(MOMENTS))
        assert (read, read.tzinfo) == (moment, UTC)

    async def test_they_sort_by_time_whatever_their_offset_was(self, database: Database, add: AsyncCall[None]) -> None:
        noon = datetime(2024, 6, 1, 12, tzinfo=UTC)
        moments = [noon, (noon + timedelta(microseconds=1)).astimezone(INDIA), noon + timedelta(hours=1)]
        for name, moment in enumerate(reversed(moments)):
            await database.write(lambda tx, name=name, moment=moment: add(tx, f"{name}", moment))
        assert [row[0] for row in await database.read(lambda tx: tx.fetch_all(MOMENTS))] == moments
