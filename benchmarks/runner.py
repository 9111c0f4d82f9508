"""Asks both servers the same things in short turns, and sets what they do beside each other."""

import itertools
import math
import shutil
import statistics
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import msgspec

from benchmarks import dataset, servers
from benchmarks.cases import COOKIE, LIMIT, Case, cases_of, check
from benchmarks.load import Result, request, run
from benchmarks.servers import HOST, Server

SECONDS_TO_REPLY = 10
"""A turn in which a busy machine gave no reply is taken again, longer, until it is as long as this."""
MAX_WARMUP_SECONDS = 0.5
SECONDS_BETWEEN_WRITES = 1.0
STILL_WAITING = "no reply on a connection until the end"
"""What `load` counts as an error; a server that is slow at something in a short turn may leave a client waiting."""
HEADERS = {"Cookie": COOKIE, "Content-Type": "application/json"}


class Failed(Exception):
    """A server answered with errors, so nothing can be said about its speed."""


class Line(msgspec.Struct, frozen=True):
    """What came of a case: medians over the rounds, and the median of the ratios of each round."""

    case: Case
    ours: Result
    floor: Result
    ratio: float
    ratios: list[float]
    """Of each round, in their order"""
    ours_processor_ms: float
    """How long processors worked for one reply, which says more than the rate where other things run as well."""
    floor_processor_ms: float
    processor_ratio: float
    """The floor's processor time as a share of ours"""


class Report(msgspec.Struct, frozen=True):
    """What came of a run."""

    lines: list[Line]
    memory_mb: float | None
    """What our server holds in the end (RSS)."""


def compare(folder: Path, tickets: int, seconds: float, rounds: int, loop: str, say: Callable[[str], None]) -> Report:
    """Measure every case on both servers in turns, so that both have the same weather, on a fresh copy of the file.

    Raises Disagreement when they answer differently, and Failed when one of them fails.
    """
    settings = dataset.prepare(folder, tickets, say)
    try:
        with (
            servers.ours(settings, loop) as ours,
            servers.ours(settings, loop, keeps_replies=True) as keeping,
            servers.floor(settings, loop) as floor,
        ):
            cases = cases_of(dataset.sample(settings), _visible(ours))
            for case in cases:
                check(case, ours, floor)
            lines = []
            for case in cases:
                say(f"{case.name} …")
                lines.append(measure(case, keeping if case.is_repeated else ours, floor, seconds, rounds))
            return Report(lines, ours.memory_mb())
    finally:
        shutil.rmtree(settings.data_dir)


def _visible(server: Server) -> int:
    reply = msgspec.json.decode(server.ask("GET", f"/api/tickets?limit={LIMIT}", COOKIE))
    total: int = reply["pagination"]["total"]
    return total


def measure(case: Case, ours: Server, floor: Server, seconds: float, rounds: int) -> Line:
    """Load both servers with a case in turns. Raises Failed when one of them answers with an error."""
    pairs = []
    for turn in range(rounds):
        order = (ours, floor) if turn % 2 == 0 else (floor, ours)
        turns = {server.port: load(case, server, seconds) for server in order}
        pairs.append((turns[ours.port], turns[floor.port]))
    ratios = [mine.result.per_second / its.result.per_second for mine, its in pairs]
    return Line(
        case,
        median_of([mine.result for mine, _ in pairs]),
        median_of([its.result for _, its in pairs]),
        statistics.median(ratios),
        ratios,
        statistics.median(mine.processor_ms for mine, _ in pairs),
        statistics.median(its.processor_ms for _, its in pairs),
        statistics.median(
            its.processor_ms / mine.processor_ms if mine.processor_ms else math.nan for mine, its in pairs
        ),
    )


class Turn(NamedTuple):
    """What a server did in one turn."""

    result: Result
    processor_ms: float
    """For one reply"""


def load(case: Case, server: Server, seconds: float) -> Turn:
    """Load a server with a case for a turn. Raises Failed when it answers with an error."""
    requests = [request(method, path, HEADERS, body) for method, path, body in case.asked]
    warmup, long = min(MAX_WARMUP_SECONDS, seconds / 4), seconds * case.patience
    began, worked_before = perf_counter(), server.processor_seconds()
    with _beside(case, server):
        result = run(HOST, server.port, requests, connections=case.connections, seconds=long, warmup=warmup)
    busy = (server.processor_seconds() - worked_before) / (perf_counter() - began)
    if result.first_error not in (None, STILL_WAITING):
        raise Failed(f"{case.name}: {result.errors} errors, the first: {result.first_error}")
    if not result.count and long < SECONDS_TO_REPLY:
        return load(case, server, 4 * seconds)
    if not result.count:
        raise Failed(f"{case.name}: no reply in {long} seconds")
    return Turn(result, 1000 * busy / result.per_second)


@contextmanager
def _beside(case: Case, server: Server) -> Iterator[None]:
    """Send what a case sends once a second, the first of it at once, until the block ends."""
    ended, upcoming = threading.Event(), itertools.cycle(case.beside)

    def send() -> None:
        while True:
            method, path, body = next(upcoming)
            server.ask(method, path, COOKIE, body)
            if ended.wait(SECONDS_BETWEEN_WRITES):
                return

    sending = threading.Thread(target=send) if case.beside else None
    try:
        if sending is not None:
            sending.start()
        yield
    finally:
        ended.set()
        if sending is not None:
            sending.join()


def median_of(results: list[Result]) -> Result:
    """Take the median of each figure by itself."""
    figures = {
        name: statistics.median(getattr(result, name) for result in results)
        for name in ("per_second", "p50_ms", "p90_ms", "p99_ms", "max_ms", "count")
    }
    return Result(**figures, errors=0, first_error=None)
