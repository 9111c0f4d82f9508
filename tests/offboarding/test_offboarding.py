"""What people started ends with the rights that it stands on, in whichever order those go."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.authentication.tokens import start_session
from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.model.users import users
from codimir.model.workspaces import workspace_members
from tests.calls import AsyncCall, Recorded, RowCounts
from tests.clients import Client, People

ACME, MEMBERS = "/api/workspaces/workspace_789", "/api/workspaces/workspace_789/members"
NEWCOMER = {"name": "Grace Hopper", "password": "correct horse"}
HOOK = {"url": "https://hooks.example.com/x", "events": ["*"], "workspaceId": "workspace_789"}
MAY_NOT = "Whoever invited you may not invite people here any more; ask somebody there for another invitation"


@pytest.fixture
async def mia(client: People) -> Client:
    """Mia, made an administrator of Acme by Ada."""
    assert (await client("ada").put(f"{MEMBERS}/user_mia", {"role": "ADMIN"})).status == 200
    return client("mia")


@pytest.fixture
def invite(mia: Client) -> AsyncCall[str]:
    """Let Mia invite someone into Acme; give the path of the link in the API."""

    async def make(email: str = "grace@example.com", role: str = "ADMIN") -> str:
        reply = await mia.post(f"{ACME}/invitations", {"email": email, "role": role})
        assert reply.status == 201, reply.body
        return f"/api/invitations/{reply.data['url'].rpartition('/')[2]}"

    return make


@pytest.fixture
def hook(client: People, mia: Client) -> AsyncCall[str]:
    """Let someone make a webhook; give its id."""

    async def make(who: str = "mia", **fields: Any) -> str:
        reply = await client(who).post("/api/webhooks", {**HOOK, **fields})
        assert reply.status == 201, reply.body
        return str(reply.data["id"])

    return make


@pytest.fixture
def state_of(client: People) -> AsyncCall[Any]:
    """Give the state of a webhook, why it is stopped, and who confirmed it."""

    async def read(webhook_id: str) -> Any:
        found = (await client("root").get(f"/api/webhooks/{webhook_id}")).data
        return found["state"], found["stoppedBecause"], found["confirmedBy"]

    return read


@pytest.fixture
def behind_the_back(db: Database) -> AsyncCall[None]:
    """Take someone's rights past every verb, as another program or an older version would."""

    async def run(statement: Any) -> None:
        await db.write(lambda tx: tx.execute(Statement(statement)))

    return run


@pytest.fixture
def let_in_again(client: People, db: Database) -> AsyncCall[Any]:
    """Enable someone's account, which may be disabled, and sign them in anew."""

    async def run(who: str) -> Any:
        user_id = f"user_{who}"
        assert (await client("root").put(f"/api/users/{user_id}", {"disabled": False})).status == 200
        token, _ = await db.write(lambda tx: start_session(tx, user_id))
        anew = client()
        anew.http.headers["cookie"] = f"next-auth.session-token={token}"
        return anew

    return run


ADA_REMOVES = ("ada", "DELETE", f"{MEMBERS}/user_mia", None)
MIA_LEAVES = ("mia", "DELETE", f"{MEMBERS}/user_mia", None)
ADA_DEMOTES = ("ada", "PUT", f"{MEMBERS}/user_mia", {"role": "MEMBER"})
ROOT_DISABLES = ("root", "PUT", "/api/users/user_mia", {"disabled": True})
ROOT_MAKES_VIEWER = ("root", "PUT", "/api/users/user_mia", {"role": "VIEWER"})
WAYS = [ADA_REMOVES, MIA_LEAVES, ADA_DEMOTES, ROOT_DISABLES, ROOT_MAKES_VIEWER]
NAMES = ["removed", "left", "demoted", "disabled", "made a viewer"]


async def lose(client: Any, way: Any) -> None:
    who, method, path, body = way
    reply = await client(who).request(method, path, body)
    assert reply.status in (200, 204), reply.body


