"""The two servers, each in a process of its own under the same uvicorn settings.

Ours keeps no replies unless that is asked for: what repeats a few questions would measure nothing else.
"""

import math
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import msgspec

from codimir.config import Settings, variables_of

HOST = "127.0.0.1"
SECONDS_TO_START = 30
OPTIONS = ("--http", "httptools", "--workers", "1", "--no-access-log", "--log-level", "warning")
ROOT = Path(__file__).parent.parent
USER_AND_SYSTEM = slice(11, 13)
"""Where /proc/PID/stat has the time of a process, counted from behind its name."""


class Server:
    """A server that is running."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self.port = port

    def ask(self, method: str, path: str, cookie: str, body: bytes | None = None) -> bytes:
        """Send one request and give the body of the reply, whatever its status."""
        headers = {"cookie": cookie, "content-type": "application/json"}
        request = Request(f"http://{HOST}:{self.port}{path}", body, headers, method=method)
        try:
            with urlopen(request, timeout=60) as reply:  # noqa: S310 - our own server
                return bytes(reply.read())
        except HTTPError as error:
            return error.read()

    def memory_mb(self) -> float | None:
        """Return how much memory it holds now (RSS), where the system tells that."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return None
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1]) / 1024

    def processor_seconds(self) -> float:
        """Return how long processors have worked for it so far, in all threads; NaN where the system does not tell."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return math.nan
        user, system = stat.read_text().rpartition(")")[2].split()[USER_AND_SYSTEM]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def ours(settings: Settings, loop: str = "uvloop", *, keeps_replies: bool = False) -> Iterator[Server]:
    """Run Codimir."""
    environment = _variables(settings, keeps_replies=keeps_replies)
    with _uvicorn("benchmarks.ours:create", "--factory", "--loop", loop, **environment) as server:
        yield server


@contextmanager
def served(
    tree: Path, codimir: Path, settings: Settings, *, keeps_replies: bool = False, workers: int = 1
) -> Iterator[Server]:
    """Run `codimir serve` of the build in a tree."""
    environment = _variables(settings, keeps_replies=keeps_replies)
    port = _free_port()
    command = [str(codimir), "serve", "--host", HOST, "--port", str(port), "--workers", str(workers)]
    with _running(command, port, tree, PYTHONPATH=str(tree / "src"), **environment) as server:
        yield server


@contextmanager
def floor(settings: Settings, loop: str = "uvloop") -> Iterator[Server]:
    """Run the floor."""
    with _uvicorn("benchmarks.floor:app", "--loop", loop, FLOOR_DATABASE=str(settings.sqlite_path)) as server:
        yield server


@contextmanager
def floor_postgres(url: str, loop: str = "uvloop") -> Iterator[Server]:
    """Run the floor on PostgreSQL."""
    with _uvicorn("benchmarks.floor_postgres:app", "--loop", loop, FLOOR_DATABASE=url) as server:
        yield server


def _variables(settings: Settings, *, keeps_replies: bool) -> dict[str, str]:
    return variables_of(settings if keeps_replies else msgspec.structs.replace(settings, reply_cache_bytes=0))


@contextmanager
def _uvicorn(app: str, *options: str, **environment: str) -> Iterator[Server]:
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", app, *options, *OPTIONS, "--host", HOST, "--port", str(port)]
    with _running(command, port, ROOT, **environment) as server:
        yield server


@contextmanager
def _running(command: list[str], port: int, folder: Path, **environment: str) -> Iterator[Server]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CODIMIR_")}
    process = subprocess.Popen(  # noqa: S603 - our own server
        command, cwd=folder, env={**inherited, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(process, port)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        port: int = listening.getsockname()[1]
        return port


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"the server did not start: {process.args!r}")
