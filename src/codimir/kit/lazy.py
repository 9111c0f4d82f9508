"""Modules that are loaded when something of them is first used (docs/decisions/0065-lazy-loading.md).

From Python 3.15 on the language has this itself (`lazy import`, PEP 810). Until then such a module is declared twice,
for the type checker and for the program:

    if TYPE_CHECKING:
        import httpx
    else:
        httpx = lazy_module("httpx")
"""

from importlib import import_module
from types import ModuleType
from typing import Any


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
