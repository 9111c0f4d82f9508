"""The pages say what somebody started before it ends, and what becomes of it."""

import pytest

from codimir.authentication.passwords import hash_password
from tests.calls import AsyncCall
from tests.clients import People
from tests.web.conftest import Fetch

MEMBERS = "/api/workspaces/workspace_789/members"
GERMAN = {"accept-language": "de"}


@pytest.fixture
async def started(client: People, set_user: AsyncCall[None]) -> None:
    """Let Mia, an administrator of Acme, start two invitations, a webhook and a token; Ada and Root read German."""
    await client("ada").put(f"{MEMBERS}/user_mia", {"role": "ADMIN"})
    for email in ("grace@example.com", "alan@example.com"):
        await client("mia").post("/api/workspaces/workspace_789/invitations", {"email": email})
    hook = {"url": "https://hooks.example.com/x", "events": ["*"], "workspaceId": "workspace_789"}
    await client("mia").post("/api/webhooks", hook)
    await client("mia").post("/api/user/tokens", {"name": "phone", "scopes": ["read"]})


class TestMembers:
    async def test_it_says_what_ends_before_someone_is_removed(self, fetch: Fetch, started: None) -> None:
        page = (await fetch("ada", "/settings/members")).text
        assert "Mia Member also made: 2 invitations, 1 webhook." in page
        assert "Invitations are withdrawn." in page
        assert "Webhooks pause until another administrator lets them go on." in page
        assert "Jane Smith also made" not in page

    async def test_in_german(self, client: People, fetch: Fetch, started: None) -> None:
        await client("ada").put("/api/user/preferences", {"language": "de"})
        page = (await fetch("ada", "/settings/members")).text
        assert "Mia Member hat außerdem angelegt: 2 Einladungen, 1 Webhook." in page

    async def test_who_manages_no_members_is_not_told(self, fetch: Fetch, started: None) -> None:
        page = (await fetch("jane", "/settings/members")).text
        assert "invitations" not in page.partition("settings-main")[2]


class TestPeople:
    async def test_it_says_what_ends_before_someone_is_disabled(self, fetch: Fetch, started: None) -> None:
        page = (await fetch("root", "/settings/people")).text
        assert "Mia Member also made: 2 invitations, 1 webhook, 1 token." in page
        assert "Tokens are revoked for good." in page
        await fetch("root", "/settings/people/user_mia", method="POST", data={"disabled": "yes"})
        assert "also made" not in (await fetch("root", "/settings/people")).text


class TestWebhook:
    async def test_it_says_why_it_waits_and_goes_on(self, client: People, fetch: Fetch, started: None) -> None:
        await client("ada").delete(f"{MEMBERS}/user_mia")
        assert "Paused: nobody answers for it" in (await fetch("ada", "/settings/webhooks")).text
        [webhook] = (await client("ada").get("/api/webhooks")).data
        path = f"/settings/webhooks/{webhook['id']}"
        assert "if you let it go on, you answer for it." in (await fetch("ada", path)).text
        assert (await fetch("ada", f"{path}/resume", method="POST")).status_code == 303
        assert "you answer for it" not in (await fetch("ada", path)).text


class TestInvitation:
    @pytest.mark.parametrize(
        ("language", "said"),
        [("en", "may not invite people here any more"), ("de", "darf hier niemanden mehr einladen")],
    )
    async def test_one_of_who_may_not_invite_says_so_plainly(
        self, client: People, fetch: Fetch, set_user: AsyncCall[None], language: str, said: str
    ) -> None:
        made = await client("ada").post("/api/workspaces/workspace_789/invitations", {"email": "grace@example.com"})
        await set_user("ada", role="VIEWER")
        path = f"/invite/{made.data['url'].rpartition('/')[2]}"
        page = await fetch(None, path, headers={"accept-language": language})
        assert page.status_code == 403
        assert said in page.text


class TestReset:
    async def test_the_page_offers_to_keep_tokens(self, client: People, fetch: Fetch, started: None) -> None:
        made = (await client("root").post("/api/users/user_mia/reset-link")).data["url"]
        path = f"/reset/{made.rpartition('/')[2]}"
        page = (await fetch(None, path)).text
        assert "Tokens that stay good" in page
        [token] = (await client("mia").get("/api/user/tokens")).data
        form = {"password": "short", "keepTokens": token["id"]}
        again = (await fetch(None, path, method="POST", data=form)).text
        assert f'value="{token["id"]}" checked' in again
        assert (await fetch(None, path, method="POST", data={**form, "password": "correct horse"})).status_code == 303
        assert (await client("root").get("/api/users/user_mia/offboarding")).data["tokens"] == [
            {name: token[name] for name in ("id", "name", "workspaceId", "lastUsedAt")}
        ]


class TestChange:
    async def test_tokens_end_where_that_is_ticked(
        self, client: People, fetch: Fetch, set_user: AsyncCall[None]
    ) -> None:
        await set_user("jane", password_hash=hash_password("correct horse"))
        made = (await client("jane").post("/api/user/tokens", {"name": "x", "scopes": ["read"]})).data
        assert 'name="revokeTokens"' in (await fetch("jane", "/settings/profile")).text
        new = {"current": "correct horse", "new": "battery staple", "again": "battery staple", "revokeTokens": "yes"}
        assert (await fetch("jane", "/settings/password", method="POST", data=new)).status_code == 303
        headers = {"authorization": f"Bearer {made['token']}"}
        assert (await client().request("GET", "/api/tickets", headers=headers)).status == 401
