"""The log of SQLite is written back into the file beside the writer, so that no write waits for it.

SQLite does that by itself in the transaction that makes the log long, and everybody who writes waits for two syncs
and for each changed page. Here a thread does it with a connection of its own (https://sqlite.org/wal.html#ckpt). The
writer begins the log anew when it is long, which by then takes little: most of it is in the file already.
"""

import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

from codimir.database.sqlite_transactions import connect

SECONDS_BETWEEN = 1.0
MAX_LOG_PAGES = 16_000
"""When the log has so many pages, 64 MB, the writer writes back what is left, and begins it anew."""


class Checkpoints:
    """A thread that writes the log back while there are writes."""

    def __init__(self, path: Path) -> None:
        self._connection = connect(path)
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
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
