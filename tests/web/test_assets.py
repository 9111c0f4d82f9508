"""What is sent of our scripts."""

import re
from posixpath import dirname, join, normpath

import pytest

from codimir.web import assets
from tests.web.conftest import Fetch

SCRIPTS = sorted(name for name in assets.FOLDER.files if name.startswith("js/"))


IMPORTED = re.compile(r"""^(?:import|export (?=[*{]))[^"';]*["'](\.[^"']+)["']""", re.MULTILINE)


def _comments(lines: list[str]) -> list[bool]:
    """Return for each line whether it is a comment; one that begins with /** may have several."""
    found, is_open = [], False
    for line in (line.strip() for line in lines):
        is_open = is_open or line.startswith("/**")
        found.append(is_open or line.startswith("//"))
        is_open = is_open and not line.endswith("*/")
    return found


class TestScripts:
    @pytest.mark.parametrize("name", SCRIPTS)
    async def test_one_is_sent_without_its_comments_and_with_its_lines(self, fetch: Fetch, name: str) -> None:
        source = assets.FOLDER.get(name).content.decode().split("\n")
        sent = (await fetch("jane", f"/static/{name}")).text.split("\n")
        told = zip(source, _comments(source), strict=True)
        assert sent == ["" if is_comment else line for line, is_comment in told]

    @pytest.mark.parametrize("name", SCRIPTS)
    def test_no_line_of_a_text_looks_like_a_comment(self, name: str) -> None:
        lines = assets.FOLDER.get(name).content.decode().split("\n")
        open_texts = 0
        for line, is_comment in zip(lines, _comments(lines), strict=True):
            if is_comment:
                assert open_texts % 2 == 0, line
            else:
                open_texts += line.count("`")


class TestModules:
    @pytest.mark.parametrize("name", SCRIPTS)
    def test_what_one_imports_is_there_and_asked_for_at_once(self, name: str) -> None:
        text = assets.FOLDER.get(name).content.decode()
        wanted = {assets.url(normpath(join(dirname(name), path))) for path in IMPORTED.findall(text)}
        assert wanted <= set(assets.scripts(name))

    def test_the_board_asks_for_what_is_its_own_only(self) -> None:
        own = assets.more_scripts("js/board.js")
        assert own[0] == assets.url("js/board.js")
        assert assets.url("js/board/keyboard.js") in own
        assert not set(own) & set(assets.scripts())

    async def test_a_page_names_each_module_once(self, fetch: Fetch) -> None:
        page = (await fetch("jane", "/projects/WEB/board")).text
        asked = re.findall(r'rel="modulepreload" href="([^"]+)"', page)
        assert asked == [*assets.scripts(), *assets.more_scripts("js/board.js")]
