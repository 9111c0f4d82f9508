"""Words of a text."""

import time
from typing import Any

import pytest

from codimir.kit.text import LONGEST_WORD, words_asked, words_in


class TestWordsAsked:
    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("Login page", ["login", "page"]),
            ("login LOGIN Login", ["login"]),
            ("Café naïve Ärger", ["cafe", "naive", "arger"]),
            ("Straße İstanbul Łódź", ["strasse", "istanbul", "łodz"]),
            ("Ёлка й", ["елка", "и"]),
            ("\uff37\uff25\uff22-45 \ufb01le", ["web", "45", "file"]),
            ("ERR_TIMEOUT foo.bar/baz", ["err", "timeout", "foo", "bar", "baz"]),
            ("don't '; DROP TABLE x; --", ["don", "t", "drop", "table", "x"]),
            ("हिन्दी में", ["हिन्दी", "में"]),
            ("שָׁלוֹם", ["שלום"]),
            ("co\u00adoperate zero\u200bwidth", ["cooperate", "zerowidth"]),
        ],
    )
    def test_words_are_letters_and_digits_without_case_and_accents(self, typed: str, words: list[str]) -> None:
        assert words_asked(typed) == words

    def test_scripts_without_spaces_are_asked_for_in_pairs(self) -> None:
        assert words_asked("東京都 手 iPhone手机") == ["東京", "京都", "手", "iphone", "手机"]

    def test_an_emoji_is_a_word_whatever_its_skin(self) -> None:
        assert words_asked("👍🏽👍 🚀ok") == ["👍", "🚀", "ok"]

    @pytest.mark.parametrize("typed", ["", "   ", "!?%_*^\"'()[]{}", "—…“”", "\u0301", "\ud800", "🏽"])
    def test_what_has_no_word_gives_none(self, typed: str) -> None:
        assert words_asked(typed) == []


class TestWordsIn:
    def test_an_identifier_is_found_whole_and_by_its_parts(self) -> None:
        assert words_in("call getUserName2 now") == ["call", "getusername2", "now", "get", "user", "name", "2"]
        assert set(words_in("x_HTTPServerError")) == {"x", "httpservererror", "http", "server", "error"}

    def test_scripts_without_spaces_are_found_by_each_character_and_each_pair(self) -> None:
        assert set(words_in("東京都")) == {"東", "京", "都", "東京", "京都"}

    @pytest.mark.parametrize("text", ["Łódź 東京 getUserName 👍🏽 don't", "ﷺ Ⅳ ½ ㎏", "ΑΣ ας ǅ ŉ ẞ"])
    def test_whatever_is_asked_for_is_found_in_the_same_text(self, text: str) -> None:
        assert set(words_asked(text)) <= set(words_in(text))

    def test_a_long_word_is_cut_the_same_way_on_both_sides(self) -> None:
        assert words_in("a" * 1_000) == words_asked("a" * 1_000) == ["a" * LONGEST_WORD]

    @pytest.mark.parametrize("text", ["a" * 300_000, "aB" * 150_000, "é" * 300_000, "字" * 100_000, "A" * 300_000])
    def test_a_hostile_text_takes_no_more_time_than_its_length_deserves(self, text: Any) -> None:
        began = time.process_time()
        words_in(text)
        assert time.process_time() - began < 2