@pytest.mark.parametrize("way", WAYS, ids=NAMES)
class TestEveryWay:
    async def test_invitations_are_withdrawn_and_it_is_told(
        self, client: People, invite: AsyncCall[str], recorded: Recorded, way: Any
    ) -> None:
        path = await invite()
        [waiting] = (await client("ada").get(f"{ACME}/invitations")).data
        await lose(client, way)
        assert (await client().get(path)).status == 404
        assert (await client("eve").post(f"{path}/accept")).status == 404
        assert (await client().post(f"{path}/join", NEWCOMER)).status == 404
        assert (await client("ada").get(f"{ACME}/invitations")).total == 0
        assert [type_ for type_, _ in await recorded(waiting["id"])] == ["member.invited", "invitation.deleted"]

    async def test_nobody_comes_back_by_an_invitation_of_their_own(
        self, client: People, invite: AsyncCall[str], way: Any
    ) -> None:
        path = await invite("second.mia@example.com")
        await lose(client, way)
        assert (await client("mia").post(f"{path}/accept")).status in (401, 404)
        roles = {each["userId"]: each["role"] for each in (await client("ada").get(MEMBERS)).data}
        assert roles.get("user_mia") not in ("OWNER", "ADMIN") or way in (ROOT_DISABLES, ROOT_MAKES_VIEWER)

    async def test_webhooks_wait_for_another_administrator(
        self, client: People, hook: AsyncCall[str], state_of: AsyncCall[Any], recorded: Recorded, way: Any
    ) -> None:
        webhook_id = await hook()
        await lose(client, way)
        assert await state_of(webhook_id) == ("paused", "unconfirmed", None)
        assert (await recorded(webhook_id))[-1][0] == "webhook.paused"
        assert (await client("ada").post(f"/api/webhooks/{webhook_id}/resume")).status == 200
        assert await state_of(webhook_id) == ("active", None, "user_ada")

    async def test_what_others_started_stays(
        self,
        client: People,
        hook: AsyncCall[str],
        state_of: AsyncCall[Any],
        mia: Client,
        way: Any,
    ) -> None:
        webhook_id = await hook("ada")
        reply = await client("ada").post(f"{ACME}/invitations", {"email": "grace@example.com"})
        await lose(client, way)
        assert await state_of(webhook_id) == ("active", None, None)
        assert (await client().get(f"/api/invitations/{reply.data['url'].rpartition('/')[2]}")).status == 200

    async def test_a_kept_reply_is_not_shown_again_and_nothing_is_done_twice(
        self, client: People, mia: Client, way: Any, row_counts: RowCounts, let_in_again: AsyncCall[Any]
    ) -> None:
        new, key = {"email": "grace@example.com"}, {"idempotency-key": "once"}
        await mia.request("POST", f"{ACME}/invitations", new, headers=key)
        await lose(client, way)
        before = await row_counts()
        again = await (await let_in_again("mia")).request("POST", f"{ACME}/invitations", new, headers=key)
        assert again.status == 403
        assert "url" not in str(again.body)
        assert (await row_counts())["invitations"] == before["invitations"]


class TestDemotedByOneStep:
    async def test_what_they_may_still_do_stays(self, client: People, db: Database, state_of: AsyncCall[Any]) -> None:
        await client("ada").put(f"{MEMBERS}/user_mia", {"role": "OWNER"})
        mia = client("mia")
        webhook_id = (await mia.post("/api/webhooks", HOOK)).data["id"]
        paths = {}
        for role in ("OWNER", "ADMIN", "MEMBER"):
            made = await mia.post(f"{ACME}/invitations", {"email": f"{role}@example.com", "role": role})
            paths[role] = f"/api/invitations/{made.data['url'].rpartition('/')[2]}"
        await client("ada").put(f"{MEMBERS}/user_mia", {"role": "ADMIN"})
        statuses = {role: (await client().get(path)).status for role, path in paths.items()}
        assert statuses == {"OWNER": 404, "ADMIN": 200, "MEMBER": 200}
        assert await state_of(webhook_id) == ("active", None, None)

    async def test_more_rights_end_nothing(
        self, client: People, invite: AsyncCall[str], hook: AsyncCall[str], state_of: AsyncCall[Any]
    ) -> None:
        path, webhook_id = await invite(), await hook()
        await client("ada").put(f"{MEMBERS}/user_mia", {"role": "OWNER"})
        assert (await client().get(path)).status == 200
        assert await state_of(webhook_id) == ("active", None, None)


