"""No file and no function is longer than one looks at at once."""

from tests.house.trees import SOURCE, functions, modules

MAX_LINES_OF_A_FILE, MAX_LINES_OF_A_FUNCTION = 300, 40
LONG = {"events/types.py"}
"""One declaration after another, whose docstrings are the documentation"""


def test_files() -> None:
    counts = {path: len((SOURCE / path).read_text(encoding="utf-8").splitlines()) for path, _ in modules()}
    long = {path for path, count in counts.items() if count > MAX_LINES_OF_A_FILE and "migrations" not in path}
    assert long == LONG


def test_functions() -> None:
    assert [
        (path, function.name)
        for path, function in functions()
        if (function.end_lineno or 0) - function.lineno >= MAX_LINES_OF_A_FUNCTION and "migrations" not in path
    ] == []
