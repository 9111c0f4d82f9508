"""What happens is sent to who asked for it."""

import hashlib
import hmac
from typing import Any

from standardwebhooks import Webhook as Verifier

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class TestDelivery:
    async def test_a_created_ticket_is_sent_signed(
        self, courier: None, new_webhook: Any, new_ticket: Any, receiver: Any, settled: Any
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
        self, courier: None, new_webhook: Any, new_ticket: Any, receiver: Any
    ) -> None:
        secret = "your-webhook-secret"
        await new_webhook(secret=secret)
        await new_ticket()
        [request] = await receiver.got(1)
        expected = "sha256=" + hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
        assert request.headers["x-codimir-signature"] == expected
        Verifier(secret.encode()).verify(request.body, request.headers)
