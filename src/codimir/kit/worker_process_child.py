"""What runs in the child of a `WorkerProcess`: read a call, run it, write its result, until the parent is gone.

It imports nothing but msgspec before the first call, so it starts soon and stays small.
"""

import os
import signal
import sys
from importlib import import_module
from itertools import chain, repeat
from typing import Any, BinaryIO, get_type_hints

import msgspec

BYTES_OF_LENGTH = 4
"""Each message begins with its length, an unsigned number of so many bytes, the largest first."""


class Call(msgspec.Struct, array_like=True):
    """A function to call: `package.module:function`, what it is given, and how many seconds it may compute."""

    function: str
    arguments: list[msgspec.Raw]
    cpu_seconds: float


def main() -> None:
    """Answer calls from standard input on standard output until the input ends."""
    calls = sys.stdin.buffer
    results = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a function prints is no result
    restrain(int(sys.argv[1]), int(sys.argv[2]))
    while message := read_message(calls):
        result = run(msgspec.msgpack.decode(message, type=Call))
        results.write(len(result).to_bytes(BYTES_OF_LENGTH, "big") + result)
        results.flush()


def read_message(stream: BinaryIO) -> bytes:
    """Return the next message, or nothing at the end."""
    return stream.read(int.from_bytes(stream.read(BYTES_OF_LENGTH), "big"))


def run(call: Call) -> bytes:
    """Call a function and return its result in MessagePack; its arguments become what its parameters are annotated as.

    Whatever it raises ends the process, and so does the operating system when it computes for too long.
    """
    module, _, name = call.function.partition(":")
    function = getattr(import_module(module), name)
    types = chain((hint for name, hint in get_type_hints(function).items() if name != "return"), repeat(Any))
    arguments = [msgspec.msgpack.decode(each, type=wanted) for each, wanted in zip(call.arguments, types, strict=False)]
    _limit_cpu(call.cpu_seconds)
    result = msgspec.msgpack.encode(function(*arguments))
    _limit_cpu(0)
    return result


def restrain(niceness: int, memory_bytes: int) -> None:
    """Lower the priority of this process, and forbid it core dumps and more memory than this (0: no bound)."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not there on Windows

    os.nice(niceness)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory_bytes:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _limit_cpu(seconds: float) -> None:
    """Have the process ended after this much more processor time, 0 for no end.

    The signal's default action is taken by the kernel, so code that never returns to the interpreter ends as well.
    """
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    main()
