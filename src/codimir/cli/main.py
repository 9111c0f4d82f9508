"""The command `codimir`."""

import os
import sys
from typing import Annotated

import typer

from codimir import __version__
from codimir.backups.manifest import BackupError
from codimir.cli.backups import backup, check, restore
from codimir.cli.demo import demo
from codimir.cli.people import add_user, print_reset, print_session, print_token
from codimir.cli.privacy import PRIVATE_UMASK
from codimir.cli.running import Refused
from codimir.cli.serving import serve
from codimir.config import SettingsError
from codimir.database.core import DatabaseError, UniqueViolation
from codimir.http.errors import ApiError

WRONG_USE = 2

commands = typer.Typer(name="codimir", add_completion=False, rich_markup_mode=None)
user = typer.Typer(name="user", help="People.", rich_markup_mode=None)
user.command("add")(add_user)
commands.command()(serve)
commands.command()(demo)
commands.add_typer(user)
commands.command("session")(print_session)
commands.command("token")(print_token)
commands.command("reset")(print_reset)
for command in (backup, check, restore):
    commands.command()(command)


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
    except UniqueViolation:
        return _refuse("the same was made by someone else at this moment; try again")
    except ApiError as error:
        return _refuse(_in_a_line(error))
    except (Refused, SettingsError, DatabaseError, BackupError) as error:
        return _refuse(str(error))


def _refuse(message: str) -> int:
    print("codimir:", " ".join(message.split()), file=sys.stderr)  # noqa: T201 - this is where a command speaks
    return WRONG_USE


def _in_a_line(error: ApiError) -> str:
    details = error.details or {}
    return "; ".join(f"{field}: {' '.join(map(str, problems))}" for field, problems in details.items()) or error.message
