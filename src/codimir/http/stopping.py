"""Hear that the server is told to stop, before it waits for the replies that are still open."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def when_told_to_stop(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` in the event loop when a signal ends the server; the server's own handler is called as well.

    uvicorn tells an application only after the last reply has ended, and a stream that follows events has no end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    taken = {number: handler for number in STOPPING if callable(handler := signal.getsignal(number))}

    def handle(number: int, frame: FrameType | None) -> Any:
        loop.call_soon_threadsafe(stop)
        return taken[signal.Signals(number)](number, frame)

    for number in taken:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in taken.items():
            signal.signal(number, handler)
