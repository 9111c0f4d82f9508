"""What is wrong is said in words that people understand."""

from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from codimir.http.validation_messages import explain, explain_syntax, label_of, nearest


class TestLabel:
    @pytest.mark.parametrize(
        ("name", "label"),
        [("title", "Title"), ("assigneeId", "Assignee ID"), ("dueDate", "Due date"), ("url", "URL"), ("id", "ID"),
        ("idle", "Idle")],
    )  # fmt: skip
    def test_name_is_written_as_people_read_it(self, name: str, label: str) -> None:
        assert label_of(name) == label


class TestNearest:
    KNOWN = ("title", "description", "dueDate", "projectId", "in_progress", "high", "highest")

    @pytest.mark.parametrize(
        ("wrong", "meant"),
        [
            ("tilte", "title"), ("desc", "description"), ("due_date", "dueDate"), ("DUEDATE", "dueDate"),
            ("project", "projectId"), ("In-Progress", "in_progress"), ("hgih", "high"), ("HIGHEST", "highest"),
            ("x", None), ("colour", None), ("a0", None), ("", None), ("title" * 1_000, None),
        ],
    )  # fmt: skip
    def test_word_that_was_meant_is_found(self, wrong: str, meant: str | None) -> None:
        assert nearest(wrong, self.KNOWN) == meant


class TestExplain:
    @pytest.mark.parametrize(
        ("wanted", "raw", "words"),
        [
            (str, b"1", "Must be text"),
            (str | None, b"1", "Must be text or null"),
            (int, b'"1"', "Must be a whole number"),
            (int, b"1.5", "Must be a whole number"),
            (float, b'"a"', "Must be a number"),
            (bool, b"1", "Must be true or false"),
            (list[str], b"{}", "Must be a list"),
            (dict[str, str], b"[]", "Must be an object"),
            (list[str], b'["a",1]', "Must be text (at [1])"),
            (Annotated[int, Meta(ge=1)], b"0", "Must be a whole number of at least 1"),
            (Annotated[float, Meta(le=2)], b"2.5", "Must be a number of at most 2.0"),
            (Annotated[str, Meta(min_length=1)], b'""', "Must have at least 1 character"),
            (Annotated[str, Meta(max_length=1000)], b'"%s"' % (b"a" * 1001), "Must have at most 1,000 characters"),
            (Annotated[list[int], Meta(max_length=1)], b"[1,2]", "Must have at most 1 item"),
            (Annotated[str, Meta(pattern="^#[0-9a-f]{6}$")], b'"red"', "Must match ^#[0-9a-f]{6}$"),
            (Literal["todo", "done"], b'"dnoe"', "Must be one of: todo, done (did you mean done?)"),
            (Literal["todo", "done"], b'"x"', "Must be one of: todo, done"),
            (Literal["todo", "done"], b"1", "Must be one of: todo, done"),
            (Literal["todo", "done"] | None, b"1", "Must be one of: todo, done, or null"),
            (int, b"1e400", "The number is out of range"),
        ],
    )
    def test_problem_is_said_plainly(self, wanted: Any, raw: bytes, words: str) -> None:
        with pytest.raises(msgspec.ValidationError) as caught:
            msgspec.json.decode(raw, type=wanted)
        assert str(explain(str(caught.value), wanted)) == words

    def test_endless_word_is_not_compared(self) -> None:
        assert str(explain(f"Invalid enum value '{'todo' * 100_000}'", Literal["todo"])) == "Must be one of: todo"


class TestExplainSyntax:
    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            (b'{"a":1', "it ends too early"),
            (rb'{"a":"\ud800"}', "it contains a lone surrogate"),
            (rb'{"a":"\uDC00\ud800"}', "it contains a lone surrogate"),
            (b'{"a":1,}', "trailing comma in object (byte 7)"),
        ],
    )
    def test_problem_is_said_plainly(self, raw: bytes, words: str) -> None:
        with pytest.raises(msgspec.DecodeError) as caught:
            msgspec.json.decode(raw)
        assert str(explain_syntax(str(caught.value), raw)) == words
