"""The style sheets: what stands in them is used, and each is in the one that is served."""

import re
from pathlib import Path

from codimir.web import assets

WEB = Path(assets.__file__).parent
MAX_LINES = 300
SHEETS = sorted(name for name in assets.FOLDER.files if name.startswith("css/"))
OF_HTMX = {"htmx-request"}
BESIDE_CLASSES = re.compile(r"/\*.*?\*/|\"[^\"]*\"|url\([^)]*\)", re.DOTALL)
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
BEGINNING = re.compile(r"([\w-]+-)(?=\{\{|\$?\{|\" ~ )")
"""The beginning of a class that is put together: `hue-{{ hue(id) }}`."""


def _sources() -> str:
    folders = (WEB.glob("templates/**/*.html"), (WEB / "static" / "js").rglob("*.js"), WEB.rglob("*.py"))
    return "\n".join(file.read_text(encoding="utf-8") for found in folders for file in found)


def _unnamed(sheet: str, sources: str) -> set[str]:
    words = set(re.findall(r"[\w-]+", sources)) | OF_HTMX
    beginnings = tuple(BEGINNING.findall(sources))
    styled = set(CLASS.findall(BESIDE_CLASSES.sub("", sheet)))
    return {name for name in styled - words if not name.startswith(beginnings)}


class TestClasses:
    def test_each_is_named_by_a_template_a_script_or_a_page(self) -> None:
        sources = _sources()
        found = {name: _unnamed(assets.FOLDER.get(name).content.decode(), sources) for name in SHEETS}
        assert {name: classes for name, classes in found.items() if classes} == {}

    def test_one_that_nothing_names_is_found(self) -> None:
        sheet = '.card.is-gone > .hue-7::after { content: ".no-class" } /* .nor-this */ .icon-none { margin: .5em }'
        assert _unnamed(sheet, '<p class="card hue-{{ hue(id) }}">') == {"is-gone", "icon-none"}


class TestSheets:
    def test_each_is_part_of_the_one_that_is_served(self) -> None:
        index = assets.FOLDER.get("css/index.css").content.decode()
        parts = {f"css/{name}" for name in re.findall(r'@import url\("([^"]+)"\)', index)}
        assert parts | {"css/index.css"} == set(SHEETS)
        layers = re.search(r"^@layer ([^;]+);", index, re.MULTILINE)
        assert layers is not None
        assert set(re.findall(r"layer\(([\w-]+)\)", index)) == set(layers[1].split(", "))

    def test_none_is_longer_than_a_file_may_be(self) -> None:
        lengths = {name: assets.FOLDER.get(name).content.count(b"\n") for name in SHEETS}
        assert [name for name, lines in lengths.items() if lines > MAX_LINES] == []
