"""What is sent of our scripts."""

from typing import Any

import pytest

from codimir.web import assets

SCRIPTS = sorted(name for name in assets.FOLDER.files if name.startswith("js/"))


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("//") or (line.lstrip().startswith("/**") and line.endswith("*/"))


class TestScripts:
    @pytest.mark.parametrize("name", SCRIPTS)
    async def test_one_is_sent_without_its_comments_and_with_its_lines(self, fetch: Any, name: str) -> None:
        source = assets.FOLDER.get(name).content.decode().split("\n")
        sent = (await fetch("jane", f"/static/{name}")).text.split("\n")
        assert sent == ["" if _is_comment(line) else line for line in source]

    @pytest.mark.parametrize("name", SCRIPTS)
    def test_no_line_of_a_text_looks_like_a_comment(self, name: str) -> None:
        lines = assets.FOLDER.get(name).content.decode().split("\n")
        open_texts = 0
        for line in lines:
            if not _is_comment(line):
                open_texts += line.count("`")
            else:
                assert open_texts % 2 == 0, line
