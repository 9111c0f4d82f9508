"""`python -m benchmarks.not_modified`: a list that the client has already, beside a fixed reply with a session."""

import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Annotated
from urllib.request import Request, urlopen

import typer

from benchmarks import dataset, servers
from benchmarks.cases import COOKIE
from benchmarks.load import request, run
from benchmarks.servers import HOST, Server

TARGET = 0.7
FIXED, LIST = "/bench/session", "/api/tickets"


def main(
    tickets: Annotated[int, typer.Option(min=200, help="How many tickets the file has.")] = 2_000,
    seconds: Annotated[float, typer.Option(min=0.05, help="How long the server is loaded in a turn.")] = 2.0,
    rounds: Annotated[int, typer.Option(min=1, help="How many turns each of the two has.")] = 3,
) -> None:
    """Measure how fast a list is answered with 304."""
    with tempfile.TemporaryDirectory() as folder:
        settings = dataset.prepare(Path(folder), tickets)
        try:
            with servers.ours(settings) as server:
                ratios = [_ratio(server, seconds, _tag(server)) for _ in range(rounds)]
        finally:
            shutil.rmtree(settings.data_dir)
    ratio = statistics.median(ratios)
    typer.echo(
        f"{'met   ' if ratio >= TARGET else 'MISSED'}  304 on a list: {ratio:.2f} of a fixed reply, target {TARGET}"
    )


def _tag(server: Server) -> str:
    asked = Request(f"http://{HOST}:{server.port}{LIST}", headers={"cookie": COOKIE})
    with urlopen(asked, timeout=60) as reply:  # noqa: S310 - our own server
        return str(reply.headers["etag"])


def _ratio(server: Server, seconds: float, tag: str) -> float:
    fixed = run(HOST, server.port, [request("GET", FIXED, {"Cookie": COOKIE})], seconds=seconds)
    held = run(HOST, server.port, [request("GET", LIST, {"Cookie": COOKIE, "If-None-Match": tag})], seconds=seconds)
    typer.echo(
        f"fixed reply {fixed.per_second:,.0f}/s, 304 {held.per_second:,.0f}/s, errors {held.errors + fixed.errors}"
    )
    return held.per_second / fixed.per_second


if __name__ == "__main__":
    typer.run(main)
