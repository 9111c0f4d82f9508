"""Problems as texts that can be stored, and read again after their sentence has become a better one."""

from typing import Any

import msgspec

from codimir.problems.problem import Problem
from codimir.problems.sentences import SENTENCES

STORED = '{"code":'
"""How the text of a problem begins; sentences from before problems were stored do not."""
PARTS = {"code", "values"}


def to_text(problem: Problem) -> str:
    """Return a problem as JSON: its code and its values."""
    return msgspec.json.encode(_parts(problem), enc_hook=_parts).decode()


def from_text(text: str) -> Problem | str:
    """Return the problem of a text; one that no sentence fits any more, and any other text, is returned as it is."""
    if not text.startswith(STORED):
        return text
    try:
        problem = _read(msgspec.json.decode(text))
        str(problem)  # a sentence may want other values by now
    except (msgspec.DecodeError, KeyError, ValueError):
        return text
    return problem if isinstance(problem, Problem) else text


def _parts(problem: Any) -> dict[str, Any]:
    if not isinstance(problem, Problem):
        raise NotImplementedError(type(problem).__name__)
    return {"code": problem.code, "values": problem.values}


def _read(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == PARTS and value["code"] in SENTENCES:
        return Problem(value["code"], **{name: _read(each) for name, each in value["values"].items()})
    return value
