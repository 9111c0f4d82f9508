"""A line for each request: who asked for what, what the answer was and how long it took."""

import logging
from typing import Any

from codimir.http.shown_paths import shown_path

log = logging.getLogger("codimir.access")


def log_request(scope: Any, status: int, seconds: float) -> None:
    """Log a request that was answered; its query is left out, and so are tokens of links."""
    client = scope.get("client")
    log.info(
        "%s %s %s %d %.1f ms",
        client[0] if client else "-", scope["method"], shown_path(scope), status, 1000 * seconds,
    )  # fmt: skip
