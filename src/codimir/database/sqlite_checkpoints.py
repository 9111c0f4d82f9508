"""The log of SQLite is written back into the file beside the writer, so that no write waits for it.

SQLite does that by itself in the transaction that makes the log long, and everybody who writes waits for two syncs
and for each changed page. Here a thread does it with a connection of its own (https://sqlite.org/wal.html#ckpt).

The log begins anew with a write that finds all of it in the file. While others write that never happens by itself: what
comes during a pass is left. So of a long log the thread makes passes, each of what came during the last, until little
is left, and has the writer write that back between two of its transactions.
"""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from codimir.database.sqlite_transactions import connect

SECONDS_BETWEEN = 1.0
MAX_LOG_PAGES = 16_000
"""When the log has so many pages, 64 MB, it is begun anew."""
MAX_LOG_PAGES_OF_WRITER = 4 * MAX_LOG_PAGES
"""When it has become so long all the same, SQLite writes it back in the transaction that made it so long."""
FEW_PAGES = 500
"""What the writer writes back by itself"""
MAX_PASSES = 8


class Checkpoints:
    """A thread that writes the log back while there are writes; it calls when the writer shall write back the rest."""

    def __init__(self, path: Path, call_writer: Callable[[], None]) -> None:
        self._connection = connect(path)
        self._call_writer = call_writer
        self._written = threading.Event()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sqlite-checkpoints", daemon=True)
        self._thread.start()

    def written(self) -> None:
        """Note that something was committed."""
        self._written.set()

    def close(self) -> None:
        """End the thread."""
        self._ends.set()
        self._written.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while not self._ends.wait(SECONDS_BETWEEN):
            self._written.wait()
            self._written.clear()
            with suppress(sqlite3.Error):  # whoever writes hears of a disk that is full; the log keeps everything
                self._write_back()

    def _write_back(self) -> None:
        pages, is_all = write_back(self._connection)
        for _ in range(MAX_PASSES):
            if pages < MAX_LOG_PAGES or not is_all or self._ends.is_set():
                return
            before, (pages, is_all) = pages, write_back(self._connection)
            if is_all and 0 <= pages - before <= FEW_PAGES:
                self._call_writer()
                return


def write_back(connection: sqlite3.Connection) -> tuple[int, bool]:
    """Write the log back as far as nobody reads it; give how many pages it has, and whether these are all written back.

    Nobody waits for it but who calls.
    """
    is_busy, pages, written_back = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return pages, not is_busy and pages == written_back
