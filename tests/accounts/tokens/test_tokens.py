"""API tokens: made, used and revoked by their owner, held to their scopes and their workspace."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.app import ROUTES
from codimir.authentication.token_uses import TokenUses
from codimir.config import Settings
from codimir.database.core import Database, Unavailable
from codimir.database.forwarding import ForwardingDatabase
from codimir.database.statements import Statement, update_by_id
from codimir.kit.clock import utc_now
from codimir.model.authentication import api_tokens
from codimir.model.workspaces import workspace_members
from codimir.notifications.fanout import read_log
from tests.apps import RunApp
from tests.calls import AsyncCall, Call
from tests.cast import FAR_AHEAD, LONG_AGO, PEOPLE
from tests.clients import Client, People
from tests.prose import mentions_in

PATH = "/api/user/tokens"
FOREIGN = re.compile("evil|globex|henchmen", re.IGNORECASE)


@pytest.fixture
def new_token(client: People) -> AsyncCall[Any]:
    """Make a token of someone's and give it: `new_token("jane", scopes=["read"])`."""

    async def make(who: str = "jane", **fields: Any) -> Any:
        reply = await client(who).post(PATH, {"name": "ci", "scopes": ["admin"], **fields})
        assert reply.status == 201, reply.body
        return reply.data

    return make


@pytest.fixture
def program(app: Litestar) -> Call[Client]:
    """Make a client that comes with a token."""

    def make(token: str, of: Any = app) -> Client:
        return Client(of, {"authorization": f"Bearer {token}"})

    return make


@pytest.fixture
def stored(db: Database) -> AsyncCall[Any]:
    async def read() -> Any:
        return await db.read(lambda tx: tx.fetch_all(Statement(sa.select(api_tokens))))

    return read


@pytest.fixture
def leave(db: Database) -> AsyncCall[None]:
    """Take someone out of a workspace as data."""
    members = workspace_members.c
    statement = Statement(
        sa.delete(workspace_members).where(
            members.user_id == sa.bindparam("user"), members.workspace_id == sa.bindparam("workspace")
        )
    )

    async def remove(who: str, workspace_id: str) -> None:
        await db.write(lambda tx: tx.execute(statement, user=PEOPLE[who][0], workspace=workspace_id))

    return remove


@pytest.fixture
def set_token(db: Database) -> AsyncCall[None]:
    async def change(token_id: str, **columns: Any) -> None:
        await db.write(lambda tx: tx.execute(update_by_id(api_tokens, frozenset(columns)), row_id=token_id, **columns))

    return change


class Full(ForwardingDatabase):
    """A database without room, which counts how often it is asked to write."""

    times = 0

    async def write(self, _unit: Any) -> Any:
        self.times += 1
        raise Unavailable("no room")


class TestCreate:
    async def test_anonymous_cannot(self, client: People) -> None:
        assert (await client().post(PATH, {"name": "ci", "scopes": ["read"]})).status == 401

    async def test_token_is_shown_once_and_stored_as_a_hash(
        self, jane: Client, new_token: AsyncCall[Any], stored: AsyncCall[Any]
    ) -> None:
        made = await new_token(scopes=["write", "read"], expiresAt="2200-01-01T00:00:00Z")
        assert made["token"].startswith("codimir_")
        assert (made["scopes"], made["expiresAt"], made["lastUsedAt"]) == (
            ["read", "write"],
            "2200-01-01T00:00:00Z",
            None,
        )
        listed = (await jane.get(PATH)).body
        assert listed["data"] == [{name: value for name, value in made.items() if name != "token"}]
        assert listed["pagination"]["total"] == 1
        assert made["token"] not in str(await stored())

    async def test_everything_wrong_is_named_at_once(self, jane: Client) -> None:
        body = {"name": " ", "scopes": ["root"], "workspaceId": "workspace_globex", "expiresAt": "2020-01-01T00:00:00Z"}
        assert (await jane.post(PATH, body)).details.keys() == body.keys()
        assert (await jane.post(PATH, {"name": "a", "scopes": []})).details.keys() == {"scopes"}

    async def test_others_and_missing_workspaces_look_the_same(self, jane: Client) -> None:
        replies = [
            await jane.post(PATH, {"name": "a", "scopes": ["read"], "workspaceId": workspace})
            for workspace in ("workspace_globex", "workspace_none")
        ]
        assert replies[0].status == 400
        assert replies[0].body == replies[1].body

    @pytest.mark.parametrize("field", ["userId", "tokenHash", "id", "token", "createdAt", "lastUsedAt", "role"])
    async def test_nothing_else_can_be_said(self, jane: Client, field: str) -> None:
        assert (await jane.post(PATH, {"name": "a", "scopes": ["read"], field: "user_root"})).status == 400


