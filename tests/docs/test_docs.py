"""The documents name only what is there, and all that they promise to name."""

import re
from pathlib import Path

from codimir.config import Settings, variable_of

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "codimir"
WEB = SOURCE / "web"
BASES = (ROOT, SOURCE, WEB, WEB / "static", WEB / "templates")
PATH = re.compile(r"[\w-]+(/[\w.-]+)*(/|\.(py|html|css|js|ts|toml|po|sh|md))")
CODE = {".py", ".html", ".css", ".js", ".ts"}
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def words_in_code(document: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", document.read_text(encoding="utf-8"))


def words_of_the_code() -> set[str]:
    folders = (SOURCE, ROOT / "tests", ROOT / "tools")
    files = [
        file
        for folder in folders
        for file in folder.rglob("*")
        if file.suffix in CODE and file.is_file() and "node_modules" not in file.parts
    ]
    texts = (file.read_text(encoding="utf-8") for file in (*files, ROOT / "Makefile", ROOT / "pyproject.toml"))
    return set(re.findall(r"\w+", " ".join([*texts, *map(str, files)])))


class TestArchitecture:
    def test_every_folder_has_its_line(self) -> None:
        told = words_in_code(ROOT / "docs" / "architecture.md")
        folders = [f"{folder.name}/" for folder in SOURCE.iterdir() if (folder / "__init__.py").exists()]
        assert [folder for folder in folders if folder not in told] == []

    def test_every_path_that_is_named_is_there(self) -> None:
        paths = [
            word
            for document in DOCUMENTS
            for word in words_in_code(document)
            if PATH.fullmatch(word) and "watching" not in word
        ]
        assert paths
        assert [path for path in paths if not any((base / path).exists() for base in BASES)] == []

    def test_every_name_that_is_named_is_there(self) -> None:
        """Functions, classes, settings, attributes: a word of the code, whoever holds it."""
        there = words_of_the_code()
        named = [
            (document, name)
            for document in ("architecture.md", "web.md")
            for word in words_in_code(ROOT / "docs" / document)
            if not any(part in word for part in ("watching", "<page>", "Sentence case"))
            for name in re.findall(r"[A-Za-z_]\w+", word)
        ]
        assert named
        assert [(document, name) for document, name in named if name not in there] == []


class TestDecisions:
    def test_each_has_a_number_of_its_own_and_says_it(self) -> None:
        decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
        numbers = [int(decision.name[:4]) for decision in decisions]
        assert len(set(numbers)) == len(numbers)
        assert [
            d.name for d, n in zip(decisions, numbers, strict=True) if not d.read_text().startswith(f"# {n}. ")
        ] == []


class TestOperating:
    def test_every_setting_is_told(self) -> None:
        told = set(
            re.findall(r"(?:CODIMIR|NEXTAUTH)_[A-Z_]+", (ROOT / "docs" / "operating.md").read_text(encoding="utf-8"))
        )
        assert told == {variable_of(name) for name in Settings.__struct_fields__}


class TestCommands:
    def test_every_make_target_that_is_named_is_there(self) -> None:
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        named = {name for d in DOCUMENTS for name in re.findall(r"\bmake ([a-z]+)`", d.read_text(encoding="utf-8"))}
        assert named <= targets

    def test_links_lead_somewhere(self) -> None:
        for document in DOCUMENTS:
            for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
                assert (document.parent / target).exists(), f"{document.name}: {target}"