class TestWhatIsLookedAtWhenItIsUsed:
    """Rights that went past every verb are missed all the same."""

    async def test_an_invitation_of_someone_who_may_not_invite(
        self, client: People, invite: AsyncCall[str], behind_the_back: AsyncCall[None]
    ) -> None:
        path = await invite()
        await behind_the_back(sa.delete(workspace_members).where(workspace_members.c.user_id == "user_mia"))
        for reply in (
            await client().get(path),
            await client("eve").post(f"{path}/accept"),
            await client("mia").post(f"{path}/accept"),
            await client().post(f"{path}/join", NEWCOMER),
        ):
            assert (reply.status, reply.error["message"]) == (403, MAY_NOT)

    async def test_an_invitation_is_worth_no_more_than_the_role_of_now(
        self, client: People, behind_the_back: AsyncCall[None]
    ) -> None:
        await client("ada").put(f"{MEMBERS}/user_mia", {"role": "OWNER"})
        made = await client("mia").post(f"{ACME}/invitations", {"email": "grace@example.com", "role": "OWNER"})
        path = f"/api/invitations/{made.data['url'].rpartition('/')[2]}"
        demoted = sa.update(workspace_members).where(workspace_members.c.user_id == "user_mia")
        await behind_the_back(demoted.values(role="ADMIN"))
        assert (await client().get(path)).data["role"] == "ADMIN"
        assert (await client("eve").post(f"{path}/accept")).data["role"] == "ADMIN"

    async def test_an_invitation_of_a_former_administrator_of_the_instance(
        self, client: People, behind_the_back: AsyncCall[None]
    ) -> None:
        made = await client("root").post(f"{ACME}/invitations", {"email": "grace@example.com", "role": "OWNER"})
        path = f"/api/invitations/{made.data['url'].rpartition('/')[2]}"
        await behind_the_back(sa.update(users).where(users.c.id == "user_root").values(role="EDITOR"))
        assert (await client().post(f"{path}/join", NEWCOMER)).status == 403


class TestProjects:
    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("DELETE", "/api/project/SEC/members/user_102", None),
            ("PUT", "/api/project/SEC/members/user_102", {"role": "MEMBER"}),
            ("DELETE", f"{MEMBERS}/user_102", None),
        ],
        ids=["out of the project", "less in the project", "out of the workspace"],
    )
    async def test_a_webhook_of_the_administrator_of_a_project(
        self, client: People, state_of: AsyncCall[Any], method: str, path: str, body: Any
    ) -> None:
        hook = {**HOOK, "workspaceId": None, "projectId": "SEC"}
        webhook_id = (await client("john").post("/api/webhooks", hook)).data["id"]
        assert (await client("ada").request(method, path, body)).status in (200, 204)
        assert await state_of(webhook_id) == ("paused", "unconfirmed", None)

    async def test_less_in_one_project_ends_nothing_of_another(
        self, client: People, state_of: AsyncCall[Any], join: AsyncCall[None]
    ) -> None:
        await client("ada").put("/api/project/WEB/members/user_102", {"role": "ADMIN"})
        hook = {**HOOK, "workspaceId": None, "projectId": "WEB"}
        webhook_id = (await client("john").post("/api/webhooks", hook)).data["id"]
        await client("ada").put("/api/project/SEC/members/user_102", {"role": "VIEWER"})
        assert await state_of(webhook_id) == ("active", None, None)

    async def test_giving_a_project_away_leaves_its_former_owner_an_administrator(
        self, client: People, state_of: AsyncCall[Any]
    ) -> None:
        mine = (await client("jane").post("/api/projects", {"name": "Mine"})).data["id"]
        hook = {**HOOK, "workspaceId": None, "projectId": mine}
        webhook_id = (await client("jane").post("/api/webhooks", hook)).data["id"]
        assert (await client("jane").put(f"/api/project/{mine}", {"ownerId": "user_mia"})).status == 200
        assert await state_of(webhook_id) == ("active", None, None)


