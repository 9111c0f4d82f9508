"""Problems are stored with their values, and read again."""

import pytest

from codimir.problems.problem import Problem
from codimir.problems.storing import from_text, to_text

PROBLEMS = (
    Problem("webhook_deleted"),
    Problem("receiver_answered", status=500),
    Problem("no_connection", reason=Problem("name_leads_nowhere")),
    Problem("no_connection", reason='Refused, {code} "\0" \N{FOX FACE}'),
)


@pytest.mark.parametrize("problem", PROBLEMS, ids=repr)
def test_what_was_stored_is_read(problem: Problem) -> None:
    text = to_text(problem)
    assert from_text(text) == problem
    assert "\0" not in text  # which PostgreSQL cannot store


@pytest.mark.parametrize(
    "text",
    [
        "The receiver answered 500",
        "",
        '{"code":"of_a_newer_version","values":{}}',
        '{"code":"receiver_answered","values":{"answer":500}}',
        '{"code":"receiver_answered","values":{}}',
        '{"code":"receiver_answered","val',
    ],
)
def test_what_no_sentence_fits_stays_as_it_is(text: str) -> None:
    assert from_text(text) == text
