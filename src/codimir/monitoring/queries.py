"""What is read of a database to say how an instance does."""

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.model.jobs import background_jobs
from codimir.model.webhooks import OPEN, webhook_deliveries


async def get_schema_revision(tx: Transaction) -> str:
    """Return the migration that the database has come to."""
    return str(await tx.fetch_value(_REVISION))


async def count_jobs(tx: Transaction) -> int:
    """Count the jobs in the background that wait or are under way."""
    return int(await tx.fetch_value(_JOBS))


async def count_deliveries(tx: Transaction) -> int:
    """Count the deliveries of webhooks that wait or are under way."""
    return int(await tx.fetch_value(_DELIVERIES))


_REVISION = Statement(sa.select(sa.column("version_num")).select_from(sa.table("alembic_version")))
_JOBS = Statement(sa.select(sa.func.count()).select_from(background_jobs))
_DELIVERIES = Statement(sa.select(sa.func.count()).select_from(webhook_deliveries).where(OPEN))
