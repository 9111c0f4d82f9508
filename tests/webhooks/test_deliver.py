"""What happens is sent to who asked for it."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from codimir.database.core import Database
from codimir.kit.clock import utc_now
from codimir.kit.networks import Networks
from codimir.webhooks import outbox
from codimir.webhooks.worker import running_delivery_worker
from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People
from tests.webhooks.conftest import Receiver

HERE = Networks("127.0.0.1/32")
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


class TestDelivery:
    async def test_a_created_ticket_is_sent_signed(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        settled: AsyncCall[Any],
    ) -> None:
        webhook = await new_webhook(events=["ticket.created"])
        ticket = await new_ticket(title="Fix login", priority="high")
        [request] = await receiver.got(1)
        event = Verifier(SECRET).verify(request.body, request.headers)
        assert request.target == "/hook?for=codimir"
        assert request.headers["content-type"] == "application/json"
        assert (event["type"], event["timestamp"]) == ("ticket.created", ticket["createdAt"])
        assert event["id"] == request.headers["webhook-id"]
        assert event["id"].startswith("evt_")
        data = event["data"]
        assert {name: data["ticket"][name] for name in ("id", "key", "title", "priority")} == {
            "id": ticket["id"], "key": "WEB-1", "title": "Fix login", "priority": "high",
        }  # fmt: skip
        assert data["changes"]["title"] == [None, "Fix login"]
        assert data["actor"]["name"] == "Jane Smith"
        assert (data["projectId"], data["workspaceId"]) == ("project_456", "workspace_789")
        [delivery] = await settled(webhook, "delivered")
        assert delivery["request"]["body"].encode() == request.body
        assert delivery["request"]["headers"]["webhook-signature"] == request.headers["webhook-signature"]
        assert (delivery["reply"]["status"], delivery["reply"]["body"]) == (200, "ok")
        assert (delivery["attempts"], delivery["nextAttemptAt"], delivery["error"]) == (1, None, None)

    async def test_the_check_that_codimir_documents_holds(
        self, delivery_worker: None, new_webhook: AsyncCall[Any], new_ticket: AsyncCall[Any], receiver: Receiver
    ) -> None:
        secret = "your-webhook-secret"
        await new_webhook(secret=secret)
        await new_ticket()
        [request] = await receiver.got(1)
        expected = "sha256=" + hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
        assert request.headers["x-codimir-signature"] == expected
        Verifier(secret.encode()).verify(request.body, request.headers)

    async def test_each_webhook_gets_what_it_asked_for_where_it_is(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        jane: Client,
        settled: AsyncCall[Any],
    ) -> None:
        comments = await new_webhook(events=["comment.created"])
        elsewhere = await new_webhook(projectId="project_sec", workspaceId=None)
        here = await new_webhook(projectId="project_456", workspaceId=None, events=["ticket.created"])
        await new_ticket()
        await jane.post("/api/tickets/WEB-1/comments", {"content": "Mine"})
        await new_ticket(projectId="project_sec")
        [comment] = await settled(comments, "delivered")
        assert '"content":"Mine"' in comment["request"]["body"]
        assert [each["eventType"] for each in await settled(elsewhere, "delivered")] == ["ticket.created"]
        assert '"key":"WEB-1"' in (await settled(here, "delivered"))[0]["request"]["body"]

    async def test_nothing_of_another_workspace_is_sent(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        client: People,
        receiver: Receiver,
        settled: AsyncCall[Any],
    ) -> None:
        webhook = await new_webhook()
        await client("eve").post("/api/tickets", {"title": "Evil plan"})
        await new_ticket()
        await settled(webhook, "delivered")
        assert [request.event["data"]["workspaceId"] for request in receiver.requests] == ["workspace_789"]

    async def test_several_workers_send_each_event_once(
        self, db: Database, new_webhook: AsyncCall[Any], new_ticket: AsyncCall[Any], receiver: Receiver
    ) -> None:
        await new_webhook(events=["ticket.created"])
        async with (
            running_delivery_worker(db, HERE),
            running_delivery_worker(db, HERE),
            running_delivery_worker(db, HERE),
        ):
            for _ in range(30):
                await new_ticket()
            await receiver.got(30)
        ids = [request.headers["webhook-id"] for request in receiver.requests]
        assert len(ids) == len(set(ids)) == 30

    async def test_what_happened_while_nobody_delivered_is_sent_later(
        self, db: Database, new_webhook: AsyncCall[Any], new_ticket: AsyncCall[Any], receiver: Receiver
    ) -> None:
        await new_webhook(events=["ticket.created"])
        for _ in range(5):
            await new_ticket()
        async with running_delivery_worker(db, HERE):
            requests = await receiver.got(5)
        assert sorted(request.event["data"]["ticket"]["key"] for request in requests) == [
            f"WEB-{n}" for n in range(1, 6)
        ]

    async def test_a_full_webhook_reads_on_when_it_has_room(
        self,
        db: Database,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(outbox, "MAX_EVENTS", 2)
        await new_webhook(events=["ticket.created"])
        for _ in range(7):
            await new_ticket()
        async with running_delivery_worker(db, HERE):
            assert len(await receiver.got(7)) == 7


class TestRetries:
    async def test_the_same_message_comes_again(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        tried: AsyncCall[Any],
        settled: AsyncCall[Any],
        time_passes: AsyncCall[None],
        ada: Client,
    ) -> None:
        receiver.reply = b"HTTP/1.1 503 Busy\r\nretry-after: 600\r\ncontent-length: 0\r\n\r\n"
        webhook = await new_webhook(events=["ticket.created"])
        await new_ticket()
        delivery = await tried(webhook)
        assert (delivery["state"], delivery["reply"]["status"]) == ("pending", 503)
        wait = moment(delivery["nextAttemptAt"]) - moment(delivery["attemptedAt"])
        assert timedelta(seconds=599) < wait < timedelta(seconds=660)
        assert (await ada.get(f"/api/webhooks/{webhook['id']}")).data["failingSince"] == delivery["attemptedAt"]
        receiver.reply = OK
        await time_passes()
        [delivery] = await settled(webhook, "delivered")
        first, second = receiver.requests
        assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
        assert delivery["attempts"] == 2
        assert (await ada.get(f"/api/webhooks/{webhook['id']}")).data["failingSince"] is None

    async def test_a_receiver_that_is_gone_is_switched_off(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        settled: AsyncCall[Any],
        ada: Client,
        recorded: Recorded,
    ) -> None:
        receiver.reply = b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n"
        webhook = await new_webhook(events=["ticket.created"])
        await new_ticket()
        await settled(webhook, "failed")
        path = f"/api/webhooks/{webhook['id']}"
        off = (await ada.get(path)).data
        assert (off["enabled"], off["state"], off["stoppedBecause"]) == (False, "disabled", "gone")
        assert (await recorded(webhook["id"]))[-1] == ("webhook.disabled", {"enabled": [True, False]})
        await new_ticket()
        receiver.reply = OK
        on = (await ada.put(path, {"enabled": True})).data
        assert (on["state"], on["stoppedBecause"]) == ("active", None)
        await new_ticket()
        await settled(webhook, "delivered", "failed")
        assert receiver.requests[-1].event["data"]["ticket"]["key"] == "WEB-3"

    async def test_after_days_of_failure_it_is_paused_and_goes_on_where_it_stopped(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        tried: AsyncCall[Any],
        settled: AsyncCall[Any],
        ada: Client,
        set_webhook: AsyncCall[None],
        recorded: Recorded,
    ) -> None:
        receiver.reply = b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n"
        webhook = await new_webhook(events=["ticket.created"])
        await set_webhook(webhook, failing_since=utc_now() - timedelta(days=5))
        await new_ticket()
        delivery = await tried(webhook)
        path = f"/api/webhooks/{webhook['id']}"
        paused = (await ada.get(path)).data
        assert (paused["state"], paused["stoppedBecause"], delivery["nextAttemptAt"]) == ("paused", "failing", None)
        assert (await recorded(webhook["id"]))[-1][0] == "webhook.paused"
        await new_ticket()
        receiver.reply = OK
        ping = (await ada.post(f"{path}/ping")).data
        await receiver.got(2)
        assert receiver.requests[1].headers["webhook-id"] == ping["eventId"]
        assert (await ada.post(f"{path}/resume")).data["state"] == "active"
        await settled(webhook, "delivered", "delivered", "delivered")
        assert (await recorded(webhook["id"]))[-1][0] == "webhook.resumed"
        keys = {request.event["data"]["ticket"]["key"] for request in receiver.requests if b"ticket" in request.body}
        assert keys == {"WEB-1", "WEB-2"}

    async def test_what_waits_is_cancelled_when_the_webhook_goes(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        tried: AsyncCall[Any],
        settled: AsyncCall[Any],
        ada: Client,
    ) -> None:
        receiver.reply = b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n"
        webhook = await new_webhook(events=["ticket.created"])
        await new_ticket()
        await tried(webhook)
        await ada.put(f"/api/webhooks/{webhook['id']}", {"enabled": False})
        [delivery] = await settled(webhook, "cancelled")
        assert (delivery["error"], delivery["nextAttemptAt"]) == ("The webhook was switched off", None)


class TestByHand:
    async def test_a_ping_is_sent_once_to_the_one_that_is_tried_out(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        receiver: Receiver,
        settled: AsyncCall[Any],
        ada: Client,
    ) -> None:
        receiver.reply = b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n"
        webhook = await new_webhook(enabled=False)
        reply = await ada.post(f"/api/webhooks/{webhook['id']}/ping")
        assert (reply.status, reply.data["state"], reply.data["attempts"]) == (201, "pending", 0)
        [delivery] = await settled(webhook, "failed")
        [request] = receiver.requests
        assert (request.event["type"], request.event["id"]) == ("webhook.pinged", delivery["eventId"])
        assert delivery["attempts"] == 1

    async def test_a_delivery_is_sent_again_with_its_id(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        settled: AsyncCall[Any],
        ada: Client,
        recorded: Recorded,
    ) -> None:
        webhook = await new_webhook(events=["ticket.created"])
        await new_ticket()
        [delivery] = await settled(webhook, "delivered")
        reply = await ada.post(f"/api/webhooks/{webhook['id']}/deliveries/{delivery['id']}/resend")
        assert (reply.status, reply.data["state"]) == (200, "pending")
        first, second = await receiver.got(2)
        assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
        [again] = await settled(webhook, "delivered")
        assert (again["id"], again["attempts"]) == (delivery["id"], 2)
        assert (await recorded(webhook["id"]))[-1][0] == "webhook.delivery_resent"

    async def test_both_secrets_sign_after_a_rotation_for_a_day(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        ada: Client,
        set_webhook: AsyncCall[None],
    ) -> None:
        webhook = await new_webhook(events=["ticket.created"])
        rotated = (await ada.post(f"/api/webhooks/{webhook['id']}/rotate")).data["secret"]
        await new_ticket()
        [request] = await receiver.got(1)
        for secret in (SECRET, rotated):
            Verifier(secret).verify(request.body, request.headers)
        await set_webhook(webhook, previous_secret_until=utc_now())
        await new_ticket()
        request = (await receiver.got(2))[1]
        Verifier(rotated).verify(request.body, request.headers)
        with pytest.raises(WebhookVerificationError):
            Verifier(SECRET).verify(request.body, request.headers)


class TestLog:
    async def test_it_is_kept_for_thirty_days(
        self,
        db: Database,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        deliveries: AsyncCall[Any],
        age_deliveries: AsyncCall[None],
    ) -> None:
        webhook = await new_webhook(events=["ticket.created"])
        async with running_delivery_worker(db, HERE):
            await new_ticket()
            await receiver.got(1)
        await age_deliveries(timedelta(days=29))
        async with running_delivery_worker(db, HERE):
            await new_ticket()
            await receiver.got(2)
        assert len(await deliveries(webhook)) == 2
        await age_deliveries(timedelta(days=31))
        async with running_delivery_worker(db, HERE):
            await new_ticket()
            await receiver.got(3)
        assert len(await deliveries(webhook)) == 1


class TestOfOneProject:
    async def test_it_is_not_told_what_a_ticket_was_in_another(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        jane: Client,
        receiver: Receiver,
        settled: AsyncCall[Any],
    ) -> None:
        asked = ["ticket.updated"]
        whole, part = await new_webhook(events=asked), await new_webhook(projectId="WEB", events=asked)
        ticket = await new_ticket(projectId="SEC", title="Secret")
        await jane.put(f"/api/tickets/{ticket['id']}", {"projectId": "WEB", "title": "Open"})
        [delivery] = await settled(part, "delivered")
        sent = msgspec.json.decode(delivery["request"]["body"])["data"]
        assert sent["changes"]["title"] == [None, "Open"]
        assert {old for old, _ in sent["changes"].values()} == {None}
        assert sent["ticket"]["title"] == "Open"
        [delivery] = await settled(whole, "delivered")
        assert msgspec.json.decode(delivery["request"]["body"])["data"]["changes"]["title"] == ["Secret", "Open"]

    async def test_it_is_not_told_what_a_ticket_is_in_another(
        self,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        jane: Client,
        receiver: Receiver,
        settled: AsyncCall[Any],
        db: Database,
    ) -> None:
        part = await new_webhook(projectId="WEB", events=["comment.created"])
        ticket = await new_ticket(title="Open")
        at = f"/api/tickets/{ticket['id']}"
        comment = (await jane.post(f"{at}/comments", {"content": "Open"})).data
        await jane.put(at, {"projectId": "SEC", "title": "Secret"})
        await jane.put(f"{at}/comments/{comment['id']}", {"content": "Secret"})
        async with running_delivery_worker(db, HERE):
            [delivery] = await settled(part, "delivered")
        sent = msgspec.json.decode(delivery["request"]["body"])["data"]
        assert (sent["ticket"], sent["comment"]) == (None, None)
        assert sent["changes"]["content"] == [None, "Open"]
