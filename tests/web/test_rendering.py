"""Templates are compiled before the first visitor comes."""

import pytest
from jinja2 import Environment

from codimir.web.languages import LANGUAGES
from codimir.web.rendering import TEMPLATES, compile_templates, environment

MAX_COLUMNS = 160


class TestCompileTemplates:
    async def test_nothing_is_left_to_compile(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise AssertionError

        await compile_templates(begin=0)
        monkeypatch.setattr(Environment, "compile", refuse)
        for language in LANGUAGES:
            made = environment(language)
            assert all(made.get_template(name) for name in made.list_templates(extensions=["html"]))


class TestTemplates:
    def test_no_line_is_longer_than_one_can_read(self) -> None:
        lines = {file: file.read_text(encoding="utf-8").splitlines() for file in TEMPLATES.rglob("*.html")}
        assert lines
        assert [
            f"{file.relative_to(TEMPLATES)}:{number}"
            for file, each in lines.items()
            for number, line in enumerate(each, 1)
            if len(line) > MAX_COLUMNS
        ] == []

    @pytest.mark.parametrize("source", ['<b>{{ _("Cancel") }}</b>', '<b>\n  {{- _("Cancel") }}</b>'])
    def test_a_text_is_put_in_when_it_is_compiled_however_its_line_is_broken(self, source: str) -> None:
        assert "<b>Abbrechen</b>" in environment("de").compile(source, raw=True)
        assert environment("de").from_string(source).render() == "<b>Abbrechen</b>"
