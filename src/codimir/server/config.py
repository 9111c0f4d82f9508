"""What uvicorn runs with, in each of its processes."""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from codimir.server.limits import Limits

Note = Callable[[Any, int, float], None]
"""What hears of each request that was answered: its scope, the status, and how many seconds it took."""
SECONDS_BETWEEN_THREADS = 0.0005
"""How long a thread that computes keeps the event loop waiting each time that it has waited for the system (of 5 ms)"""
M_ARENA_MAX = -8
"""Of `mallopt` in glibc (malloc.h): how many pools of memory threads share"""
PROTOCOL = "codimir.server.protocol:BoundedProtocol"


class ServerConfig(uvicorn.Config):
    """uvicorn's settings, with bounds and with the addresses of proxies."""

    def __init__(self, app: Any, limits: Limits, notes: Sequence[Note] = (), **settings: Any) -> None:
        super().__init__(app, http=PROTOCOL, ws="none", access_log=False, **settings)
        self.limits = limits
        self.notes = notes

    def load(self) -> None:
        """Load the application; a worker process ends when the one that started it is gone."""
        parent = multiprocessing.parent_process()
        if parent is not None:
            threading.Thread(target=_stop_after, args=(parent,), daemon=True).start()
        share_one_arena()
        gc.disable()  # of what is loaded nothing becomes garbage, and looking for it is a third of the time to load
        super().load()
        sys.setswitchinterval(SECONDS_BETWEEN_THREADS)
        self.proxies = self.loaded_app.trusted_hosts if isinstance(self.loaded_app, ProxyHeadersMiddleware) else ()
        gc.freeze()  # what is there now stays: no request shall wait while all of it is looked at for garbage
        gc.enable()


def share_one_arena() -> None:
    """Let all threads take memory from one pool, where the system's library is glibc.

    It would give each thread of SQLite a pool of its own, of which a good part is never used again: 11 MB of 149.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def _stop_after(parent: Any) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
