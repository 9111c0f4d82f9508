"""`make powercuts`: cut the power at many moments while a server writes, and look for what was acknowledged and lost.

The server runs under `strace`, which notes every write, every sync and every reply in their order. For each moment a
disk is built as it could be found then: everything that was synced, and any part of what was not (simulated_disk.py).
The real program opens it: it must be whole by `codimir check`, and hold every ticket, status, comment and file that had
been acknowledged, and nothing by halves.

It proves that the program asks for every sync that it needs, in the right order, before it answers. It does not prove
that a disk does what it is asked to, nor that a sector keeps what is not written to it, which SQLite assumes.
"""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec
import typer

from codimir.config import Settings, variables_of
from tools.kills import Lost
from tools.powercut_images import check_image
from tools.replies import Acknowledged, read_replies
from tools.simulated_disk import Image, Loss, SimulatedDisk
from tools.system_calls import Sent, Step, Sync, is_there, steps_of, tracing

ROOT = Path(__file__).parent.parent
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
WRITERS = 8
LOSSES: tuple[Loss, ...] = ("everything", "sectors", "writes", "pages", "sectors", "nothing")
PATIENCE_SECONDS = 120
DONE = {"status": "done"}


class Traced(msgspec.Struct, frozen=True):
    """What was seen of a server: everything that it did to its folder and sent, and which replies those were."""

    steps: list[Step]
    acknowledged: list[tuple[int, Acknowledged]]
    """With the number of the step in which each began to be sent"""
    began: int
    """The step with which the server was ready"""


class Survived(msgspec.Struct, frozen=True):
    """What came through the cuts."""

    cuts: int
    steps: int
    syncs: int
    acknowledged: int


def main(
    cuts: Annotated[int, typer.Option(min=1, help="At how many moments the power is cut.")] = 500,
    tickets: Annotated[int, typer.Option(min=WRITERS, help="How many tickets are written in each of two lives.")] = 120,
    seed: Annotated[int, typer.Option(help="Another number cuts at other moments.")] = 1,
) -> None:
    """Cut the power at many moments while a server writes, and look for what was acknowledged and lost."""
    if not is_there():
        typer.echo("This needs strace; on Debian and Ubuntu: apt install strace", err=True)
        raise typer.Exit(2)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="codimir-powercuts-") as folder:
        traced = trace(Path(folder), tickets)
        try:
            survived = survive(traced, cuts, seed)
        except Lost as error:
            typer.echo(f"LOST: {error}", err=True)
            raise typer.Exit(1) from None
    typer.echo(
        f"{survived.cuts} cuts in {survived.steps:,} steps with {survived.syncs:,} syncs, "
        f"{time.monotonic() - started:.0f} s: at each of them all is there that was acknowledged before, of "
        f"{survived.acknowledged:,} changes in the end, and nothing by halves."
    )


def trace(folder: Path, tickets: int) -> Traced:
    """Let a server that is traced write so many tickets, be killed, and write as many again; it starts from nothing."""
    data, logs = folder / "data", [folder / f"{name}.log" for name in ("demo", "session", "killed", "ended")]
    data.mkdir()
    environment = {**os.environ, **variables_of(Settings(data_dir=data)), "PYTHONPATH": os.pathsep.join(sys.path)}
    _run(environment, logs[0], "demo", "--tickets", "1", "--projects", "1", "--people", "2")
    cookie = {"cookie": f"next-auth.session-token={_run(environment, logs[1], 'session', 'demo@example.com').strip()}"}
    for log, ending in ((logs[2], signal.SIGKILL), (logs[3], signal.SIGTERM)):
        _live(environment, log, cookie, tickets, ending)
    before = sum(1 for _ in steps_of(logs[:2], data))
    steps = list(steps_of(logs, data))
    return Traced(steps, list(read_replies(steps)), before)


