"""The grammar of a line, without anything that it names."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codimir.quick.grammar import Known, interpret, names_in, possible_keys, read

WEDNESDAY = date(2026, 11, 25)
KNOWN = Known({"ana": "user_ana", "me": "user_me"}, {"bug": "label_bug", "two words": "label_two"})


def said(text: str, known: Any = KNOWN, keys: Any = ("WEB", "API")) -> Any:
    pieces = read(text, WEDNESDAY)
    project = next((each for each in possible_keys(pieces) if each.text in keys), None)
    return interpret(pieces, known, project)


def values(text: str, **options: Any) -> Any:
    reading = said(text, **options)
    return reading.title, dict(reading.values)


class TestElements:
    def test_everything_at_once(self) -> None:
        reading = said("Fix login !high @ana #bug due friday WEB")
        assert reading.title == "Fix login"
        assert reading.values == {"priority": "high", "assignee": "user_ana", "due": "2026-11-27", "project": "WEB"}
        assert reading.labels == ["label_bug"]
        assert [each.text for each in reading.pieces] == ["!high", "@ana", "#bug", "due friday", "WEB"]

    @pytest.mark.parametrize(
        ("written", "field", "value"),
        [
            ("!highest", "priority", "highest"), ("!1", "priority", "highest"), ("!5", "priority", "lowest"),
            ("!!", "priority", "high"), ("!!!", "priority", "highest"), ("!Hoch", "priority", "high"),
            ("@Ana,", "assignee", "user_ana"), ("@me", "assignee", "user_me"),
            ("/bug", "type", "BUG"), ("/Feature", "type", "FEATURE"), ("#epic", "type", "EPIC"),
            ("~in_progress", "status", "in_progress"), ("~Review", "status", "in_review"),
            ("due 24 dec", "due", "2026-12-24"), ("bis 24.12.", "due", "2026-12-24"),
            ("due: 2026-12-24", "due", "2026-12-24"), ("WEB", "project", "WEB"),
        ],
    )  # fmt: skip
    def test_each_alone(self, written: str, field: str, value: str) -> None:
        assert values(f"Fix login {written}") == ("Fix login", {field: value})

    @pytest.mark.parametrize("written", ['#"two words"', "#“Two  Words”", "#bug"])
    def test_labels(self, written: str) -> None:
        reading = said(f"Fix {written} login")
        assert (reading.title, len(reading.labels), dict(reading.values)) == ("Fix login", 1, {})

    def test_spans_are_where_the_words_are(self) -> None:
        text = "Ⓐ🙂 Fix  login\t!high   due  next \n week"
        assert [(text[each.start : each.end], each.field) for each in said(text).pieces] == [
            ("!high", "priority"), ("due  next \n week", "due"),
        ]  # fmt: skip


class TestWhatMeansNothing:
    @pytest.mark.parametrize(
        "title",
        [
            "Hello world !", "Crash !important", "Ask @nobody", "See #123", "Read /etc/passwd", "About ~5 minutes",
            "Crash due to a timeout", "Open bis", "Write to ana@example.com", 'The #"never closed', "# and @ and /",
            "A line due", "Web site",
        ],
    )  # fmt: skip
    def test_stays_in_the_title(self, title: str) -> None:
        assert values(title) == (title, {})

    @pytest.mark.parametrize(
        ("written", "title"),
        [
            (r"Fix \!high", "Fix !high"), (r"Fix \due friday", "Fix due friday"), (r"Move to \WEB", "Move to WEB"),
            (r"Say \@ana", "Say @ana"), (r"Keep \n", r"Keep \n"), (r"Two \\ of them", r"Two \ of them"), ("\\", "\\"),
        ],
    )  # fmt: skip
    def test_a_backslash_leaves_a_word_as_it_is(self, written: str, title: str) -> None:
        assert values(written) == (title, {})


class TestCombinations:
    def test_the_last_counts(self) -> None:
        assert values("Fix !low @ana !high @me") == ("Fix", {"priority": "high", "assignee": "user_me"})

    @pytest.mark.parametrize(
        "text", ["WEB Fix it", "WEB: Fix it", "Fix it WEB", "Fix it WEB !high", "!high WEB Fix it"]
    )
    def test_the_project_stands_first_or_last(self, text: str) -> None:
        assert said(text).title == "Fix it"
        assert said(text).values["project"] == "WEB"

    def test_of_two_projects_the_last_word_counts(self) -> None:
        assert values("API docs are wrong WEB") == ("API docs are wrong", {"project": "WEB"})

    def test_a_key_in_the_middle_is_a_word(self) -> None:
        assert values("Fix WEB login") == ("Fix WEB login", {})

    def test_a_line_of_elements_has_no_title(self) -> None:
        assert values("!high WEB") == ("", {"priority": "high", "project": "WEB"})


ODD = st.text(
    alphabet='!@#~/\\"“„ due bis friday next in 3 days 24.12. WEB ana bug me,:;\t\n²\u200b\u0301İß🙂', max_size=80
)


class TestHostile:
    @settings(deadline=None)
    @given(ODD | st.text(max_size=120))
    def test_no_line_fails_and_nothing_is_lost(self, text: str) -> None:
        pieces = read(text, WEDNESDAY)
        covered = [text[each.start : each.end] for each in pieces]
        assert "".join("".join(covered).split()) == "".join(text.split())
        assert names_in(pieces, "label") is not None
        reading = interpret(pieces, KNOWN, next(iter(possible_keys(pieces)), None))
        assert all(each.field and each.start < each.end for each in reading.pieces)
        assert " ".join(reading.title.split()) == reading.title
