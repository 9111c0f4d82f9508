"""Every problem has a sentence, says it with its own values, and is translated."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

import pytest

from codimir.problems.forms import Plural
from codimir.problems.problem import Problem
from codimir.problems.sentences import SENTENCES
from codimir.web.error_translations import translate
from codimir.web.languages import LANGUAGES, catalogue
from tests.clients import People

SOURCE = Path(__file__).parents[2] / "src" / "codimir"
MAKERS = ("Problem", "InvalidValue")
OTHER_LANGUAGES = sorted(set(LANGUAGES) - {"en"})


class Use(NamedTuple):
    """One place in the code that makes a problem."""

    place: str
    code: str
    values: frozenset[str]


def uses() -> Iterator[Use]:
    for path in sorted(set(SOURCE.rglob("*.py")) - set((SOURCE / "problems").glob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS and node.args:
                values = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
                yield from (Use(f"{path.name}:{node.lineno}", code, values) for code in _codes(node.args[0]))


def _codes(made_of: ast.expr) -> list[str]:
    if isinstance(made_of, ast.Constant):
        return [str(made_of.value)]
    if isinstance(made_of, ast.IfExp):
        return [*_codes(made_of.body), *_codes(made_of.orelse)]
    raise AssertionError(f"line {made_of.lineno}: a code is written out, so that it is found")


def values_in(sentence: str | Plural) -> frozenset[str]:
    text = sentence.many if isinstance(sentence, Plural) else sentence
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


USES = tuple(uses())


class TestSentences:
    @pytest.mark.parametrize("use", USES, ids=lambda use: f"{use.place}-{use.code}")
    def test_a_problem_has_the_values_of_its_sentence(self, use: Use) -> None:
        assert use.code in SENTENCES
        if use.code != "required":  # its field is known only where it is looked at
            assert use.values == values_in(SENTENCES[use.code])

    def test_each_is_used(self) -> None:
        assert [code for code in SENTENCES if code not in {use.code for use in USES}] == []

    def test_none_is_there_twice(self) -> None:
        tables = "".join(path.read_text() for path in (SOURCE / "problems").glob("*.py"))
        codes = re.findall(r'^    "(\w+)":', tables, re.MULTILINE)
        assert sorted(codes) == sorted(SENTENCES)

    def test_a_code_without_a_sentence_is_a_defect(self) -> None:
        with pytest.raises(KeyError):
            Problem("no_such_code")


class TestTranslations:
    @pytest.mark.parametrize("language", OTHER_LANGUAGES)
    @pytest.mark.parametrize("code", SENTENCES)
    def test_a_translation_has_no_other_values(self, language: str, code: str) -> None:
        sentence, known = SENTENCES[code], catalogue(language)
        forms = [known.ngettext(sentence.one, sentence.many, n) for n in (1, 2)] if isinstance(sentence, Plural) else []
        for translated in forms or [known.gettext(str(sentence))]:
            assert values_in(translated) <= values_in(sentence)

    @pytest.mark.parametrize(
        ("problem", "english", "german"),
        [
            (Problem("required", field="Title"), "Title is required", "Das wird gebraucht"),
            (
                Problem("too_long_has", limit=65536, length=70000),
                "Must have at most 65,536 characters, has 70,000",
                "Darf höchstens 65.536 Zeichen haben, hat 70.000",
            ),
            (Problem("list_too_long", limit=1), "Must have at most 1 item", "Darf höchstens 1 Eintrag haben"),
            (
                Problem("at_place", problem=Problem("wrong_kind", kinds=Problem("kind_text")), place="[1]"),
                "Must be text (at [1])",
                "Muss Text sein (bei [1])",
            ),
            (
                Problem("not_one_of", allowed=("a{b}", "c")),
                "Must be one of: a{b}, c",
                "Muss eines davon sein: a{b}, c",
            ),
        ],
        ids=lambda each: each.code if isinstance(each, Problem) else "",
    )
    def test_values_stand_in_the_sentence_of_each_language(self, problem: Problem, english: str, german: str) -> None:
        assert (str(problem), translate("en", problem), translate("de", problem)) == (english, english, german)


class TestLanguageOfAScript:
    async def test_the_api_answers_the_script_of_a_page_in_its_language(self, client: People) -> None:
        headers = {"x-codimir-language": "de"}
        reply = await client("ada").http.post("/api/labels", json={"name": ""}, headers=headers)
        assert reply.json()["error"] == {
            "code": "VALIDATION_ERROR",
            "message": "Etwas von dem, was eingegeben wurde, stimmt nicht",
            "details": {"name": ["Das wird gebraucht"]},
        }
        assert reply.headers["content-language"] == "de"

    @pytest.mark.parametrize("headers", [{}, {"accept-language": "de"}, {"x-codimir-language": "tlh"}])
    async def test_everybody_else_gets_english(self, client: People, headers: dict[str, Any]) -> None:
        reply = await client("ada").http.post("/api/labels", json={"name": ""}, headers=headers)
        assert reply.json()["error"]["details"] == {"name": ["Name is required"]}
        assert "content-language" not in reply.headers
