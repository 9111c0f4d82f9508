"""What an instance is and how it does, for those who administer it."""

import platform
import shutil
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from codimir import __version__
from codimir.backups.last import LastBackup, last_backup
from codimir.config import Settings
from codimir.database.core import Database, Transaction
from codimir.mail.sending import Mailer, Try
from codimir.monitoring.health import Health
from codimir.monitoring.process import descriptor_limit, memory_bytes, open_descriptors
from codimir.monitoring.queries import count_deliveries, count_jobs, get_schema_revision


class InstanceReport(msgspec.Struct, frozen=True, kw_only=True):
    """An instance at a moment, without a secret of it: addresses come without names and passwords."""

    version: str
    python: str
    failing: Sequence[str]
    """What is not well, as `/healthz` names it"""
    database: Literal["SQLite", "PostgreSQL"]
    database_place: str
    database_bytes: int
    schema: str
    files_place: str
    free_bytes: int
    """In the data folder"""
    memory_bytes: int | None
    """Of the process that answers; others there may be hold as much again"""
    descriptors: int | None
    descriptor_limit: int | None
    mail_server: str | None
    mails_waiting: int
    last_try: Try | None
    jobs: int
    """Work in the background that is under way"""
    deliveries: int
    """Of webhooks, that wait or are under way"""
    last_backup: LastBackup | None


async def get_instance(db: Database, settings: Settings, health: Health, mailer: Mailer) -> InstanceReport:
    """Return what an instance is and how it does."""

    async def unit(tx: Transaction) -> tuple[str, int, int]:
        return await get_schema_revision(tx), await count_jobs(tx), await count_deliveries(tx)

    schema, jobs, deliveries = await db.read(unit)
    return InstanceReport(
        version=__version__,
        python=platform.python_version(),
        failing=await health.failing(),
        database="PostgreSQL" if settings.database_url else "SQLite",
        database_place=place_of(settings.database_url) or str(settings.sqlite_path.absolute()),
        database_bytes=(await db.load()).size_bytes,
        schema=schema,
        files_place=place_of(settings.files_url) or str(settings.files_dir.absolute()),
        free_bytes=shutil.disk_usage(settings.data_dir).free,
        memory_bytes=memory_bytes(),
        descriptors=open_descriptors(),
        descriptor_limit=descriptor_limit(),
        mail_server=place_of(settings.smtp_url),
        mails_waiting=mailer.waiting,
        last_try=mailer.last_try,
        jobs=jobs,
        deliveries=deliveries,
        last_backup=last_backup(settings),
    )


def place_of(url: str | None) -> str | None:
    """Return an address without what may be secret in it: no name, no password, no query."""
    if not url:
        return None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
