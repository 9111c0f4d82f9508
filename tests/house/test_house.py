"""Every file of the product keeps to the rules that docs/architecture.md states."""

import ast
import re
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter

import grimp
import pytest

from tests.house.trees import ROOT, Function, functions, modules

GROUND = ("kit/", "database/", "http/", "mail/", "server/")
DOMAIN_WORDS = ("ticket", "workspace", "project", "assignee", "comment", "attachment", "invitation", "webhook")
GROWING = ("defaultdict", "OrderedDict", "deque", "Counter", "WeakValueDictionary", "WeakKeyDictionary")
OF_ONE_OWNER = ("ThreadPoolExecutor", "Outage", "Lock", "RLock", "Condition", "Event", "Semaphore", "Queue")
WHAT_CODE_SAYS = {("http/validation.py", "_KNOWN")}
"""What is known of classes, which are the same whatever database there is"""
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


class TestState:
    """What belongs to a database or an application is kept by it: one process may run several (`Database.memory`)."""

    def test_no_module_holds_what_grows(self) -> None:
        held = {
            (path, ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target))
            for path, tree in modules()
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            if (is_empty(node.value) and not is_read_only(node)) or is_made_of(node.value, OF_ONE_OWNER)
        }
        assert held == WHAT_CODE_SAYS


def is_empty(value: ast.expr) -> bool:
    """Return whether a value is an empty dict, list or set."""
    return ast.unparse(value) in ("{}", "[]", "set()", "dict()", "list()") or is_made_of(value, GROWING)


def is_made_of(value: ast.expr, classes: tuple[str, ...]) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] in classes


def is_read_only(node: ast.Assign | ast.AnnAssign) -> bool:
    """Return whether an annotation promises that a value is never changed."""
    return isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation).startswith(("Mapping", "TaskCounts"))


def names_of_modules(tree: ast.Module) -> Iterator[str]:
    """Yield the names by which a file imports from elsewhere in the product."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("codimir"):
            yield from (alias.asname or alias.name for alias in node.names)


class TestFloors:
    """Packages import downwards only (`make lint`); what that adds up to is said here."""

    @pytest.mark.parametrize("inside", ["codimir", "codimir.tickets", "codimir.accounts"])
    def test_no_rooms_form_a_knot(self, inside: str) -> None:
        graph = grimp.build_graph("codimir", cache_dir=None)
        imports: dict[str, set[str]] = {}
        for module in graph.modules:
            if (room := room_of(module, inside)) is not None:
                others = {room_of(each, inside) for each in graph.find_modules_directly_imported_by(module)}
                imports.setdefault(room, set()).update(other for other in others if other not in (None, room))
        assert len(imports) > 5
        TopologicalSorter(imports).prepare()  # raises CycleError, which names the knot

    def test_the_ground_knows_no_word_of_a_tracker(self) -> None:
        words = re.compile(rf"(?i)(?<![a-z])({'|'.join(DOMAIN_WORDS)})s?(?![a-z])")
        assert [(path, name) for path, name in names_in(GROUND) if words.search(name)] == []

    def test_the_contract_has_no_exemption(self) -> None:
        settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
        assert ["ignore_imports" in contract for contract in settings["contracts"]] == [False]


def room_of(module: str, inside: str) -> str | None:
    """Return the part of a package that a module is in: `tickets` of `codimir.tickets.api` inside of `codimir`."""
    return module.removeprefix(f"{inside}.").split(".")[0] if module.startswith(f"{inside}.") else None


def names_in(folders: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield every name and text in the code of some folders; docstrings, which give examples, are none of it."""
    for path, tree in modules():
        if path.startswith(folders) and "migrations" not in path:
            prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if not isinstance(node, ast.Constant):
                    yield from ((path, value) for _, value in ast.iter_fields(node) if isinstance(value, str))
                elif isinstance(node.value, str) and id(node) not in prose:
                    yield path, node.value
