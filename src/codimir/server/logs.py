"""What the log of a server looks like."""

from typing import Literal

from codimir.kit.values import Values

LogLevel = Literal["debug", "info", "warning", "error", "critical"]


def logging_config(level: LogLevel, *, access_log: bool) -> Values:
    """Return the settings of `logging.config`: each line says which request caused it, by its `X-Request-Id`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": "codimir.server.request_ids.RequestIdFilter"}},
        "formatters": {
            "line": {
                "format": "%(asctime)s %(levelname)s %(name)s: %(request)s%(message)s",
                "datefmt": "%Y-%m-%dT%H:%M:%S%z",
            }
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler", "formatter": "line", "filters": ["request"],
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {"codimir.access": {"level": "INFO" if access_log else "CRITICAL"}},
    }  # fmt: skip
