"""The help of the command line loads no command, and says what each of them says of itself."""

import subprocess
import sys

import pytest

from codimir.cli.loading import COMMANDS, USER_COMMANDS, load
from tests.calls import Call
from tests.cli.commands import Done

MAX_MODULES = 400
"""Python, typer and the table of commands are 150 to 270; all that was loaded before is 1,140."""
COUNTING = "import sys; from codimir.cli.main import run; run(); print(*sys.modules, file=sys.stderr)"


@pytest.fixture
def database_name() -> str:
    """SQLite alone: nothing here comes as far as the database."""
    return "sqlite"


class TestHelp:
    @pytest.mark.parametrize("argument", ["--help", "--version"])
    def test_loads_no_command(self, argument: str) -> None:
        command = [sys.executable, "-c", COUNTING, argument]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        loaded = done.stderr.split()
        assert len(loaded) < MAX_MODULES
        assert {name.partition(".")[0] for name in loaded}.isdisjoint(
            {"sqlalchemy", "litestar", "uvicorn", "msgspec", "rich", "asyncio"}
        )

    def test_names_every_command_with_the_beginning_of_its_help(self, codimir: Call[Done]) -> None:
        said = codimir("--help").stdout
        for name, entry in COMMANDS.items():
            assert f"  {name:7}  {entry.summary[:50]}" in said
        assert "  user     People." in said

    @pytest.mark.parametrize("name", [*COMMANDS, *USER_COMMANDS])
    def test_the_beginning_is_that_of_the_command(self, name: str) -> None:
        summary = {**COMMANDS, **USER_COMMANDS}[name].summary
        assert load(name).help.partition("\n")[0] == summary

    def test_of_one_command_lists_its_options(self, codimir: Call[Done]) -> None:
        done = codimir("serve", "--help")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Usage: codimir serve [OPTIONS]\n\n  Serve until stopped.\n")
        assert "--workers" in done.stdout

    def test_of_a_group_names_its_commands(self, codimir: Call[Done]) -> None:
        done = codimir("user", "--help")
        assert (done.returncode, done.stderr) == (0, "")
        assert "  add  Add a person." in done.stdout
