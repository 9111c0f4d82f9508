"""`codimir serve`."""

import os
import signal
import socket
from collections.abc import Callable
from contextlib import closing
from typing import Annotated, Any

import typer
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from codimir.accounts.setup.actions import offer_setup
from codimir.attachments.storage import check_file_store
from codimir.authentication.link_addresses import origin_of, setup_url
from codimir.cli.output import same_command
from codimir.cli.privacy import warning_about
from codimir.cli.refusals import Refused
from codimir.cli.running import DatabaseUrl, DataDir, in_database, remember_address, settings_of
from codimir.cli.schema import check_schema
from codimir.config import Settings, variables_of
from codimir.database.core import Transaction
from codimir.server.access_log import log_request
from codimir.server.config import ServerConfig
from codimir.server.limits import Limits, connections_within, raise_descriptor_limit
from codimir.server.logs import LogLevel, logging_config
from codimir.server.metrics import note_request

DEFAULT_PORT = 3000
LARGEST_PORT = 65_535
BACKLOG = 2048
SECONDS_TO_FINISH = 10
SECONDS_TO_START = 60
SECONDS_TO_KEEP_ALIVE = 65


def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=LARGEST_PORT, help="0 for a free one.")] = DEFAULT_PORT,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=256, help="How many processes answer.")] = 1,
    log_level: Annotated[
        LogLevel, typer.Option("--log-level", help="What the log tells, and what is worse.")
    ] = "warning",
    access_log: Annotated[  # noqa: FBT002 - a switch of the command line
        bool, typer.Option("--access-log", help="Log each request, without its query and without tokens of links.")
    ] = False,
) -> None:
    """Serve until stopped.

    Requests that are under way are finished then, for up to 10 seconds.
    """
    settings = settings_of(data_dir, database_url)
    with closing(_listen(host, port)) as listening:
        address = _address(listening)
        welcome = f"Codimir is ready at {address}"
        setup_token = in_database(settings, _prepare)
        remember_address(settings, address)
        if (warning := warning_about(settings.data_dir)) is not None:
            typer.echo(f"codimir: {warning}", err=True)
        check_file_store(settings)
        if setup_token is not None:
            origin = origin_of(settings.base_url) if settings.base_url else address
            welcome += _first_steps(setup_url(origin, setup_token), data_dir, database_url)
        os.environ.update(variables_of(settings))
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, _already_stopped)
        _run(_config(workers, settings, log_level, access_log=access_log), listening, lambda: typer.echo(welcome))


async def _prepare(tx: Transaction) -> str | None:
    await check_schema(tx)
    return await offer_setup(tx)


class Server(uvicorn.Server):
    """A server that says when it accepts connections."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept connections, and say so."""
        await super().startup(sockets)
        self._announce()


class Workers(Multiprocess):
    """Processes that share a socket; the first that accepts connections lets it be said."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], announce: Callable[[], None]) -> None:
        super().__init__(config, sockets)
        self._announce = announce

    def init_processes(self) -> None:
        """Start the processes and wait until they accept connections."""
        super().init_processes()
        if all(process.wait_until_ready(SECONDS_TO_START, self.should_exit) for process in self.processes):
            self._announce()


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else, so that it cannot be lost during a migration."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        raise Refused(f"cannot listen on {host}, port {port}: {error.strerror}") from error
    listening.set_inheritable(True)
    return listening


def _config(workers: int, settings: Settings, log_level: LogLevel, *, access_log: bool) -> ServerConfig:
    config = ServerConfig(
        "codimir.app:create_app",
        Limits(),
        [*([log_request] if access_log else []), *([note_request] if settings.metrics_token else [])],
        factory=True,
        workers=workers,
        lifespan="on",
        log_config=logging_config(log_level, access_log=access_log),
        log_level=log_level,
        server_header=False,
        proxy_headers=settings.base_url is not None,  # without a proxy anybody could claim another address
        backlog=BACKLOG,
        timeout_keep_alive=SECONDS_TO_KEEP_ALIVE,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    config.limits = Limits(connections=connections_within(raise_descriptor_limit(), settings.max_connections))
    return config


def _run(config: uvicorn.Config, listening: socket.socket, announce: Callable[[], None]) -> None:
    if config.workers == 1:
        Server(config, announce).run([listening])
        return
    workers = Workers(config, [listening], announce)
    workers.run()
    if any(process.exitcode == STARTUP_FAILURE for process in workers.processes):
        raise typer.Exit(STARTUP_FAILURE)


def _already_stopped(_signal: int, _frame: object) -> None:
    """Do nothing: uvicorn raises the signal that stopped it once more at its end, and the exit code shall be 0."""


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _first_steps(link: str, data_dir: Any, database_url: str | None) -> str:
    add = same_command('user add you@example.com --name "Your Name" --role ADMIN', data_dir, database_url)
    session = same_command("session you@example.com", data_dir, database_url)
    return (
        f"\n\nNobody can sign in yet. Open this link to make the first administrator and the first workspace:\n\n"
        f"  {link}\n\n"
        "It is good once, for a day; the next start prints a new one. Or, in another terminal:\n\n"
        f"  {add}\n  {session}\n\n"
        "The second command prints the value of the cookie next-auth.session-token.\n"
    )
