"""The source of the product as syntax trees, for the tests of what every file of it keeps to."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "codimir"
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """A file of the product: its path below `src/codimir` and its tree."""

    path: str
    tree: ast.Module


@cache
def modules() -> tuple[Module, ...]:
    """Return every file of the product."""
    files = sorted(SOURCE.rglob("*.py"))
    return tuple(Module(str(f.relative_to(SOURCE)), ast.parse(f.read_text(encoding="utf-8"))) for f in files)


def functions() -> Iterator[tuple[str, Function]]:
    """Yield every function of the product with the path of its file."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield path, node
