"""Work that goes on beside the requests for as long as the application runs."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

from codimir.kit.outages import Outage

log = logging.getLogger("codimir")
SECONDS_TO_CANCEL = 5
"""How long a task that was cancelled has to clean up, before it is cancelled again."""


@asynccontextmanager
async def in_background(**work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do these, each under its name, until the block ends; then they are cancelled and waited for.

    One that fails is logged, and the others go on.
    """
    tasks = [asyncio.create_task(each, name=name) for name, each in work.items()]
    for task in tasks:
        task.add_done_callback(_log_failure)
    try:
        yield
    finally:
        await cancel_all(tasks)


async def cancel_all(tasks: Iterable["asyncio.Task[object]"]) -> None:
    """Cancel tasks and wait until they have ended; one that went on all the same is cancelled again.

    Whoever is cancelled may go on: `asyncio.wait_for` of Python 3.11 forgets a cancellation that comes in the moment in
    which what it waits for ends, and so does every library that is built on it.
    """
    while waiting := [task for task in tasks if not task.done()]:
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting, timeout=SECONDS_TO_CANCEL)


async def keep_doing(
    turn: Callable[[], Awaitable[float]], outage: Outage, rest: Callable[[float], Awaitable[object]] = asyncio.sleep
) -> None:
    """Take turns until cancelled; each gives the seconds to rest until the next, which `rest` may cut short.

    One that fails, whatever the reason is, is noted as part of the outage and taken again after its pause.
    """
    while True:
        [outcome] = await asyncio.gather(turn(), return_exceptions=True)
        if isinstance(outcome, BaseException):
            await asyncio.sleep(outage.failed(outcome))
        else:
            outage.recovered()
            await rest(outcome)


def _log_failure(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("%s has stopped; it starts again with the server", task.get_name(), exc_info=error)
