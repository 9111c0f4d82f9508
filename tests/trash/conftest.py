"""A ticket with everything on it."""

from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import Client


@pytest.fixture
def full_ticket(jane: Client, new_ticket: AsyncCall[Any]) -> AsyncCall[tuple[Any, dict[str, str]]]:
    """Make a ticket of Jane's with a comment, a file, logged time and a label; give it, and the ids of these."""

    async def make(**fields: Any) -> tuple[Any, dict[str, str]]:
        ticket = await new_ticket(labelIds=["label_1"], description="Zanzibar", **fields)
        at = f"/api/tickets/{ticket['id']}"
        comment = await jane.post(f"{at}/comments", {"content": "Seen on staging"})
        time_log = await jane.post(f"{at}/time-logs", {"minutes": 30, "description": "Reproducing"})
        upload = {"file": ("trace.txt", b"Traceback", "text/plain")}
        file = await jane.http.post(f"{at}/attachments", files=upload)
        ids = {"comment": comment.data["id"], "timelog": time_log.data["id"], "attachment": file.json()["data"]["id"]}
        return (await jane.get(at)).data, ids

    return make