class TestComingBack:
    async def test_re_added_people_find_nothing_alive(
        self, client: People, invite: AsyncCall[str], hook: AsyncCall[str], state_of: AsyncCall[Any]
    ) -> None:
        path, webhook_id = await invite(), await hook()
        await client("ada").delete(f"{MEMBERS}/user_mia")
        assert (await client("root").post(MEMBERS, {"userId": "user_mia", "role": "ADMIN"})).status == 201
        assert (await client().get(path)).status == 404
        assert (await state_of(webhook_id))[0] == "paused"

    async def test_invitations_to_who_is_removed_are_withdrawn_too(self, client: People) -> None:
        made = await client("ada").post(f"{ACME}/invitations", {"email": "EVE@example.com", "role": "ADMIN"})
        assert (await client("root").post(MEMBERS, {"userId": "user_eve"})).status == 201
        assert (await client("ada").delete(f"{MEMBERS}/user_eve")).status == 204
        path = f"/api/invitations/{made.data['url'].rpartition('/')[2]}"
        assert (await client("eve").post(f"{path}/accept")).status == 404

    async def test_an_enabled_account_has_neither_its_tokens_nor_its_sessions_nor_its_links(
        self, client: People, mia: Client
    ) -> None:
        token = (await mia.post("/api/user/tokens", {"name": "x", "scopes": ["read"]})).data["token"]
        link = (await client("root").post("/api/users/user_mia/reset-link")).data["url"].rpartition("/")[2]
        for disabled in (True, False):
            assert (await client("root").put("/api/users/user_mia", {"disabled": disabled})).status == 200
        by_token = await client().request("GET", "/api/tickets", headers={"authorization": f"Bearer {token}"})
        assert by_token.status == 401
        assert (await mia.get("/api/tickets")).status == 401
        assert (await client().get(f"/api/auth/reset/{link}")).status == 404

    async def test_a_token_of_a_workspace_ends_with_the_membership(self, client: People, mia: Client) -> None:
        tokens = {}
        for place in ("workspace_789", None):
            made = await mia.post("/api/user/tokens", {"name": "x", "scopes": ["read"], "workspaceId": place})
            tokens[place] = {"authorization": f"Bearer {made.data['token']}"}
        await client("ada").delete(f"{MEMBERS}/user_mia")
        await client("root").post(MEMBERS, {"userId": "user_mia"})
        statuses = [(await client().request("GET", "/api/tickets", headers=tokens[place])).status for place in tokens]
        assert statuses == [401, 200]


class TestWhoAnswersForAWebhook:
    async def test_whoever_says_where_it_goes(
        self, client: People, hook: AsyncCall[str], state_of: AsyncCall[Any]
    ) -> None:
        webhook_id = await hook("ada")
        moved = await client("mia").put(f"/api/webhooks/{webhook_id}", {"url": "https://mia.example.com/x"})
        assert moved.data["confirmedBy"] == "user_mia"
        await client("ada").delete(f"{MEMBERS}/user_mia")
        assert (await state_of(webhook_id))[:2] == ("paused", "unconfirmed")

    async def test_whoever_switches_it_on_again(
        self, client: People, hook: AsyncCall[str], state_of: AsyncCall[Any]
    ) -> None:
        webhook_id = await hook()
        await client("mia").put(f"/api/webhooks/{webhook_id}", {"enabled": False})
        await client("ada").delete(f"{MEMBERS}/user_mia")
        await client("ada").put(f"/api/webhooks/{webhook_id}", {"enabled": True})
        assert await state_of(webhook_id) == ("active", None, "user_ada")

    async def test_whoever_confirmed_it_last(
        self, client: People, hook: AsyncCall[str], state_of: AsyncCall[Any]
    ) -> None:
        webhook_id = await hook("ada")
        await client("ada").put(f"{MEMBERS}/user_101", {"role": "OWNER"})
        await client("jane").put(f"{MEMBERS}/user_ada", {"role": "MEMBER"})
        await client("mia").post(f"/api/webhooks/{webhook_id}/resume")
        assert await state_of(webhook_id) == ("active", None, "user_mia")
        await client("jane").delete(f"{MEMBERS}/user_mia")
        assert await state_of(webhook_id) == ("paused", "unconfirmed", "user_mia")


