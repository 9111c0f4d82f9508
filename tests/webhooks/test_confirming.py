"""Nothing is sent for who may not manage a webhook any more, until somebody who may confirms it."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.model.workspaces import workspace_members
from codimir.webhooks import worker
from codimir.webhooks.worker import running_delivery_worker
from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People
from tests.webhooks.conftest import HERE, PATIENCE_SECONDS, Receiver

MEMBERS = "/api/workspaces/workspace_789/members"
FAILS = b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n"


@pytest.fixture
async def of_mia(client: People, ada: Client, receiver: Receiver) -> Any:
    """A webhook of Mia, who is an administrator of Acme."""
    assert (await ada.put(f"{MEMBERS}/user_mia", {"role": "ADMIN"})).status == 200
    body = {"url": receiver.url, "events": ["ticket.created"], "workspaceId": "workspace_789"}
    return (await client("mia").post("/api/webhooks", body)).data


@pytest.fixture
def paused(ada: Client) -> AsyncCall[Any]:
    """Wait until a webhook is paused and give it."""

    async def wait(webhook: Any) -> Any:
        found: Any = webhook
        async with asyncio.timeout(PATIENCE_SECONDS):
            while found["state"] != "paused":
                await asyncio.sleep(0.02)
                found = (await ada.get(f"/api/webhooks/{webhook['id']}")).data
        return found

    return wait


class TestPause:
    async def test_what_happens_after_they_left_waits_until_somebody_confirms(
        self, delivery_worker: None, of_mia: Any, ada: Client, new_ticket: AsyncCall[Any], receiver: Receiver
    ) -> None:
        await new_ticket()
        await receiver.got(1)
        await ada.delete(f"{MEMBERS}/user_mia")
        await new_ticket()
        assert (await ada.get(f"/api/webhooks/{of_mia['id']}/deliveries")).total == 1
        await ada.post(f"/api/webhooks/{of_mia['id']}/resume")
        requests = await receiver.got(2)
        assert [request.event["data"]["ticket"]["key"] for request in requests] == ["WEB-1", "WEB-2"]

    async def test_what_was_to_be_tried_again_waits_too(
        self,
        delivery_worker: None,
        of_mia: Any,
        ada: Client,
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        tried: AsyncCall[Any],
        time_passes: AsyncCall[None],
        settled: AsyncCall[Any],
    ) -> None:
        receiver.reply = FAILS
        await new_ticket()
        assert (await tried(of_mia))["nextAttemptAt"] is not None
        await ada.delete(f"{MEMBERS}/user_mia")
        assert (await tried(of_mia))["nextAttemptAt"] is None
        await time_passes()
        assert len(receiver.requests) == 1
        await ada.post(f"/api/webhooks/{of_mia['id']}/resume")
        await tried(of_mia, 2)

    async def test_what_is_given_back_when_a_server_stops_waits_as_well(
        self,
        db: Database,
        of_mia: Any,
        ada: Client,
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        deliveries: AsyncCall[Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(worker, "SECONDS_TO_FINISH", 0)
        receiver.reply = _never
        async with running_delivery_worker(db, HERE):
            await new_ticket()
            await receiver.got(1)
            await ada.delete(f"{MEMBERS}/user_mia")
        [delivery] = await deliveries(of_mia)
        assert (delivery["state"], delivery["nextAttemptAt"]) == ("pending", None)

    async def test_rights_that_went_past_every_verb_are_missed_before_anything_is_sent(
        self,
        delivery_worker: None,
        db: Database,
        of_mia: Any,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        paused: AsyncCall[Any],
        recorded: Recorded,
        deliveries: AsyncCall[Any],
    ) -> None:
        of_ada = await new_webhook(events=["ticket.created"])
        gone = Statement(sa.delete(workspace_members).where(workspace_members.c.user_id == "user_mia"))
        await db.write(lambda tx: tx.execute(gone))
        await new_ticket()
        found = await paused(of_mia)
        assert found["stoppedBecause"] == "unconfirmed"
        changes = {"pausedAt": [None, found["pausedAt"]], "stoppedBecause": [None, "unconfirmed"]}
        assert (await recorded(of_mia["id"]))[-1] == ("webhook.paused", changes)
        await receiver.got(1)
        assert [len(await deliveries(each)) for each in (of_ada, of_mia)] == [1, 0]

    async def test_trying_it_out_is_the_act_of_who_does_it(
        self, delivery_worker: None, of_mia: Any, ada: Client, receiver: Receiver
    ) -> None:
        await ada.delete(f"{MEMBERS}/user_mia")
        assert (await ada.post(f"/api/webhooks/{of_mia['id']}/ping")).status == 201
        [request] = await receiver.got(1)
        assert request.event["type"] == "webhook.pinged"


async def _never(_writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()
