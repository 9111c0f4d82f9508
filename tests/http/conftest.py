"""What the tests of bad requests share."""

from typing import Any

import pytest
import sqlalchemy as sa

from codimir.database.core import Database, Transaction
from codimir.database.schema import metadata
from codimir.database.statements import Statement

COUNTS = {table.name: Statement(sa.select(sa.func.count()).select_from(table)) for table in metadata.sorted_tables}


@pytest.fixture
def row_counts(db: Database) -> Any:
    """Count the rows of every table."""

    async def unit(tx: Transaction) -> dict[str, int]:
        return {name: await tx.value(count) for name, count in COUNTS.items()}

    async def count() -> dict[str, int]:
        return await db.read(unit)

    return count