class TestLinksForOthers:
    @pytest.mark.parametrize("body", [{"role": "EDITOR"}, {"disabled": True}])
    async def test_a_link_of_a_former_administrator_is_worth_nothing(
        self, client: People, set_user: AsyncCall[None], body: Any
    ) -> None:
        await set_user("ada", role="ADMIN")
        link = (await client("ada").post("/api/users/user_root/reset-link")).data["url"].rpartition("/")[2]
        assert (await client().get(f"/api/auth/reset/{link}")).status == 200
        await client("root").put("/api/users/user_ada", body)
        await client("root").put("/api/users/user_ada", {"role": "ADMIN", "disabled": False})
        assert (await client().post(f"/api/auth/reset/{link}", {"password": "correct horse"})).status == 404

    async def test_nor_when_nobody_withdrew_it(self, client: People, set_user: AsyncCall[None]) -> None:
        await set_user("ada", role="ADMIN")
        link = (await client("ada").post("/api/users/user_root/reset-link")).data["url"].rpartition("/")[2]
        await set_user("ada", role="EDITOR")
        assert (await client().get(f"/api/auth/reset/{link}")).status == 404


class TestList:
    async def test_it_says_before_what_will_end(
        self, client: People, mia: Client, invite: AsyncCall[str], hook: AsyncCall[str]
    ) -> None:
        await invite()
        webhook_id = await hook()
        await mia.post("/api/user/tokens", {"name": "build", "scopes": ["read"], "workspaceId": "workspace_789"})
        await mia.post("/api/user/tokens", {"name": "all", "scopes": ["read"]})
        found = (await client("ada").get(f"{MEMBERS}/user_mia/offboarding")).data
        assert [each["email"] for each in found["invitations"]] == ["grace@example.com"]
        assert [(each["id"], each["url"]) for each in found["webhooks"]] == [(webhook_id, HOOK["url"])]
        assert [each["name"] for each in found["tokens"]] == ["build"]
        everywhere = (await client("root").get("/api/users/user_mia/offboarding")).data
        assert [each["name"] for each in everywhere["tokens"]] == ["build", "all"]
        await client("ada").put(f"{MEMBERS}/user_mia", {"role": "MEMBER"})
        assert (await client("ada").get(f"{MEMBERS}/user_mia/offboarding")).data["invitations"] == []

    async def test_nothing_of_another_workspace_is_shown(
        self, client: People, join: AsyncCall[None], mia: Client
    ) -> None:
        await join("mia", "ADMIN", "workspace_globex")
        await mia.post("/api/workspaces/workspace_globex/invitations", {"email": "grace@example.com"})
        await mia.post("/api/webhooks", {**HOOK, "workspaceId": "workspace_globex"})
        found = (await client("ada").get(f"{MEMBERS}/user_mia/offboarding")).data
        assert found == {"invitations": [], "webhooks": [], "tokens": []}
        assert (
            len((await client("eve").get("/api/workspaces/globex/members/user_mia/offboarding")).data["webhooks"]) == 1
        )

    async def test_members_see_their_own_and_no_other(self, client: People, mia: Client) -> None:
        assert (await client("jane").get(f"{MEMBERS}/user_mia/offboarding")).status == 403
        assert (await client("jane").get(f"{MEMBERS}/user_101/offboarding")).status == 200
        assert (await client("eve").get(f"{MEMBERS}/user_mia/offboarding")).status == 404


class TestRaces:
    async def test_accepting_while_being_removed_lets_nobody_stay(self, client: People, invite: AsyncCall[str]) -> None:
        path = await invite("second.mia@example.com")
        accepted, removed = await asyncio.gather(
            client("mia").post(f"{path}/accept"), client("ada").delete(f"{MEMBERS}/user_mia")
        )
        assert removed.status == 204
        assert accepted.status in (404, 409)
        assert "user_mia" not in {each["userId"] for each in (await client("ada").get(MEMBERS)).data}

    async def test_an_invitation_made_while_being_removed_is_worth_nothing(self, client: People, mia: Client) -> None:
        made, _ = await asyncio.gather(
            mia.post(f"{ACME}/invitations", {"email": "grace@example.com"}),
            client("ada").delete(f"{MEMBERS}/user_mia"),
        )
        if made.status == 201:
            path = f"/api/invitations/{made.data['url'].rpartition('/')[2]}"
            assert (await client("eve").post(f"{path}/accept")).status in (403, 404)
