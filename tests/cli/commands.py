"""Commands in processes of their own, which split from one that has loaded `codimir`."""

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PATIENCE_SECONDS = 300
"""How long anything may take before a test fails; other tests run on the same processors."""

Done = subprocess.CompletedProcess[str]
"""A command that has ended: its exit code, and what it said."""


class Commands:
    """Runs commands, each in a process of its own."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def run(self, arguments: Sequence[str], environment: Mapping[str, str], stdin: bytes = b"") -> Done:
        """Run one to its end."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(stdin)
            given.seek(0)
            code = self._exit_code(arguments, environment, (given, out, err))
            said, complained = (_text_of(each) for each in (out, err))
        return Done(arguments, code, said, complained)

    def _exit_code(self, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[IO[bytes]]) -> int:
        command = {"arguments": arguments, "environment": dict(environment), "umask": _umask()}
        told, telling = os.pipe()
        with os.fdopen(told, "rb") as reading:
            with os.fdopen(telling, "wb") as writing:
                descriptors = [each.fileno() for each in (*streams, writing)]
                socket.send_fds(self._channel, [json.dumps(command).encode()], descriptors)
            assert select.select([reading], [], [], PATIENCE_SECONDS)[0], f"{arguments} does not end"
            return int(reading.read())


@contextmanager
def forking() -> Iterator[Commands]:
    """Start the process that splits, and end it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    script = Path(__file__).with_name("forking.py")
    command = [sys.executable, str(script), str(theirs.fileno())]
    with ours, subprocess.Popen(command, pass_fds=[theirs.fileno()]) as process:  # noqa: S603 - our own script
        theirs.close()
        yield Commands(ours)
        ours.close()
        process.wait(PATIENCE_SECONDS)


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


def _text_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()
