"""Every file of the product keeps to the rules that docs/architecture.md states."""

import ast
from collections.abc import Iterator

from tests.house.trees import Function, functions, modules

COLLECTIONS = ("list", "dict", "set", "frozenset", "tuple", "Mapping", "Sequence")


def finds(function: Function) -> bool:
    return function.name.lstrip("_").startswith("find_")


def may_be_none(annotation: ast.expr | None) -> bool:
    return annotation is not None and "None" in [part.strip() for part in ast.unparse(annotation).split("|")]


def is_collection(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) in COLLECTIONS


def calls_outside_try(node: ast.AST) -> Iterator[str]:
    """Yield the names of what a function calls where an error would leave the function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Try | ast.With) and (isinstance(child, ast.Try) or "suppress" in ast.unparse(child)):
            continue
        if isinstance(child, ast.Call):
            yield ast.unparse(child.func).rpartition(".")[2]
        yield from calls_outside_try(child)


class TestFind:
    """`find_x` returns None, or nothing in a collection, for what is not there; `get_x` raises NotFound."""

    def test_it_returns_something_or_none_or_a_collection(self) -> None:
        found = [(path, f.name, f.returns) for path, f in functions() if finds(f)]
        assert found
        assert [(path, name) for path, name, what in found if not may_be_none(what) and not is_collection(what)] == []

    def test_it_does_not_raise_what_get_raises(self) -> None:
        assert [
            (path, function.name, name)
            for path, function in functions()
            if finds(function)
            for name in calls_outside_try(function)
            if name.startswith("get_") or name == "NotFound"
        ] == []

    def test_get_does_not_return_none(self) -> None:
        reads = [(path, f) for path, f in functions() if isinstance(f, ast.AsyncFunctionDef)]
        assert [(path, f.name) for path, f in reads if f.name.startswith("get_") and may_be_none(f.returns)] == []

    def test_queries_that_raise_not_found_are_named_get(self) -> None:
        raising = [
            (path, function.name)
            for path, function in functions()
            if path.endswith("queries.py")
            for node in ast.walk(function)
            if isinstance(node, ast.Raise) and node.exc is not None and "NotFound" in ast.unparse(node.exc)
        ]
        assert raising
        assert [(path, name) for path, name in raising if not name.startswith("get_")] == []


class TestPrivateNames:
    def test_none_is_imported(self) -> None:
        assert [
            (path, alias.name)
            for path, tree in modules()
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("codimir")
            for alias in node.names
            if alias.name.startswith("_") and not alias.name.startswith("__")
        ] == []

    def test_none_of_a_module_is_reached(self) -> None:
        assert [
            (path, ast.unparse(node))
            for path, tree in modules()
            for imported in [set(names_of_modules(tree))]
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__")
            if isinstance(node.value, ast.Name) and node.value.id in imported
        ] == []


def names_of_modules(tree: ast.Module) -> Iterator[str]:
    """Yield the names by which a file imports from elsewhere in the product."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("codimir"):
            yield from (alias.asname or alias.name for alias in node.names)
