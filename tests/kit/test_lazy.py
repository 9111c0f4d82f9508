"""What is loaded when it is first used."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from codimir.kit.lazy import lazy_module, lazy_pattern

NAME = "loaded_by_a_test_of_lazy_modules"


@pytest.fixture
def module_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / f"{NAME}.py"
    file.write_text("class Wrong(Exception):\n    pass\n\n\ndef double(number):\n    return 2 * number\n")
    yield file
    sys.modules.pop(NAME, None)


class TestLazyModule:
    def test_is_loaded_when_something_of_it_is_used(self, module_file: Path) -> None:
        module = lazy_module(NAME)
        assert NAME not in sys.modules
        assert module.double(21) == 42
        assert module.Wrong is sys.modules[NAME].Wrong

    def test_is_not_loaded_by_who_only_looks_at_it(self, module_file: Path) -> None:
        module = lazy_module(NAME)
        inspect.unwrap(module)
        repr(module)
        assert not hasattr(module, "__path__")
        assert NAME not in sys.modules

    def test_one_that_is_not_there_is_missed_when_it_is_used(self) -> None:
        module = lazy_module("codimir.kit.no_such_module")
        with pytest.raises(ModuleNotFoundError, match="no_such_module"):
            module.anything  # noqa: B018

    def test_a_name_that_it_lacks_is_an_attribute_error_of_it(self, module_file: Path) -> None:
        with pytest.raises(AttributeError, match=f"module '{NAME}' has no attribute 'triple'"):
            lazy_module(NAME).triple  # noqa: B018


class TestLazyPattern:
    def test_does_what_a_compiled_one_does(self) -> None:
        pattern = lazy_pattern(r"([a-z]+)-(\d+)")
        assert pattern.pattern == r"([a-z]+)-(\d+)"
        assert pattern.fullmatch("web-1")[2] == "1"
        assert [found[1] for found in pattern.finditer("a-1 b-2")] == ["a", "b"]
        assert pattern.sub("x", "a-1 b-2") == "x x"
        assert pattern.groups == 2
