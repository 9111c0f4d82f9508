"""The command in processes of its own, for the instance of a test; `serve` starts it as it is installed."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from codimir.config import Settings, variables_of
from tests.calls import Call
from tests.cli.commands import PATIENCE_SECONDS, Commands, Done

CODIMIR = Path(sys.executable).with_name("codimir")
READY = re.compile(r"Codimir is ready at (http://\S+)")


class Serving:
    """`codimir serve`, running."""

    def __init__(self, environment: dict[str, str], *options: str, prefix: Sequence[str] = ()) -> None:
        command = [*prefix, str(CODIMIR), "serve", "--port", "0", *options]
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()
        self.address = self._wait_until_ready()

    def said(self) -> str:
        """Give what it has said since it was ready, without waiting for more."""
        lines = []
        while not self._lines.empty():
            lines.append(self._lines.get())
        return "".join(lines)

    def stop(self) -> int:
        """Ask it to stop, and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def _wait_until_ready(self) -> str:
        line = self._lines.get(timeout=PATIENCE_SECONDS)
        found = READY.fullmatch(line.strip())
        if found is None:
            self.process.kill()
            raise AssertionError(f"it said {line!r} and complained {self.process.stderr.read()!r}")
        return found[1]


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """The variables of a process that works on the instance of the test."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CODIMIR_")}
    return {**inherited, **variables_of(settings)}


@pytest.fixture
def codimir(commands: Commands, environment: dict[str, str]) -> Call[Done]:
    """Run a command to its end: `codimir("session", "jane@example.com")`."""

    def run(*arguments: str, stdin: bytes = b"", **variables: str) -> Done:
        return commands.run(arguments, {**environment, **variables}, stdin)

    return run


@pytest.fixture
def serve(environment: dict[str, str]) -> Iterator[Call[Serving]]:
    """Start a server on a free port and wait until it is ready."""
    started: list[Serving] = []

    def start(*options: str, prefix: Sequence[str] = ()) -> Serving:
        started.append(Serving(environment, *options, prefix=prefix))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.stop()
        each.process.stdout.close()
        each.process.stderr.close()


@pytest.fixture
def session_of(codimir: Call[Done]) -> Call[dict[str, str]]:
    """Make a person with the commands, and give the cookie of their session."""

    def make(email: str = "grace@example.com", role: str = "ADMIN") -> dict[str, str]:
        added = codimir("user", "add", email, "--name", "Grace Hopper", "--role", role, stdin=b"correct horse\n")
        assert added.returncode == 0, added.stderr
        return {"cookie": f"next-auth.session-token={codimir('session', email).stdout.strip()}"}

    return make


@pytest.fixture
def visit(request: pytest.FixtureRequest) -> Call[httpx.Client]:
    """Open a client for a server."""

    def open_client(server: Serving, headers: dict[str, str]) -> httpx.Client:
        client = httpx.Client(base_url=server.address, headers=headers, timeout=PATIENCE_SECONDS)
        request.addfinalizer(client.close)
        return client

    return open_client
