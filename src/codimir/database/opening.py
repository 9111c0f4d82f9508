"""Open the database that the settings name, brought to the newest schema."""

from codimir.config import Settings
from codimir.database import postgres
from codimir.database.core import Database
from codimir.database.migrating import migrate_postgres, migrate_sqlite
from codimir.database.sqlite import SqliteDatabase
from codimir.kit.clock import Clock, utc_now


async def migrate(settings: Settings) -> None:
    """Make the data folder where it is missing, and bring the database to the newest schema."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if settings.database_url:
        await migrate_postgres(settings.database_url)
    else:
        migrate_sqlite(settings.sqlite_path)


async def open_database(settings: Settings, clock: Clock = utc_now) -> Database:
    """Open the database; `migrate` has been run before."""
    if settings.database_url:
        return await postgres.connect(settings.database_url, clock)
    return SqliteDatabase(settings.sqlite_path, clock)
