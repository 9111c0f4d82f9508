"""What goes wrong in the product, as a command says it; loaded with the first command that runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from codimir.backups.manifest import BackupError
from codimir.cli.refusals import Refused
from codimir.config import SettingsError
from codimir.database.core import DatabaseError, UniqueViolation
from codimir.http.errors import ApiError


@contextmanager
def refusing() -> Iterator[None]:
    """Raise Refused, with one line, for what the product says is wrong."""
    try:
        yield
    except UniqueViolation as error:
        raise Refused("the same was made by someone else at this moment; try again") from error
    except ApiError as error:
        raise Refused(_in_a_line(error)) from error
    except (SettingsError, DatabaseError, BackupError) as error:
        raise Refused(str(error)) from error


def _in_a_line(error: ApiError) -> str:
    details = error.details or {}
    return "; ".join(f"{field}: {' '.join(map(str, problems))}" for field, problems in details.items()) or error.message