def survive(traced: Traced, cuts: int, seed: int = 1, *, disk_syncs: bool = True) -> Survived:
    """Cut the power so many times, half of them right when something has been acknowledged.

    With `disk_syncs=False` the disk says that it has synced and has not. Raises Lost.
    """
    rng = random.Random(seed)
    last = len(traced.steps)
    acknowledging = [number for number, _ in traced.acknowledged]
    moments = sorted(
        rng.choice(acknowledging) + 1 if turn % 2 else rng.randrange(traced.began, last) for turn in range(cuts)
    )
    folder = Path(tempfile.mkdtemp(prefix="codimir-powercuts-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        for cut, (moment, image) in enumerate(_images(traced.steps, moments, rng, disk_syncs=disk_syncs)):
            known = [each for number, each in traced.acknowledged if number < moment]
            _check(folder / str(cut), image, known, f"cut {cut} before step {moment:,} of {last:,}")
    finally:
        shutil.rmtree(folder)
    syncs = sum(1 for step in traced.steps if step.is_end and isinstance(step.what, Sync))
    return Survived(cuts, last, syncs, len(traced.acknowledged))


def _images(
    steps: list[Step], moments: Iterable[int], rng: random.Random, *, disk_syncs: bool
) -> Iterator[tuple[int, Image]]:
    disk, done = SimulatedDisk({}), 0
    for moment, loss in zip(moments, cycle(LOSSES), strict=False):
        for step in steps[done:moment]:
            if isinstance(step.what, Sent) or (isinstance(step.what, Sync) and not disk_syncs):
                continue
            (disk.end if step.is_end else disk.begin)(step.what)
        done = moment
        yield moment, disk.image(loss, rng)


def _check(folder: Path, image: Image, known: list[Acknowledged], where: str) -> None:
    folder.mkdir()
    for path, content in sorted(image.items()):
        if content is None:
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(content)
    try:
        asyncio.run(check_image(Settings(data_dir=folder), known))
    except Lost as error:
        raise Lost(f"{where}: {error}") from error
    shutil.rmtree(folder)


def _command(log: Path, *arguments: str) -> list[str]:
    return [*tracing(log), sys.executable, "-m", "tools.powercut_server", *arguments]


def _run(environment: dict[str, str], log: Path, *arguments: str) -> str:
    return subprocess.run(  # noqa: S603 - our own command
        _command(log, *arguments), env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def _live(environment: dict[str, str], log: Path, cookie: dict[str, str], tickets: int, ending: signal.Signals) -> None:
    with subprocess.Popen(  # noqa: S603 - our own command
        _command(log, "serve", "--port", "0"), env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            if process.stdout is None or not (line := process.stdout.readline()):
                raise Lost("the server did not start")
            asyncio.run(_write_all(line.split()[-1], cookie, tickets))
        finally:
            for server in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
                os.kill(int(server), ending)  # strace itself lets nobody end it


async def _write_all(address: str, cookie: dict[str, str], tickets: int) -> None:
    async with httpx.AsyncClient(base_url=address, headers=cookie, timeout=PATIENCE_SECONDS) as client:
        project = (await client.get("/api/tickets")).json()["data"][-1]["projectId"]
        await asyncio.gather(*(_write(client, project, n, tickets // WRITERS) for n in range(WRITERS)))


async def _write(client: httpx.AsyncClient, project: str, writer: int, tickets: int) -> None:
    for number in range(tickets):
        title = f"Writer {writer}, {number}"
        ticket_id = _data(await client.post("/api/tickets", json={"title": title, "projectId": project}))["id"]
        at = f"/api/tickets/{ticket_id}"
        _data(await client.put(f"{at}/status", json=DONE))
        _data(await client.post(f"{at}/comments", json={"content": title}))
        _data(await client.post(f"{at}/attachments", files={"file": (f"{title}.txt", title.encode(), "text/plain")}))


def _data(reply: httpx.Response) -> Any:
    if not reply.is_success:
        raise Lost(f"{reply.request.method} {reply.request.url.path}: {reply.status_code} {reply.text}")
    return reply.json()["data"]


if __name__ == "__main__":
    typer.run(main)
