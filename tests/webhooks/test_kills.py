"""Every committed event is delivered at least once with the same id, whatever happens to the servers that deliver."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from codimir.config import Settings, variables_of
from tests.calls import AsyncCall
from tests.webhooks.conftest import Receiver

CODIMIR = Path(sys.executable).with_name("codimir")
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


async def serve(settings: Settings) -> asyncio.subprocess.Process:
    """Start a real server, with a process of its own, and wait until it is ready."""
    server = await asyncio.create_subprocess_exec(
        CODIMIR, "serve", "--port", "0", env={**os.environ, **variables_of(settings)}, stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    async with asyncio.timeout(60):
        assert b"ready" in await server.stdout.readline()
    return server


async def answer_after_a_while(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.05)
    writer.write(OK)


async def test_kills_lose_nothing(
    settings: Settings,
    new_webhook: AsyncCall[Any],
    new_ticket: AsyncCall[Any],
    receiver: Receiver,
    time_passes: AsyncCall[None],
) -> None:
    receiver.reply = answer_after_a_while
    await new_webhook(events=["ticket.created"])
    tickets: set[str] = set()
    for _ in range(3):
        server = await serve(settings)
        received = len(receiver.requests)
        tickets |= {(await new_ticket())["id"] for _ in range(10)}
        await receiver.got(received + 3)
        server.kill()
        await server.wait()
        tickets |= {(await new_ticket())["id"] for _ in range(5)}
        await time_passes()
    server = await serve(settings)
    async with asyncio.timeout(60):
        while {request.event["data"]["ticket"]["id"] for request in receiver.requests} != tickets:
            await receiver.got(len(receiver.requests) + 1)
    server.terminate()
    await server.wait()
    of_ticket = {
        (request.event["data"]["ticket"]["id"], request.headers["webhook-id"]) for request in receiver.requests
    }
    assert len(of_ticket) == len(tickets) == 45
