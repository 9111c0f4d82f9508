"""`python -m benchmarks.pages`: what the page of a list costs beside the same list by the API, in processor time."""

import asyncio
import gc
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from litestar import Litestar

from benchmarks import dataset
from benchmarks.cases import COOKIE
from codimir.app import create_app

MAX_COUNT = 2.8
SHOWN = 50
IN_A_TURN = 40


def main(
    tickets: Annotated[int, typer.Option(min=200, help="How many tickets the file has.")] = 2_000,
    rounds: Annotated[int, typer.Option(min=1, help="How many turns each of the two has.")] = 15,
) -> None:
    """Measure a list of a project, as a page and as data, without the socket."""
    with tempfile.TemporaryDirectory() as folder:
        settings = dataset.prepare(Path(folder), tickets)
        try:
            largest = dataset.sample(settings).project_ids[0]
            page, data = asyncio.run(_measure(create_app(settings), largest, rounds))
        finally:
            shutil.rmtree(settings.data_dir)
    verdict = "met   " if page / data <= MAX_COUNT else "MISSED"
    typer.echo(
        f"{verdict}  a list of {SHOWN}: page {page:.2f} ms, data {data:.2f} ms of processor time,"
        f" {page / data:.2f} times, target {MAX_COUNT}"
    )


async def _measure(app: Litestar, project: str, rounds: int) -> tuple[float, float]:
    """Return the milliseconds of each of the two: the median of their turns, which alternate."""
    async with app.lifespan():
        key = msgspec.json.decode(await _ask(app, f"/api/project/{project}", ""))["data"]["key"]
        asked = ((f"/projects/{key}/list", ""), ("/api/tickets", f"project={key}&limit={SHOWN}"))
        turns: list[list[float]] = [[], []]
        for _ in range(rounds + 1):
            for (path, query), taken in zip(asked, turns, strict=True):
                taken.append(await _turn(app, path, query))
    page, data = (statistics.median(taken[1:]) for taken in turns)
    return page, data


async def _turn(app: Litestar, path: str, query: str) -> float:
    gc.collect()
    begun = time.process_time()
    for _ in range(IN_A_TURN):
        await _ask(app, path, query)
    return (time.process_time() - begun) / IN_A_TURN * 1000


async def _ask(app: Litestar, path: str, query: str) -> bytes:
    """Ask as a browser does, and take the reply without its headers."""
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), (b"cookie", COOKIE.encode()), (b"accept", b"text/html, application/json")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    sent: list[dict[str, Any]] = []
    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        return next(asked, {"type": "http.disconnect"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)  # type: ignore[arg-type]
    if sent[0]["status"] != 200:  # noqa: PLR2004 - the one that is wanted
        raise typer.BadParameter(f"{path} is answered with {sent[0]['status']}")
    return b"".join(message.get("body", b"") for message in sent[1:])


if __name__ == "__main__":
    typer.run(main)
