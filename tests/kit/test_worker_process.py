"""Functions that run in a child process, within limits."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from codimir.kit.worker_process import CallFailed, TimeLimitExceeded, WorkerClosed, WorkerProcess, WorkerUnavailable

FUNCTIONS = """
import os
import msgspec

class Size(msgspec.Struct):
    width: int
    height: int

def turn(size: Size, data: bytes, times: int) -> tuple[Size, bytes]:
    print("this is no result")
    return (Size(size.height, size.width) if times % 2 else size), data[::-1]

def where() -> tuple[int, int]:
    return os.getpid(), os.getpriority(os.PRIO_PROCESS, 0)

def never() -> None:
    while True:
        pass

def fails() -> None:
    raise ValueError("nothing of it")

def takes(size: int) -> int:
    return len(bytearray(size))
"""
PARENT = """
import asyncio, sys
from codimir.kit.worker_process import WorkerProcess

async def main():
    worker = WorkerProcess()
    await worker.call("functions:where", returns=list, cpu_seconds=1)
    print(worker.pid, flush=True)
    await worker.call("functions:never", returns=None, cpu_seconds=float(sys.argv[1]))

asyncio.run(main())
"""


class Size(msgspec.Struct):
    width: int
    height: int


@pytest.fixture(autouse=True)
def functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that the child finds by its name."""
    (tmp_path / "functions.py").write_text(FUNCTIONS)
    known = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(tmp_path), known])))


@pytest.fixture
async def worker() -> AsyncIterator[WorkerProcess]:
    made = WorkerProcess(memory_bytes=1 << 30)
    yield made
    await made.close()


async def _where(worker: WorkerProcess) -> Any:
    return await worker.call("functions:where", returns=tuple[int, int], cpu_seconds=1)


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110 - nobody tells when a process is gone
            await asyncio.sleep(0.01)


def _is_gone(pid: int) -> bool:
    """Say whether a process has ended, even when nobody has asked for its exit code."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


class TestCall:
    async def test_structs_and_bytes_go_in_and_come_out(self, worker: WorkerProcess) -> None:
        turned = await worker.call(
            "functions:turn", Size(2, 3), b"abc" * 100_000, 1, returns=tuple[Size, bytes], cpu_seconds=1
        )
        assert turned == (Size(3, 2), b"cba" * 100_000)

    async def test_one_child_of_low_priority_serves_all_calls(self, worker: WorkerProcess) -> None:
        assert worker.pid is None
        places = await asyncio.gather(*(_where(worker) for _ in range(5)))
        assert set(places) == {(worker.pid, os.getpriority(os.PRIO_PROCESS, 0) + 10)}

    async def test_what_computes_for_too_long_is_ended(self, worker: WorkerProcess) -> None:
        before, _ = await _where(worker)
        with pytest.raises(TimeLimitExceeded):
            await worker.call("functions:never", returns=type(None), cpu_seconds=0.05)
        after, _ = await _where(worker)
        assert after != before
        assert _is_gone(before)

    @pytest.mark.parametrize(("function", "arguments"), [("functions:fails", ()), ("functions:takes", (1 << 30,))])
    async def test_what_fails_is_replaced(self, worker: WorkerProcess, function: str, arguments: Any) -> None:
        with pytest.raises(CallFailed):
            await worker.call(function, *arguments, returns=int, cpu_seconds=1)
        assert await worker.call("functions:takes", 1000, returns=int, cpu_seconds=1) == 1000

    async def test_a_child_that_died_between_calls_is_replaced(self, worker: WorkerProcess) -> None:
        pid, _ = await _where(worker)
        os.kill(pid, signal.SIGKILL)
        await _until(lambda: worker.pid is None)
        assert (await _where(worker))[0] != pid

    async def test_a_child_that_is_killed_from_outside_is_replaced(self, worker: WorkerProcess) -> None:
        pid, _ = await _where(worker)
        call = asyncio.create_task(worker.call("functions:never", returns=type(None), cpu_seconds=60))
        await asyncio.sleep(0)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(WorkerUnavailable):
            await call
        assert (await _where(worker))[0] != pid

    async def test_a_child_that_cannot_be_started_is_tried_again(
        self, worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(sys, "executable", "/nowhere/python")
            with pytest.raises(WorkerUnavailable):
                await _where(worker)
        assert (await _where(worker))[0] == worker.pid

    async def test_secrets_stay_with_the_parent(self, worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NEXTAUTH_SECRET", "secret")
        for name, value in (("NEXTAUTH_SECRET", None), ("PYTHONPATH", os.environ["PYTHONPATH"])):
            assert await worker.call("os:getenv", name, returns=str | None, cpu_seconds=1) == value  # type: ignore[arg-type]


class TestEnd:
    async def test_a_cancelled_call_is_ended_and_the_next_has_its_turn(self, worker: WorkerProcess) -> None:
        pid, _ = await _where(worker)
        endless = asyncio.create_task(worker.call("functions:never", returns=type(None), cpu_seconds=60))
        waiting = asyncio.create_task(_where(worker))
        await asyncio.sleep(0)
        endless.cancel()
        assert (await waiting)[0] != pid
        assert _is_gone(pid)

    async def test_stop_ends_what_runs_and_what_waits(self, worker: WorkerProcess) -> None:
        pid, _ = await _where(worker)
        calls = [
            asyncio.create_task(worker.call("functions:never", returns=type(None), cpu_seconds=60)) for _ in range(3)
        ]
        await asyncio.sleep(0)
        worker.stop()
        assert [type(each) for each in await asyncio.gather(*calls, return_exceptions=True)] == [WorkerClosed] * 3
        assert _is_gone(pid)
        with pytest.raises(WorkerClosed):
            await _where(worker)

    async def test_an_idle_child_stops_and_comes_back(self) -> None:
        worker = WorkerProcess(idle_seconds=0)
        pid, _ = await _where(worker)
        await _until(lambda: worker.pid is None and _is_gone(pid))
        assert (await _where(worker))[0] != pid
        await worker.close()

    async def test_close_before_the_first_call(self) -> None:
        await WorkerProcess().close()

    @pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
    def test_the_child_of_a_killed_parent_ends_when_its_time_is_over(self) -> None:
        command = [sys.executable, "-c", PARENT, "0.3"]
        parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
        with parent:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            parent.kill()
        asyncio.run(_until(lambda: _is_gone(pid)))
