"""Run pure functions in a child process, one at a time, each within a limit of time.

    worker = WorkerProcess()
    html = await worker.call("codimir.web.prose:to_html", text, meaning, returns=str, cpu_seconds=1)
    ...
    await worker.close()

Python code cannot be stopped from outside within its own process, and code that runs in a thread makes the event loop
wait for the interpreter. A child can be ended at any moment and may be given a low priority. It is started at the first
call and anew after it has been ended; it stops when it has been idle for a while, and ends with its parent. It is a new
interpreter, not a fork of this one, because a fork copies the locks that other threads hold.

A function must be importable by its name and annotate all of its parameters; what it takes and returns are `bytes`,
`str`, numbers, lists, dicts and msgspec Structs. Of the parent's environment, which may hold secrets, it sees only what
an interpreter needs. What it raises ends the child and stands in the log: failures that are to be expected should be
returned instead.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from codimir.kit.worker_process_child import BYTES_OF_LENGTH, Call

T = TypeVar("T")
CHILD = "codimir.kit.worker_process_child"
MAX_RESULT_BYTES = 64 * 1024 * 1024
PASSED_ON = ("PATH", "LANG", "LANGUAGE", "TZ", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
PASSED_ON_PREFIXES = ("PYTHON", "LC_", "DYLD_")


class WorkerError(Exception):
    """A call brought no result."""


class TimeLimitExceeded(WorkerError):
    """The function computed for longer than it may, and was ended."""


class CallFailed(WorkerError):
    """The child ended during the call: the function raised something, or took more memory than it may."""


class WorkerClosed(WorkerError):
    """The worker has been closed, before the call or during it."""


class WorkerUnavailable(WorkerError):
    """The child cannot be started, or was killed from outside: the same call may do well a moment later."""


class WorkerProcess:
    """A child process that runs one function at a time; further calls wait for their turn in their order."""

    def __init__(self, *, niceness: int = 10, memory_bytes: int = 0, idle_seconds: float = 300) -> None:
        """Prepare a worker; its child starts with the first call.

        `niceness` lowers the priority (0 to 19), `memory_bytes` bounds the address space of the child (0: no bound),
        `idle_seconds` is the time after which an idle child stops.
        """
        self._restraints = (str(niceness), str(memory_bytes))
        self._idle_seconds = idle_seconds
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._closed = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """Return the process id of the child, None while there is none."""
        return self._child.pid if self._child and self._child.returncode is None else None

    async def call(self, function: str, *arguments: Any, returns: type[T], cpu_seconds: float) -> T:
        """Run `package.module:function` with these arguments and return its result.

        `cpu_seconds` is processor time, so a busy machine does not shorten it. Whoever is cancelled while the function
        runs has it ended. Raises TimeLimitExceeded, CallFailed (a MemoryError too), WorkerClosed and WorkerUnavailable.
        """
        encoded = [msgspec.Raw(msgspec.msgpack.encode(each)) for each in arguments]
        message = msgspec.msgpack.encode(Call(function, encoded, cpu_seconds))
        async with self._turn:
            child = await self._running_child()
            try:
                result = await self._answer(child, message, function, _patience(cpu_seconds))
            except BaseException:
                self._child = None
                await _end(child)
                raise
            self._idle_timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._stop_idle_child)
        return msgspec.msgpack.decode(result, type=returns)

    def stop(self) -> None:
        """End the child at once; the calls that run and wait raise WorkerClosed, and so do later ones."""
        self._closed.set()
        if self._child is not None:
            _kill(self._child)

    async def close(self) -> None:
        """End the child, and wait until it is gone."""
        self.stop()
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        if self._child is not None:
            await self._child.wait()

    async def _running_child(self) -> asyncio.subprocess.Process:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        if self._closed.is_set():
            raise WorkerClosed
        if self._child is None or self._child.returncode is not None:
            self._child = await _start(*self._restraints)
        if self._closed.is_set():  # meanwhile
            _kill(self._child)
        return self._child

    async def _answer(self, child: asyncio.subprocess.Process, message: bytes, function: str, patience: float) -> bytes:
        try:
            async with asyncio.timeout(patience):
                return await _exchange(child, message)
        except TimeoutError:
            raise TimeLimitExceeded(function) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            code = await child.wait()
        if self._closed.is_set():
            raise WorkerClosed(function)
        if code == -getattr(signal, "SIGPROF", 0):
            raise TimeLimitExceeded(function)
        if code == -getattr(signal, "SIGKILL", 0):
            raise WorkerUnavailable("the process was killed")
        raise CallFailed(f"{function}: the process ended with {code}")

    def _stop_idle_child(self) -> None:
        if self._child is not None and not self._turn.locked():
            _kill(self._child)
            self._child = None


async def _start(*restraints: str) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-B", "-m", CHILD, *restraints,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=_environment(os.environ),
            start_new_session=True,  # or Ctrl C in a terminal would reach it too
        )  # fmt: skip
    except OSError as error:  # no descriptor, no memory or no process is left
        raise WorkerUnavailable(f"the process cannot be started: {error}") from error


async def _exchange(child: asyncio.subprocess.Process, message: bytes) -> bytes:
    assert child.stdin is not None  # noqa: S101 - both are pipes
    assert child.stdout is not None  # noqa: S101
    child.stdin.write(len(message).to_bytes(BYTES_OF_LENGTH, "big") + message)
    await child.stdin.drain()
    length = int.from_bytes(await child.stdout.readexactly(BYTES_OF_LENGTH), "big")
    if length > MAX_RESULT_BYTES:
        raise CallFailed(f"a result of {length} bytes is too large")
    return await child.stdout.readexactly(length)


def _patience(cpu_seconds: float) -> float:
    """Return how many seconds to wait for what computes so long, if a busy machine gives it a tenth of a core."""
    return 5 + 10 * cpu_seconds


async def _end(child: asyncio.subprocess.Process) -> None:
    _kill(child)
    await child.wait()


def _kill(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        child.kill()


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in variables.items() if name in PASSED_ON or name.startswith(PASSED_ON_PREFIXES)
    }
