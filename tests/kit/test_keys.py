"""One rule for keys, wherever they are read."""

import pytest

from codimir.model.keys import is_project_key, parts_of_ticket_key


@pytest.mark.parametrize(
    ("text", "is_key"),
    [
        ("WEB", True), ("W2", True), ("ABCDEFGHIJ", True), ("W", False), ("ABCDEFGHIJK", False),
        ("2W", False), ("web", False), ("ÄB", False),
    ],
)  # fmt: skip
def test_a_key_of_a_project(text: str, is_key: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_project_key(text) == is_key


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("WEB-45", ("WEB", 45)), ("web-45", ("WEB", 45)), ("W2-1", ("W2", 1)), ("WEB-123456789", ("WEB", 123456789)),
        ("WEB-0", None), ("WEB-045", None), ("WEB-1234567890", None), ("W-1", None), ("WEB-٣", None),
        ("\u212aA-1", None),
        ("WEB-45 ", None), ("ABCDEFGHIJK-1", None),
    ],
)  # fmt: skip
def test_a_key_of_a_ticket(text: str, parts: tuple[str, int] | None) -> None:
    assert parts_of_ticket_key(text) == parts
