"""What schemathesis counts as a failure of the API and is none: each with its reason, and nothing else.

Schemathesis loads this file and asks it about each failure. How often each reason was good goes into the file that
`CODIMIR_FUZZ_EXPLAINED` names, for `tools/fuzz_api.py` to print.
"""

import atexit
import calendar
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData

from codimir.problems.problem import Problem
from codimir.problems.sentences import SENTENCES

FILE = "CODIMIR_FUZZ_EXPLAINED"
BAD_REQUEST, PRECONDITION_FAILED, UNPROCESSABLE = 400, 412, 422

ONLY_DATA_TELLS = (
    "invalid_id", "invalid_id_named",  # an id of nothing, or of what who asks does not see
    "workspace_of_other_project", "not_your_workspace", "not_in_the_future", "in_the_future",
    "not_a_picture",  # of the files that can be sent, some are pictures
    "not_a_timezone",  # of the forms that a name has, some are names
    "cursor_of_other_server", "search_with_as_of", "rank_with_as_of", "ids_or_all", "to_before_from", "span_backwards",
    "address_inside_network",
)  # fmt: skip
"""Problems of a value though it has the right form: no schema has the words for it."""
IN_QUERY = re.compile(r"parameters? (`.*`) in query")


DAY = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-(\d{2})")


class Explained(NamedTuple):
    """A failure that is none."""

    reason: str
    is_so: Callable[[Failure, Any, Any], bool]


def _messages(response: Any) -> Iterator[str]:
    for said in response.json()["error"].get("details", {}).values():
        yield from said if isinstance(said, list) else [str(said)]


def _only_data_tells(failure: Failure, _case: Any, response: Any) -> bool:
    if not isinstance(failure, RejectedPositiveData) or response.status_code != BAD_REQUEST:
        return False
    messages = [*_messages(response)]
    return bool(messages) and all(any(_tells(message, code) for code in ONLY_DATA_TELLS) for message in messages)


def _tells(message: str, code: str) -> bool:
    """Return whether a message tells a problem, with whatever values."""
    words = re.split(r"\{[^}]*\}", str(SENTENCES[code]))
    return re.fullmatch(".*".join(map(re.escape, words)), message) is not None


def _is_rejected(status: int, header: str) -> Callable[[Failure, Any, Any], bool]:
    return lambda failure, case, response: (
        isinstance(failure, RejectedPositiveData)
        and response.status_code == status
        and header in {name.lower() for name in case.headers}
    )


def _is_replayed(failure: Failure, _case: Any, response: Any) -> bool:
    return isinstance(failure, AcceptedNegativeData) and "idempotent-replayed" in response.headers


def _is_a_text(failure: Failure, case: Any, _response: Any) -> bool:
    """Return whether only parameters of a query are wrong that take any text, which a number there is."""
    named = IN_QUERY.search(failure.message) if isinstance(failure, AcceptedNegativeData) else None
    free = {parameter.name for parameter in case.operation.query if _is_free(parameter.definition["schema"])}
    return named is not None and {name.strip("`") for name in named[1].split(", ")} <= free


def _is_free(schema: dict[str, Any]) -> bool:
    of = schema.get("items", schema)
    return of.get("type") == "string" and not of.keys() & {"enum", "format", "pattern", "minLength"}


def _is_no_day(failure: Failure, case: Any, response: Any) -> bool:
    texts = " ".join(str(case.query.get(name, "")) for name in ("due", "created", "completed"))
    is_of_it = isinstance(failure, RejectedPositiveData) and response.status_code == BAD_REQUEST
    return is_of_it and any(not _is_day(*map(int, day)) for day in DAY.findall(texts))


def _is_day(year: int, month: int, day: int) -> bool:
    return year > 0 and day <= calendar.monthrange(year, month)[1]


def _is_only_sigils(failure: Failure, case: Any, response: Any) -> bool:
    is_of_it = isinstance(failure, RejectedPositiveData) and case.path == "/api/tickets/quick"
    return is_of_it and [*_messages(response)] == [str(Problem("required", field="Title"))]


def _is_not_printable(failure: Failure, case: Any, response: Any) -> bool:
    """Return whether only an e-mail is wrong, with a character that patterns cannot name."""
    is_of_it = isinstance(failure, RejectedPositiveData) and response.status_code == BAD_REQUEST
    refused = [*_messages(response)] if is_of_it else []
    return refused == [str(Problem("not_an_email"))] and not case.body["email"].isprintable()


def _is_whole(failure: Failure, _case: Any, response: Any) -> bool:
    is_of_it = isinstance(failure, RejectedPositiveData) and response.status_code == BAD_REQUEST
    return is_of_it and [*_messages(response)] == ["Must be a whole number"]


EXPLAINED = (
    Explained("a value of the right form that names nothing, or does not go with another one", _only_data_tells),
    Explained("a day that no calendar has, such as 30 February", _is_no_day),
    Explained("a line of a ticket in which everything means something, so that no title is left", _is_only_sigils),
    Explained("an e-mail with characters that Unicode does not assign, or keeps for private use", _is_not_printable),
    Explained("a whole number with a fraction, as 8754.0: an integer to JSON Schema, and to us none", _is_whole),
    Explained("a made-up tag in If-Match: 412 is what it is for", _is_rejected(PRECONDITION_FAILED, "if-match")),
    Explained(
        "an Idempotency-Key that was sent before with another body: 422 is what it is for",
        _is_rejected(UNPROCESSABLE, "idempotency-key"),
    ),
    Explained("an Idempotency-Key that was sent before: the first reply again, whatever else is wrong", _is_replayed),
    Explained("a number in a query, where all is text", _is_a_text),
)
_counted: Counter[str] = Counter()


@schemathesis.hook  # type: ignore[untyped-decorator]
def filter_failure(_context: Any, failure: Failure, case: Any, response: Any) -> bool:
    """Return whether a failure is one."""
    for explained in EXPLAINED:
        if explained.is_so(failure, case, response):
            _counted[explained.reason] += 1
            return False
    return True


@atexit.register
def _write() -> None:
    if FILE in os.environ:
        Path(os.environ[FILE]).write_text(json.dumps(_counted))
