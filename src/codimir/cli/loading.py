"""The commands by name, each loaded when it is asked for: `--help` loads none (docs/decisions/0065-lazy-loading.md)."""

import gc
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand
from typer.main import get_command


class Entry(NamedTuple):
    """Where a command is, and the beginning of its help."""

    module: str
    function: str
    summary: str


COMMANDS: Mapping[str, Entry] = {
    "serve": Entry("serving", "serve", "Serve until stopped."),
    "demo": Entry("demo", "demo", "Make a workspace to look at, with people, projects and tickets."),
    "session": Entry("people", "print_session", "Sign a person in."),
    "token": Entry("people", "print_token", "Make an API token."),
    "reset": Entry("people", "print_reset", "Let a person choose a new password."),
    "backup": Entry("backups", "backup", "Back up the database and the files, while the server goes on."),
    "check": Entry("backups", "check", "Check that a backup, or the instance, is whole."),
    "restore": Entry(
        "backups",
        "restore",
        "Restore a backup into an empty data folder, and on PostgreSQL into an empty database.",
    ),
}
USER_COMMANDS: Mapping[str, Entry] = {"add": Entry("people", "add_user", "Add a person.")}


class LazyCommand(TyperCommand):
    """A command of which only name and summary are known until it is asked for."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Load the command, and go on with it in the place of this one."""
        return load(str(self.name)).make_context(info_name, args, parent, **extra)


def add_commands(app: typer.Typer, entries: Mapping[str, Entry]) -> None:
    """Add commands that are loaded when they are asked for."""
    for name, entry in entries.items():
        app.command(name, cls=LazyCommand, help=entry.summary)(_not_loaded)


def load(name: str) -> Any:
    """Load a command; what goes wrong in it is raised as Refused."""
    entry = {**COMMANDS, **USER_COMMANDS}[name]
    gc.disable()  # of what is loaded nothing becomes garbage, and looking for it is a third of the time to load
    function = getattr(import_module(f"codimir.cli.{entry.module}"), entry.function)
    refusing = import_module("codimir.cli.failures").refusing
    gc.enable()
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(name)(refusing()(function))
    return get_command(app)


def _not_loaded() -> None:
    """Stand in for every command; it never runs."""
