"""Where the words of a search stand in a text."""

import pytest

from codimir.kit.highlighting import Sought, highlight_spans, merged_spans


def stands(text: str, *words: str, begins: str = "", parts: tuple[str, ...] = ()) -> list[str]:
    sought = Sought(frozenset(words), (begins,) if begins else (), frozenset(parts))
    return [text[start:end] for start, end in highlight_spans(text, sought)]


class TestSpans:
    @pytest.mark.parametrize(
        ("text", "word", "found"),
        [
            ("Login and LOGIN, not logins", "login", ["Login", "LOGIN"]),
            ("Ärger in ÄRGER", "arger", ["Ärger", "ÄRGER"]),
            ("A\u0308rger decomposed", "arger", ["A\u0308rger"]),
            ("Die Straße", "strasse", ["Straße"]),
            ("drops HTTPServer now", "server", ["HTTPServer"]),
            ("Send e-mail, or email", "email", ["e-mail", "email"]),
            ("state-of-the-art", "art", ["art"]),
            ("Port C# and C code", "csharp", ["C#"]),
            ("東京都の天気", "天気", ["天気"]),
            ("登录iPhone手机", "iphone", ["iPhone"]),
            ("user_name", "user", ["user"]),
            ("हिन्दी में", "में", ["में"]),
            ("\ufb01le or file", "file", ["\ufb01le", "file"]),
            ("to 🚀 now", "🚀", ["🚀"]),
        ],
    )
    def test_it_is_marked_as_it_is_found(self, text: str, word: str, found: list[str]) -> None:
        assert stands(text, word) == found

    def test_a_beginning_marks_the_whole_word(self) -> None:
        assert stands("Authentication authors", "auth", begins="auth") == ["Authentication", "authors"]
        assert stands("Authentication", "auth") == []

    def test_parts_count_where_the_word_itself_is_not(self) -> None:
        assert stands("the user has a name", "username", parts=("user", "name")) == ["user", "name"]
        assert stands("getUserName", "getusername", parts=("get", "user", "name")) == ["getUserName"]

    @pytest.mark.parametrize("text", ["", "   ", "\u0301", "-", "C#", "\ud800", "---\u2011"])
    def test_odd_texts_have_nothing(self, text: str) -> None:
        assert stands(text, "login") == []

    def test_spans_that_touch_are_one(self) -> None:
        assert merged_spans([(4, 6), (0, 2), (1, 3), (6, 8)]) == [(0, 3), (4, 8)]
