"""A SQLite database, copied while others write to it, looked through, and checked."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from codimir.backups.contents import Contents, StoredFile, file_of_picture
from codimir.backups.manifest import BackupError
from codimir.kit.values import Values

BUSY_TIMEOUT_SECONDS = 60
_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " AND name NOT LIKE 'ticket\\_search%' ESCAPE '\\' ORDER BY name"
)
"""Without the index of search, which is no table with rows of its own."""
_BROKEN_REFERENCES = 'SELECT DISTINCT "table", "parent" FROM pragma_foreign_key_check ORDER BY 1, 2'
_ATTACHMENTS = "SELECT storage_key, size FROM attachments ORDER BY storage_key"
_PICTURES = "SELECT DISTINCT image FROM users WHERE image IS NOT NULL ORDER BY image"


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as it is at this moment; others go on writing meanwhile.

    `VACUUM INTO` reads in one transaction, so it ends however much is written. The online backup of the command
    `sqlite3` begins anew at each write.
    """
    if not source.exists():
        raise BackupError(f"there is no database at {source}")
    with _opened(source) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))


def contents_of(path: Path, *, is_fixed: bool = False) -> Contents:
    """Count the rows of a database and name its files, as they are at one moment.

    One that is fixed is written by nobody, and not even a log beside it is made.
    """
    with _opened(path, is_fixed=is_fixed) as connection:
        connection.execute("BEGIN")
        tables = [name for (name,) in connection.execute(_TABLES)]
        if "alembic_version" not in tables:
            raise BackupError(f"{path} is no database of Codimir")
        [schema] = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        rows = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
        attached = [StoredFile(key, size) for key, size in connection.execute(_ATTACHMENTS)]
        pictures = {file for (image,) in connection.execute(_PICTURES) if (file := file_of_picture(image))}
        return Contents(schema, rows, [*attached, *sorted(pictures)])


def problems_of(path: Path, *, is_fixed: bool = False) -> list[str]:
    """Check the pages, the indexes and the references of a database; return what is wrong."""
    try:
        with _opened(path, is_fixed=is_fixed) as connection:
            pages = [text for (text,) in connection.execute("PRAGMA integrity_check(20)") if text != "ok"]
            broken = connection.execute(_BROKEN_REFERENCES).fetchall()
    except BackupError as error:
        return [str(error)]
    references = [f"a row of {table} refers to a row of {parent} that is not there" for table, parent in broken]
    return [" ".join(text.split()) for text in pages] + references


@contextmanager
def _opened(path: Path, *, is_fixed: bool = False) -> Iterator[sqlite3.Connection]:
    """Open a database; what SQLite finds wrong with it is a BackupError."""
    address = path.absolute().as_uri() + ("?immutable=1" if is_fixed else "?mode=rw")
    options: Values = {"timeout": BUSY_TIMEOUT_SECONDS, "isolation_level": None, "uri": True}
    try:
        with closing(sqlite3.connect(address, **options)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise BackupError(f"{path}: {error}") from error
