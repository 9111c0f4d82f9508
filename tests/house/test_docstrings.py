"""What docstrings name is there: the errors that are raised, and the files that are pointed to."""

import ast
import builtins
import re
from collections.abc import Iterator

from tests.house.trees import ROOT, SOURCE, modules

PATH = re.compile(r"(?<![\w/.])((?:[a-z_]+/)*[a-z_]+\.py)\b")
RAISES = re.compile(r"\bRaises ([^.;:]+)")
EXAMPLES = ("setup.py",)
ERROR = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
"""A name of two words at least: one by itself may begin a sentence"""


def docstrings() -> Iterator[tuple[str, str]]:
    for path, tree in modules():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                yield path, node.value.value


def names_of_errors() -> set[str]:
    ours = {n.name for _, tree in modules() for n in ast.walk(tree) if isinstance(n, ast.ClassDef)}
    imported = {
        alias.asname or alias.name
        for _, tree in modules()
        for n in ast.walk(tree)
        if isinstance(n, ast.ImportFrom)
        for alias in n.names
    }
    return ours | imported | set(vars(builtins))


def test_every_error_that_is_said_to_be_raised_is_there() -> None:
    known = names_of_errors()
    said = [
        (path, name) for path, text in docstrings() for part in RAISES.findall(text) for name in ERROR.findall(part)
    ]
    assert len(said) > 50
    assert [(path, name) for path, name in said if name not in known] == []


def test_every_file_that_is_pointed_to_is_there() -> None:
    named = [(path, name) for path, text in docstrings() for name in PATH.findall(text)]
    assert named
    assert [
        (path, name)
        for path, name in named
        if name not in EXAMPLES and not any((base / name).exists() for base in (SOURCE, ROOT, (SOURCE / path).parent))
    ] == []
