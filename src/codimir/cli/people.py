"""Commands about people: `codimir user add`, `codimir session`, `codimir token`, `codimir reset`."""

import sys
from typing import Annotated

import typer

from codimir.authentication.link_addresses import reset_url
from codimir.authentication.links import make_link
from codimir.authentication.passwords import hash_password
from codimir.authentication.tokens import create_api_token, start_session
from codimir.authentication.weak_passwords import refuse_own_words
from codimir.cli.output import same_command
from codimir.cli.refusals import Refused
from codimir.cli.running import DatabaseUrl, DataDir, in_database, served_at, settings_of
from codimir.database.core import Transaction
from codimir.kit.lines import is_one_line
from codimir.model.enums import InstanceRole
from codimir.users.actions import FIRST_WORKSPACE, Membership, create_user, settle_user
from codimir.users.fields import MAX_NAME_LENGTH
from codimir.users.queries import Account, find_account

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The e-mail of the person.", show_default=False)]
MAX_TOKEN_NAME_LENGTH = 100


def add_user(
    email: Email,
    name: Annotated[str, typer.Option("--name", help="The name that others see.", show_default=False)],
    role: Annotated[
        InstanceRole, typer.Option("--role", help="ADMIN may do everything, VIEWER only reads.", case_sensitive=False)
    ] = "EDITOR",
    workspace: Annotated[
        str, typer.Option("--workspace", help="What the workspace of the first person is called.")
    ] = FIRST_WORKSPACE,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Add a person.

    The password is asked for, or read as one line from standard input where that is no terminal. The first person gets
    a workspace of their own, the next ones join the oldest.
    """
    settings = settings_of(data_dir, database_url)
    first_workspace = workspace.strip()
    if not 1 <= len(first_workspace) <= MAX_NAME_LENGTH or not is_one_line(first_workspace):
        raise Refused(f"workspace: Must be one line of 1 to {MAX_NAME_LENGTH} characters")
    password = _password()
    refuse_own_words(password, email, name)
    password_hash = hash_password(password)

    async def unit(tx: Transaction) -> Membership:
        user_id = await create_user(tx, email, name, role, password_hash)
        return await settle_user(tx, user_id, role, first_workspace)

    made = in_database(settings, unit)
    where = f"{made.role} of the workspace {made.workspace_name!r}"
    next_step = same_command(f"session {email.strip()}", data_dir, database_url)
    typer.echo(f"Made {name.strip()} <{email.strip()}>, {where}.")
    typer.echo(f"They sign in at {served_at(settings)}/signin; a program signs in with: {next_step}")


def print_session(email: Email, data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Sign a person in.

    Prints a value for the cookie next-auth.session-token, good for 30 days, and nothing else.
    """

    async def unit(tx: Transaction) -> str:
        token, _ = await start_session(tx, (await _get_enabled(tx, email)).id)
        return token

    typer.echo(in_database(settings_of(data_dir, database_url), unit))


def print_token(
    email: Email,
    name: Annotated[str, typer.Option("--name", help="What the token is for.", show_default=False)],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make an API token.

    Prints the value for `Authorization: Bearer`, and nothing else; it is not shown again.
    """
    purpose = name.strip()
    if not 1 <= len(purpose) <= MAX_TOKEN_NAME_LENGTH or not is_one_line(purpose):
        raise Refused(f"name: Must be one line of 1 to {MAX_TOKEN_NAME_LENGTH} characters")

    async def unit(tx: Transaction) -> str:
        _, token = await create_api_token(tx, (await _get_enabled(tx, email)).id, purpose)
        return token

    typer.echo(in_database(settings_of(data_dir, database_url), unit))


def print_reset(email: Email, data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Let a person choose a new password.

    Prints a link that works once, for an hour, and nothing else.
    """
    settings = settings_of(data_dir, database_url)

    async def unit(tx: Transaction) -> str:
        token, _ = await make_link(tx, "reset", (await _get_enabled(tx, email)).id)
        return token

    typer.echo(reset_url(served_at(settings), in_database(settings, unit)))


async def _get_enabled(tx: Transaction, email: str) -> Account:
    account = await find_account(tx, email)
    if account is None:
        raise Refused(f"nobody has the e-mail {email}")
    if account.is_disabled:
        raise Refused(f"{email} is disabled")
    return account


def _password() -> str:
    if sys.stdin.isatty():
        password: str = typer.prompt("Password", hide_input=True, confirmation_prompt="The same again", err=True)
        return password
    try:
        line = sys.stdin.buffer.readline().decode()
    except UnicodeDecodeError as error:
        raise Refused("the password on standard input is not UTF-8") from error
    password = line.rstrip("\r\n")
    if not password:
        raise Refused("no password on standard input; give it as one line, or use a terminal")
    return password
