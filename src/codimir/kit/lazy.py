"""Modules and patterns that are loaded when they are first used (docs/decisions/0065-lazy-loading.md).

From Python 3.15 on the language has this itself (`lazy import`, PEP 810). Until then such a module is declared twice,
for the type checker and for the program:

    if TYPE_CHECKING:
        import httpx
    else:
        httpx = lazy_module("httpx")
"""

import re
from importlib import import_module
from types import ModuleType
from typing import Any, cast


def lazy_module(name: str) -> Any:
    """Return what stands for a module, which is loaded when something of it is first used, in whichever thread."""
    return _LazyModule(name)


class _LazyModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # whoever inspects what there is does not use it
            raise AttributeError(name)
        module = self.__dict__.get("_module")
        if module is None:
            module = self._module = import_module(self.__name__)
        return getattr(module, name)


def lazy_pattern(source: str) -> "re.Pattern[str]":
    """Return what stands for a regular expression, which is compiled when it is first used.

    For those with sets of letters of many scripts: each takes Python milliseconds.
    """
    return cast("re.Pattern[str]", _LazyPattern(source))


class _LazyPattern:
    def __init__(self, source: str) -> None:
        self.pattern = source

    def __getattr__(self, name: str) -> Any:
        value = self.__dict__[name] = getattr(re.compile(self.pattern), name)
        return value
