"""Words of a text."""

import time
from typing import Any

import pytest

from codimir.kit.text import MAX_WORD_LENGTH, Asked, asked, words_asked, words_in


class TestWordsAsked:
    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("Login page", ["login", "page"]),
            ("login LOGIN Login", ["login"]),
            ("Café naïve Ärger", ["cafe", "naive", "arger"]),
            ("Straße İstanbul Łódź", ["strasse", "istanbul", "lodz"]),
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


class TestAsked:
    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("Login page", [Asked("login"), Asked("page")]),
            ("e-mail", [Asked("email", ("e", "mail"))]),
            ("userName", [Asked("username", ("user", "name"))]),
            ("C# code", [Asked("csharp"), Asked("code")]),
            ("iPhone S3", [Asked("iphone"), Asked("s3")]),
            ("Conv2D", [Asked("conv2d", ("conv", "2", "d"))]),
            ("2024-02-15", [Asked("2024"), Asked("02"), Asked("15")]),
            ("a-b-c-d-e", [Asked(each) for each in "abcde"]),
            ("東京都", [Asked("東京"), Asked("京都")]),
            ("one One e-mail email", [Asked("one"), Asked("email", ("e", "mail"))]),
        ],
    )
    def test_what_has_parts_is_asked_for_as_one_word_or_by_them(self, typed: str, found: list[Asked]) -> None:
        assert asked(typed) == found


class TestWordsIn:
    def test_an_identifier_is_found_whole_and_by_its_parts(self) -> None:
        assert words_in("call getUserName2 now") == [
            "call",
            "getusername2",
            "now",
            "get",
            "user",
            "name",
            "2",
            "getusername",
        ]
        assert set(words_in("x_HTTPServerError")) == {"x", "httpservererror", "http", "server", "error"}

    @pytest.mark.parametrize(
        ("name", "parts"),
        [
            ("HTTPServer", "httpserver http server"), ("UML2OWL", "uml2owl uml 2 owl"), ("URLs", "urls url s"),
            ("hasDPSTermination", "hasdpstermination has dps termination"), ("OAuth2", "oauth2 o auth 2 oauth"),
            ("XMLHttpRequest", "xmlhttprequest xml http request"), ("sha256sum", "sha256sum sha 256 sum"),
            ("iOS17", "ios17 i os 17 ios"), ("v1.2.3rc1", "v1 2 3rc1 v 1 3 rc"), ("e-mail", "e mail email"),
            ("wi\u2011fi", "wi fi wifi"), ("OCO-2", "oco 2 oco2"), ("2024-02-15", "2024 02 15"),
            ("a-to-b", "a to b atob ato tob"), ("a-b-c-d-e", "a b c d e"), ("C#", "c csharp"), ("g++", "g gplusplus"),
            ("issue#12", "issue 12"), ("C##", "c"), ("C+++", "c"),
            ("\u00dcberPr\u00fcfung", "uberprufung uber prufung"),
            ("9e107d9d372bb6826bd81d3542a419d6", "9e107d9d372bb6826bd81d3542a419d6"), ("Title Case", "title case"),
        ],
    )  # fmt: skip
    def test_names_of_every_shape(self, name: str, parts: str) -> None:
        assert sorted(words_in(name)) == sorted(parts.split())

    def test_scripts_without_spaces_are_found_by_each_character_and_each_pair(self) -> None:
        assert set(words_in("東京都")) == {"東", "京", "都", "東京", "京都"}

    @pytest.mark.parametrize(
        "text",
        [
            "Łódź 東京 getUserName 👍🏽 don't", "ﷺ Ⅳ ½ ㎏", "ΑΣ ας ǅ ŉ ẞ", "e-mail OCO-2 a-to-b x-手 C# g++ f##",
            "state-of-the-art a-b-c-d-e 2024-02-15 v1.2-rc1", "naïve-Übung \u041a-9 हिन्दी-में",
        ],
    )  # fmt: skip
    def test_whatever_is_asked_for_is_found_in_the_same_text(self, text: str) -> None:
        assert set(words_asked(text)) <= set(words_in(text))
        assert {each.word for each in asked(text)} <= set(words_in(text))

    def test_a_long_word_is_cut_the_same_way_on_both_sides(self) -> None:
        assert words_in("a" * 1_000) == words_asked("a" * 1_000) == ["a" * MAX_WORD_LENGTH]

    @pytest.mark.parametrize(
        "text",
        [
            "a" * 300_000, "aB" * 150_000, "é" * 300_000, "字" * 100_000, "A" * 300_000,
            "a-" * 150_000, "a-b " * 75_000, "é-" * 150_000, "C#" * 150_000, "x++" * 100_000,
        ],
    )  # fmt: skip
    def test_a_hostile_text_takes_no_more_time_than_its_length_deserves(self, text: Any) -> None:
        began = time.process_time()
        words_in(text)
        asked(text)
        assert time.process_time() - began < 2


class TestMost:
    @pytest.mark.parametrize("most", range(12))
    def test_no_more_words_are_given_than_asked_for_and_they_are_the_same(self, most: int) -> None:
        text = "HTTPServer fails in OCO-2 für 東京 again, userName fails"
        assert words_in(text, most) == words_in(text)[:most]
