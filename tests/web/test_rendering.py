"""Templates are compiled before the first visitor comes."""

import pytest
from jinja2 import Environment

from codimir.web.languages import LANGUAGES
from codimir.web.rendering import compile_templates, environment


class TestCompileTemplates:
    async def test_nothing_is_left_to_compile(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise AssertionError

        await compile_templates(begin=0, pause=0)
        monkeypatch.setattr(Environment, "compile", refuse)
        for language in LANGUAGES:
            made = environment(language)
            assert all(made.get_template(name) for name in made.list_templates(extensions=["html"]))
