"""A process that has loaded `codimir` and splits for each command: to load it takes most of what a command takes.

It reads commands from the socket whose descriptor is its argument, each with descriptors of its own: the three streams
of the command, and where its exit code is written.
"""

import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any

from codimir.cli.loading import COMMANDS, USER_COMMANDS, load
from codimir.cli.main import run

MAX_BYTES = 1_000_000
DESCRIPTORS = 4


def main(channel: socket.socket) -> None:
    """Start each command that is sent, and do not wait for it."""
    for name in (*COMMANDS, *USER_COMMANDS):
        load(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, MAX_BYTES, DESCRIPTORS)
        if not message:
            return
        if os.fork() == 0:
            channel.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _run(json.loads(message), descriptors)
        for each in descriptors:
            os.close(each)


def _run(command: dict[str, Any], descriptors: Sequence[int]) -> None:
    *streams, told = descriptors
    pid = os.fork()
    if pid == 0:
        os.close(told)
        _become(command, streams)
    for each in streams:
        os.close(each)
    _, status = os.waitpid(pid, 0)
    os.write(told, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(command: dict[str, Any], streams: Sequence[int]) -> None:
    """Go on as the installed command begins."""
    for number, each in enumerate(streams):
        os.dup2(each, number)
        os.close(each)
    os.umask(command["umask"])
    os.environ.clear()
    os.environ.update(command["environment"])
    sys.argv = ["codimir", *command["arguments"]]
    sys.exit(run())


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
