"""Find the classes that the code of a function reaches by name, so that what it can raise need not be written twice."""

import dis
from collections.abc import Iterable, Iterator
from functools import cache
from inspect import isasyncgenfunction
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeVar

from codimir.kit.values import Values

T = TypeVar("T")
PACKAGE = __name__.partition(".")[0]


def find_reachable_subclasses(roots: Iterable[Any], base: type[T]) -> frozenset[type[T]]:
    """Return the subclasses of `base` that are named by the code of the roots and by all code that it names.

    Functions, classes, closures and tables of functions of this package are followed. A method of a value is found only
    where the class of that value is a root or is named on the way. What is only caught counts as named. Asynchronous
    generators are left out, unless they are context managers: they run when the function has returned.
    """
    found: set[type[T]] = set()
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isasyncgenfunction(part):
            continue
        seen.add(id(part))
        if isinstance(part, type) and issubclass(part, base):
            found.add(part)
        else:
            waiting += _parts_of(part)
    return frozenset(found)


def find_called_functions(function: FunctionType) -> list[FunctionType]:
    """Return the functions of this package that the code of a function names."""
    return [part for part in _names_in(function) if isinstance(part, FunctionType) and _is_ours(part)]


def _is_ours(part: Any) -> bool:
    return str(getattr(part, "__module__", None)).partition(".")[0] == PACKAGE


def _parts_of(part: Any) -> Iterable[Any]:
    part = getattr(part, "__wrapped__", part)
    if isinstance(part, dict):
        return part.values()
    if isinstance(part, list | tuple):
        return part
    if not _is_ours(part):
        return ()
    if isinstance(part, FunctionType):
        return _names_in(part)
    members = vars(part).values() if isinstance(part, type) else ()
    return [getattr(member, "fget", member) for member in members if isinstance(member, FunctionType | property)]


@cache
def _names_in(function: FunctionType) -> tuple[Any, ...]:
    """Return what the names in the code of a function stand for."""
    closed = [cell.cell_contents for cell in function.__closure__ or () if not _is_empty(cell)]
    named = [value for code in _codes(function.__code__) for value in _globals_in(code, function.__globals__)]
    return (*closed, *named)


def _globals_in(code: CodeType, values: Values) -> Iterator[Any]:
    module: ModuleType | None = None
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            value = values.get(step.argval)
            module = value if isinstance(value, ModuleType) else None
            if module is None:
                yield value
        elif step.opname in ("LOAD_ATTR", "LOAD_METHOD") and module is not None:
            yield getattr(module, step.argval, None)
            module = None


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of a function and of every function inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _is_empty(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - asking is all there is
    except ValueError:
        return True
    return False
