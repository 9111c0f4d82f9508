"""The command `codimir`."""

import os
import sys
from typing import Annotated

import typer

from codimir import __version__
from codimir.cli.loading import COMMANDS, USER_COMMANDS, add_commands
from codimir.cli.privacy import PRIVATE_UMASK
from codimir.cli.refusals import Refused

WRONG_USE = 2

commands = typer.Typer(name="codimir", add_completion=False, rich_markup_mode=None)
user = typer.Typer(name="user", help="People.", rich_markup_mode=None)
add_commands(user, USER_COMMANDS)
commands.add_typer(user)
add_commands(commands, COMMANDS)


@commands.callback(invoke_without_command=True)
def codimir(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Say which version this is.")] = False,  # noqa: FBT002
) -> None:
    """Codimir, a self-hosted ticket tracker: one process, one command, one data folder."""
    if version:
        typer.echo(f"codimir {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def run() -> int:
    """Run what the command line says; give the exit code. What is wrong is said in one line."""
    os.umask(PRIVATE_UMASK)
    try:
        return commands(standalone_mode=False) or 0
    except typer.TyperException as error:
        return _refuse(error.format_message())
    except typer.Abort:
        return _refuse("stopped; nothing was changed")
    except Refused as error:
        return _refuse(str(error))


def _refuse(message: str) -> int:
    print("codimir:", " ".join(message.split()), file=sys.stderr)  # noqa: T201 - this is where a command speaks
    return WRONG_USE
