"""The routes of webhooks: who may, what they take, what they give."""

from typing import Any

import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People

HOOK = {"url": "https://example.com/hook", "events": ["ticket.created"]}


class TestCreate:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().post("/api/webhooks", HOOK)).status == 401

    async def test_outsider_sees_no_place(self, client: People) -> None:
        for field, value in [("workspaceId", "workspace_789"), ("projectId", "project_456")]:
            reply = await client("eve").post("/api/webhooks", {**HOOK, field: value})
            unknown = await client("eve").post("/api/webhooks", {**HOOK, field: "none"})
            assert (reply.status, reply.body) == (400, unknown.body)

    async def test_only_administrators_may(self, client: People) -> None:
        statuses = {}
        for who in ("victor", "mia", "jane", "john", "ada", "root"):
            in_workspace = await client(who).post("/api/webhooks", {**HOOK, "workspaceId": "workspace_789"})
            in_project = await client(who).post("/api/webhooks", {**HOOK, "projectId": "project_sec"})
            statuses[who] = (in_workspace.status, in_project.status)
        assert statuses == {
            "victor": (403, 400), "mia": (403, 400), "jane": (403, 403), "john": (403, 201), "ada": (201, 201),
            "root": (201, 201),
        }  # fmt: skip

    async def test_the_secret_is_shown_once(self, ada: Client, recorded: Recorded) -> None:
        reply = await ada.post("/api/webhooks", {**HOOK, "description": " Chat ", "projectId": "web"})
        made = reply.data
        secret = made.pop("secret")
        assert (reply.status, reply.headers["location"]) == (201, f"/api/webhooks/{made['id']}")
        assert secret.startswith("whsec_")
        assert (made["url"], made["events"], made["description"]) == (HOOK["url"], HOOK["events"], "Chat")
        assert (made["enabled"], made["state"], made["createdBy"]) == (True, "active", "user_ada")
        assert (made["workspaceId"], made["projectId"]) == ("workspace_789", "project_456")
        for shown in (await ada.get(f"/api/webhooks/{made['id']}"), await ada.get("/api/webhooks")):
            assert secret not in str(shown.body)
        assert (await ada.get(f"/api/webhooks/{made['id']}")).data == made
        [(kind, changes)] = await recorded(made["id"])
        assert (kind, changes["url"]) == ("webhook.created", [None, "https://example.com/…"])
        assert "secret" not in changes

    async def test_without_a_place_it_is_for_the_first_workspace(self, ada: Client) -> None:
        assert (await ada.post("/api/webhooks", HOOK)).data["workspaceId"] == "workspace_789"

    async def test_every_event_is_one_star(self, ada: Client) -> None:
        reply = await ada.post("/api/webhooks", {**HOOK, "events": ["ticket.created", "*", "ticket.created"]})
        assert reply.data["events"] == ["*"]

    @pytest.mark.parametrize(
        ("events", "problem"),
        [
            ([], "Name at least one event type, or * for every one"),
            (["tickets.created"], "Unknown event type: tickets.created (did you mean ticket.created?)"),
            (["ticket.created", "qqq"], "Unknown event type: qqq"),
            (["webhook.pinged"], "Unknown event type: webhook.pinged"),
            ("*", "Must be a list"),
        ],
    )
    async def test_unknown_events_are_refused_with_the_nearest_name(
        self, ada: Client, events: Any, problem: str
    ) -> None:
        reply = await ada.post("/api/webhooks", {**HOOK, "events": events})
        assert reply.status == 400
        assert reply.details["events"][0].startswith(problem)

    async def test_everything_wrong_is_said_at_once(self, ada: Client) -> None:
        body = {"url": "http://10.0.0.1/", "events": [], "secret": "short", "projectId": "none", "colour": "red"}
        reply = await ada.post("/api/webhooks", body)
        assert reply.status == 400
        assert set(reply.details) == {"url", "events", "secret", "projectId", "colour"}

    @pytest.mark.parametrize("secret", ["", "short", "whsec_", "whsec_!!!", "whsec_c2hvcnQ=", "x" * 257, "é" * 20])
    async def test_weak_secrets_are_refused(self, ada: Client, secret: str) -> None:
        reply = await ada.post("/api/webhooks", {**HOOK, "secret": secret})
        assert (reply.status, list(reply.details)) == (400, ["secret"])

    async def test_a_place_has_so_many_at_most(self, ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("codimir.webhooks.actions.MAX_IN_A_PLACE", 1)
        assert (await ada.post("/api/webhooks", HOOK)).status == 201
        assert (await ada.post("/api/webhooks", HOOK)).status == 409
        assert (await ada.post("/api/webhooks", {**HOOK, "projectId": "web"})).status == 201


class TestRead:
    async def test_each_sees_what_they_manage(self, client: People, ada: Client) -> None:
        for place in ({"workspaceId": "workspace_789"}, {"projectId": "project_456"}, {"projectId": "project_sec"}):
            assert (await ada.post("/api/webhooks", {**HOOK, **place})).status == 201
        totals = {who: (await client(who).get("/api/webhooks")).total for who in ("ada", "root", "john", "jane", "eve")}
        assert totals == {"ada": 3, "root": 3, "john": 1, "jane": 0, "eve": 0}
        filtered = await ada.get("/api/webhooks", project="project_sec")
        assert [each["projectId"] for each in filtered.data] == ["project_sec"]
        assert (await ada.get("/api/webhooks", workspace="workspace_globex")).total == 0

    async def test_who_only_reads_on_the_instance_manages_nothing(
        self, client: People, ada: Client, set_user: AsyncCall[None]
    ) -> None:
        await ada.post("/api/webhooks", HOOK)
        await ada.post("/api/webhooks", {**HOOK, "projectId": "project_sec"})
        for who in ("ada", "john"):
            await set_user(who, role="VIEWER")
            assert (await client(who).get("/api/webhooks")).total == 0

    async def test_one_is_hidden_from_outsiders_and_refused_to_members(self, client: People, ada: Client) -> None:
        made = (await ada.post("/api/webhooks", {**HOOK, "projectId": "project_sec"})).data
        for path in ("", "/deliveries"):
            outside = await client("eve").get(f"/api/webhooks/{made['id']}{path}")
            unknown = await client("eve").get(f"/api/webhooks/webhook_none{path}")
            assert (outside.status, outside.body) == (404, unknown.body)
            assert (await client("mia").get(f"/api/webhooks/{made['id']}{path}")).status == 404
            assert (await client("jane").get(f"/api/webhooks/{made['id']}{path}")).status == 403
            assert (await client("john").get(f"/api/webhooks/{made['id']}{path}")).status == 200

    async def test_a_delivery_of_another_webhook_is_not_found(self, ada: Client) -> None:
        first, second = [(await ada.post("/api/webhooks", HOOK)).data["id"] for _ in range(2)]
        ping = (await ada.post(f"/api/webhooks/{first}/ping")).data
        assert (await ada.get(f"/api/webhooks/{first}/deliveries/{ping['id']}")).data == ping
        assert (await ada.get(f"/api/webhooks/{second}/deliveries/{ping['id']}")).status == 404
        assert (await ada.post(f"/api/webhooks/{second}/deliveries/{ping['id']}/resend")).status == 404

    async def test_deliveries_come_in_pages_by_state(self, ada: Client) -> None:
        made = (await ada.post("/api/webhooks", HOOK)).data["id"]
        pings = [(await ada.post(f"/api/webhooks/{made}/ping")).data["id"] for _ in range(3)]
        page = await ada.get(f"/api/webhooks/{made}/deliveries", limit=2, state="pending,sending")
        assert ([each["id"] for each in page.data], page.total) == (pings[:0:-1], 3)
        assert (await ada.get(f"/api/webhooks/{made}/deliveries", state="failed")).total == 0
        assert (await ada.get(f"/api/webhooks/{made}/deliveries", state="lost")).status == 400


class TestChange:
    async def test_fields_that_are_given_change(self, ada: Client, recorded: Recorded) -> None:
        made = (await ada.post("/api/webhooks", HOOK)).data
        del made["secret"]
        path = f"/api/webhooks/{made['id']}"
        assert (await ada.put(path, {})).data == made
        changed = await ada.put(path, {"url": "https://example.org/secret-path", "description": "New"})
        assert changed.data == {
            **made, "url": "https://example.org/secret-path", "description": "New",
            "updatedAt": changed.data["updatedAt"],
        }  # fmt: skip
        assert (await recorded(made["id"]))[1:] == [
            (
                "webhook.updated",
                {"url": ["https://example.com/…", "https://example.org/…"], "description": [None, "New"]},
            )
        ]

    async def test_wrong_addresses_and_fields_are_refused(self, ada: Client) -> None:
        made = (await ada.post("/api/webhooks", HOOK)).data
        reply = await ada.put(f"/api/webhooks/{made['id']}", {"url": "http://[::]/", "workspaceId": "workspace_789"})
        assert (reply.status, set(reply.details)) == (400, {"url", "workspaceId"})
        assert (await ada.put(f"/api/webhooks/{made['id']}", {"url": "http://192.168.1.1/"})).status == 400

    async def test_members_may_not(self, client: People, ada: Client) -> None:
        path = f"/api/webhooks/{(await ada.post('/api/webhooks', HOOK)).data['id']}"
        jane, eve = client("jane"), client("eve")
        for who, status in ((jane, 403), (eve, 404), (client(), 401)):
            replies = [
                await who.put(path, {"enabled": False}), await who.delete(path), await who.post(f"{path}/rotate"),
                await who.post(f"{path}/resume"), await who.post(f"{path}/ping"),
                await who.post(f"{path}/deliveries/delivery_none/resend"),
            ]  # fmt: skip
            assert [reply.status for reply in replies] == [status] * 6

    async def test_a_deleted_one_is_gone(self, ada: Client, recorded: Recorded) -> None:
        made = (await ada.post("/api/webhooks", HOOK)).data["id"]
        assert (await ada.delete(f"/api/webhooks/{made}")).status == 204
        assert (await ada.get(f"/api/webhooks/{made}")).status == 404
        assert (await ada.get("/api/webhooks")).total == 0
        assert [kind for kind, _ in await recorded(made)] == ["webhook.created", "webhook.deleted"]

    async def test_rotation_shows_the_new_secret_and_until_when_the_old_one_signs(
        self, ada: Client, recorded: Recorded
    ) -> None:
        made = (await ada.post("/api/webhooks", HOOK)).data
        reply = await ada.post(f"/api/webhooks/{made['id']}/rotate")
        assert reply.status == 200
        assert reply.data["secret"] not in (None, made["secret"])
        assert reply.data["previousSecretUntil"] > reply.data["updatedAt"]
        assert (await recorded(made["id"]))[1:] == [("webhook.secret_rotated", {})]

    async def test_resuming_what_runs_changes_nothing(self, ada: Client, recorded: Recorded) -> None:
        made = (await ada.post("/api/webhooks", HOOK)).data["id"]
        assert (await ada.post(f"/api/webhooks/{made}/resume")).status == 200
        assert len(await recorded(made)) == 1
