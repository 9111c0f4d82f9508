"""`codimir`, but for its log, which is folded into the file so often that a short trace sees it many times."""

import sys

from codimir.cli.main import run
from codimir.database import sqlite_checkpoints

SECONDS_BETWEEN = 0.2
MAX_LOG_PAGES = 300

if __name__ == "__main__":
    sqlite_checkpoints.SECONDS_BETWEEN = SECONDS_BETWEEN
    sqlite_checkpoints.MAX_LOG_PAGES = MAX_LOG_PAGES
    sys.exit(run())