class TestScopes:
    async def test_each_holds_those_before_it(self, new_token: AsyncCall[Any], program: Call[Client]) -> None:
        allowed = {}
        for scope in ("read", "write", "admin"):
            client = program((await new_token(scopes=[scope]))["token"])
            allowed[scope] = [
                (await client.get("/api/tickets")).status,
                (await client.post("/api/tickets", {"title": "a"})).status,
                (await client.get(PATH)).status,
            ]
        assert allowed == {"read": [200, 403, 403], "write": [200, 201, 403], "admin": [200, 201, 200]}

    async def test_reader_changes_nothing(
        self, new_token: AsyncCall[Any], program: Call[Client], new_ticket: AsyncCall[Any], jane: Client
    ) -> None:
        ticket, client = await new_ticket(), program((await new_token(scopes=["read"]))["token"])
        path = f"/api/tickets/{ticket['id']}"
        for method, tail in (
            ("PUT", ""),
            ("PATCH", ""),
            ("DELETE", ""),
            ("POST", "/comments"),
            ("POST", "/attachments"),
        ):
            reply = await client.request(method, path + tail, {})
            assert (reply.status, reply.error["message"]) == (403, "This token lacks the scope write")
        assert (await jane.get(path)).data == ticket

    async def test_scope_gives_nothing_that_its_owner_lacks(
        self, new_token: AsyncCall[Any], program: Call[Client], new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        client = program((await new_token("victor"))["token"])
        assert (await client.delete(f"/api/tickets/{ticket['id']}")).status == 403


class TestBound:
    async def test_administrator_sees_that_workspace_alone(
        self,
        client: People,
        new_token: AsyncCall[Any],
        program: Call[Client],
        new_ticket: AsyncCall[Any],
        join: AsyncCall[None],
    ) -> None:
        await new_ticket()
        await client("eve").post("/api/tickets", {"title": "Evil plan", "projectId": "project_evil"})
        await join("root", "MEMBER", "workspace_globex")
        await join("root", "MEMBER", "workspace_789")
        bound = program((await new_token("root", workspaceId="workspace_789"))["token"])
        assert [ticket["key"] for ticket in (await bound.get("/api/tickets")).data] == ["WEB-1"]
        assert (await bound.get("/api/tickets/stats")).data["total"] == 1
        assert (await bound.get("/api/tickets/search", q="plan")).data == []
        foreign, missing = await bound.get("/api/tickets/EVIL-1"), await bound.get("/api/tickets/EVIL-9")
        assert (foreign.status, foreign.response.content) == (404, missing.response.content)
        assert (await bound.get("/api/tickets", project="project_evil")).status == 400
        assert (await bound.get("/api/tickets", workspace="workspace_globex")).status == 400
        assert (await bound.post("/api/tickets", {"title": "a", "projectId": "EVIL"})).status == 400
        free = await client("root").get("/api/tickets")
        assert free.total == 2

    async def test_nothing_that_it_can_read_names_another_workspace(
        self, client: People, new_token: AsyncCall[Any], program: Call[Client], join: AsyncCall[None]
    ) -> None:
        await client("eve").post("/api/tickets", {"title": "Evil plan", "projectId": "project_evil"})
        await join("root", "OWNER", "workspace_globex")
        await join("root", "OWNER", "workspace_789")
        bound, free = program((await new_token("root", workspaceId="workspace_789"))["token"]), client("root")
        paths = [route.path for route in ROUTES if "GET" in route.methods and not route.path_names]
        for path in paths:
            if not path.endswith("/stream"):
                reply = await bound.get(path, **({"q": "evil"} if path.endswith("search") else {}))
                assert reply.status in (200, 400, 403), path
                assert not FOREIGN.search(reply.response.text), path
        assert FOREIGN.search((await free.get("/api/tickets")).response.text)

    async def test_it_sees_nothing_once_its_owner_has_left(
        self, new_token: AsyncCall[Any], program: Call[Client], leave: AsyncCall[None], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        bound = program((await new_token(workspaceId="workspace_789"))["token"])
        assert (await bound.get("/api/tickets")).total == 1
        await leave("jane", "workspace_789")
        assert (await bound.get("/api/tickets")).total == 0
        assert (await bound.get("/api/tickets/WEB-1")).status == 404

    async def test_it_manages_no_tokens(self, new_token: AsyncCall[Any], program: Call[Client], jane: Client) -> None:
        made = await new_token(workspaceId="workspace_789")
        bound = program(made["token"])
        replies = [
            await bound.get(PATH),
            await bound.post(PATH, {"name": "free", "scopes": ["admin"]}),
            await bound.delete(f"{PATH}/{made['id']}"),
        ]
        assert [reply.status for reply in replies] == [403, 403, 403]
        assert (await jane.get(PATH)).total == 1

    async def test_it_changes_nothing_that_is_of_all_workspaces(
        self, client: People, jane: Client, new_token: AsyncCall[Any], program: Call[Client], join: AsyncCall[None]
    ) -> None:
        await join("jane", "MEMBER", "workspace_globex")
        before = (await jane.get("/api/user/profile")).data, (await jane.get("/api/user/preferences")).data
        bound = program((await new_token(workspaceId="workspace_789"))["token"])
        replies = [
            await bound.put("/api/user/profile", {"name": "Renamed"}),
            await bound.put("/api/user/preferences", {"theme": "dark"}),
            await bound.delete("/api/user/picture"),
        ]
        assert [(reply.status, reply.error["message"]) for reply in replies] == [
            (403, "A token of one workspace cannot change anything outside it")
        ] * 3
        assert ((await jane.get("/api/user/profile")).data, (await jane.get("/api/user/preferences")).data) == before

    async def test_it_reads_no_notifications_of_another_workspace(
        self,
        client: People,
        db: Database,
        jane: Client,
        new_token: AsyncCall[Any],
        program: Call[Client],
        join: AsyncCall[None],
        new_ticket: AsyncCall[Any],
    ) -> None:
        await join("jane", "MEMBER", "workspace_globex")
        other = {"title": "a", "workspaceId": "workspace_globex", "assigneeId": "user_101"}
        assert (await client("eve").post("/api/tickets", other)).status == 201
        ticket = {"title": "b", "projectId": "WEB", "assigneeId": "user_101"}
        assert (await client("john").post("/api/tickets", ticket)).status == 201
        await read_log(db, mentions_in, mails=False)
        by_workspace = {each["workspaceId"]: each["id"] for each in (await jane.get("/api/notifications")).body["data"]}
        bound = program((await new_token(workspaceId="workspace_789"))["token"])
        reply = await bound.post("/api/notifications/read", {"ids": [by_workspace["workspace_globex"]]})
        assert (reply.status, list(reply.details)) == (400, ["ids"])
        assert (await bound.post("/api/notifications/read", {"all": True})).data == {"read": 1, "unread": 0}
        assert (await jane.get("/api/notifications")).body["unread"] == 1
        assert (await jane.post("/api/notifications/read", {"all": True})).data == {"read": 1, "unread": 0}

    async def test_it_gets_no_reply_that_its_owner_got_elsewhere(
        self, jane: Client, new_token: AsyncCall[Any], program: Call[Client], join: AsyncCall[None]
    ) -> None:
        await join("jane", "MEMBER", "workspace_globex")
        body, key = {"title": "Plan", "workspaceId": "workspace_globex"}, {"idempotency-key": "a"}
        assert (await jane.request("POST", "/api/tickets", body, headers=key)).status == 201
        bound = program((await new_token(workspaceId="workspace_789"))["token"])
        reply = await bound.request("POST", "/api/tickets", body, headers=key)
        assert (reply.status, list(reply.details)) == (400, ["workspaceId"])
        again = await jane.request("POST", "/api/tickets", body, headers=key)
        assert (again.status, again.headers["idempotent-replayed"]) == (201, "true")
        free = program((await new_token())["token"])
        assert (await free.request("POST", "/api/tickets", body, headers=key)).headers["idempotent-replayed"] == "true"


class TestPageOfAnInvitation:
    @pytest.mark.parametrize(("scope", "status"), [("read", 403), ("write", 403), ("admin", 303)])
    async def test_it_asks_for_the_scope_that_the_api_asks_for(
        self, client: People, new_token: AsyncCall[Any], program: Call[Client], scope: str, status: int
    ) -> None:
        invited = await client("eve").post("/api/workspaces/workspace_globex/invitations", {"email": "x@example.com"})
        link = invited.data["url"].rpartition("/")[2]
        made = program((await new_token(scopes=[scope]))["token"])
        response = await made.http.post(f"/invite/{link}/accept")
        assert response.status_code == status
        listed = await client("jane").get("/api/workspaces")
        assert ("workspace_globex" in {each["id"] for each in listed.data}) is (status == 303)


class TestRevoke:
    async def test_next_request_is_refused_by_every_server(
        self, jane: Client, new_token: AsyncCall[Any], program: Call[Client], settings: Settings, run_app: RunApp
    ) -> None:
        made = await new_token()
        async with run_app(settings, has_cast=False, delivers=True) as another:
            here, there = program(made["token"]), program(made["token"], another)
            assert [(await each.get("/api/tickets")).status for each in (here, there)] == [200, 200]
            assert (await jane.delete(f"{PATH}/{made['id']}")).status == 204
            assert [(await each.get("/api/tickets")).status for each in (here, there)] == [401, 401]
        assert (await jane.get(PATH)).total == 0

    async def test_others_and_missing_look_the_same(
        self, client: People, new_token: AsyncCall[Any], program: Call[Client]
    ) -> None:
        made = await new_token()
        for who in ("john", "root", "eve"):
            theirs = await client(who).delete(f"{PATH}/{made['id']}")
            nobodys = await client(who).delete(f"{PATH}/token_none")
            assert (theirs.status, theirs.response.content) == (404, nobodys.response.content)
        assert (await program(made["token"]).get("/api/tickets")).status == 200

    async def test_twice_is_not_found(self, jane: Client, new_token: AsyncCall[Any]) -> None:
        path = f"{PATH}/{(await new_token())['id']}"
        assert [(await jane.delete(path)).status for _ in range(2)] == [204, 404]


class TestUse:
    async def test_expired_one_is_refused(
        self, new_token: AsyncCall[Any], program: Call[Client], set_token: AsyncCall[None]
    ) -> None:
        made = await new_token()
        await set_token(made["id"], expires_at=utc_now() - timedelta(seconds=1))
        assert (await program(made["token"]).get("/api/tickets")).status == 401
        await set_token(made["id"], expires_at=FAR_AHEAD)
        assert (await program(made["token"]).get("/api/tickets")).status == 200

    async def test_one_of_a_disabled_person_is_refused(
        self, new_token: AsyncCall[Any], program: Call[Client], set_user: AsyncCall[None]
    ) -> None:
        made = await new_token()
        await set_user("jane", disabled_at=LONG_AGO)
        assert (await program(made["token"]).get("/api/tickets")).status == 401

    async def test_last_use_is_kept_to_the_minute(
        self, app: Litestar, jane: Client, new_token: AsyncCall[Any], program: Call[Client], set_token: AsyncCall[None]
    ) -> None:
        made = await new_token()

        async def last_used() -> Any:
            for _ in range(3):
                await program(made["token"]).get("/api/tickets")
            await app.state.token_uses.close()
            return (await jane.get(PATH)).data[0]["lastUsedAt"]

        first = await last_used()
        assert first is not None
        assert await last_used() == first
        await set_token(made["id"], last_used_at=LONG_AGO)
        assert await last_used() > first

    async def test_last_use_that_cannot_be_written_is_left_alone_for_a_while(
        self, db: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        full = Full(db)
        uses = TokenUses(full)
        for _ in range(50):
            uses.note("hash", None, LONG_AGO)
            await uses.close()
        assert (full.times, caplog.messages) == (1, ["when tokens were last used is not written: no room"])

    async def test_foreign_page_is_no_matter_to_it(self, new_token: AsyncCall[Any], program: Call[Client]) -> None:
        client = program((await new_token())["token"])
        headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert (await client.request("POST", "/api/tickets", {"title": "a"}, headers=headers)).status == 201

    async def test_wrong_token_is_not_rescued_by_a_cookie(self, client: People) -> None:
        headers = {"authorization": "Bearer codimir_wrong"}
        assert (await client("jane").request("GET", "/api/tickets", headers=headers)).status == 401
