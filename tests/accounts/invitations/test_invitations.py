"""Invitations, as administrators of a workspace make them."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from litestar import Litestar

from codimir.config import Settings, SettingsError, settings_from
from tests.apps import RunApp
from tests.calls import AsyncCall, Recorded, RowCounts
from tests.clients import People
from tests.mail.receiving import MailServer

ACME = "/api/workspaces/workspace_789/invitations"
UNKNOWN = "/api/workspaces/workspace_none/invitations"
GRACE = {"email": "grace@example.com", "role": "MEMBER"}


@pytest.fixture
def invite(client: People) -> AsyncCall[Any]:
    """Let Ada invite someone into Acme, and give the reply."""

    async def make(**fields: Any) -> Any:
        reply = await client("ada").post(ACME, {**GRACE, **fields})
        assert reply.status == 201, reply.body
        return reply.data

    return make


class TestWhoInvites:
    @pytest.fixture
    def only_administrators(self, app: Litestar, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let only administrators of the instance invite people."""
        chosen = settings_from({"CODIMIR_WHO_INVITES": "administrators"}).who_invites
        monkeypatch.setattr(app.state, "settings", msgspec.structs.replace(settings, who_invites=chosen))

    async def test_the_instance_may_keep_it_to_its_administrators(
        self, client: People, only_administrators: None, row_counts: RowCounts
    ) -> None:
        reply = await client("ada").post(ACME, GRACE)
        assert (reply.status, reply.error["message"]) == (
            403, "Only administrators of this instance may invite people; ask one of them",
        )  # fmt: skip
        assert (await row_counts())["invitations"] == 0
        assert (await client("root").post(ACME, GRACE)).status == 201

    async def test_whoever_manages_members_takes_invitations_back_all_the_same(
        self, client: People, only_administrators: None
    ) -> None:
        made = (await client("root").post(ACME, GRACE)).data
        assert (await client("ada").get(ACME)).total == 1
        assert (await client("ada").delete(f"{ACME}/{made['id']}")).status == 204

    async def test_the_page_says_so(self, client: People, only_administrators: None) -> None:
        page = (await client("ada").http.get("/settings/members")).text
        assert "Only administrators of this instance may invite people" in page
        assert 'action="/settings/invitations"' not in page

    @pytest.mark.parametrize(
        "wrong", [{"CODIMIR_WHO_INVITES": "everybody"}, {"CODIMIR_INVITATION_MAILS_PER_HOUR": "-1"}]
    )
    def test_what_is_no_setting_is_refused(self, wrong: Any) -> None:
        with pytest.raises(SettingsError):
            settings_from(wrong)


class TestCreate:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().post(ACME, GRACE)).status == 401

    async def test_outsider_sees_no_workspace(self, client: People) -> None:
        reply, unknown = await client("eve").post(ACME, GRACE), await client("eve").post(UNKNOWN, GRACE)
        assert (reply.status, reply.body) == (404, unknown.body)

    @pytest.mark.parametrize("who", ["jane", "victor"])
    async def test_who_administers_nothing_may_not(self, client: People, who: str) -> None:
        reply = await client(who).post(ACME, GRACE)
        assert (reply.status, reply.error["code"]) == (403, "FORBIDDEN")

    async def test_owner_gets_a_link(self, client: People, recorded: Recorded) -> None:
        reply = await client("ada").post(ACME, GRACE)
        made = reply.data
        assert reply.status == 201
        assert made["url"].startswith("http://codimir.test/invite/")
        assert (made["mailed"], made["notMailed"]) == (False, "off")
        assert (made["email"], made["role"]) == ("grace@example.com", "MEMBER")
        assert (made["workspaceId"], made["invitedBy"]["name"]) == ("workspace_789", "Ada Owner")
        shown = {name: value for name, value in made.items() if name not in ("url", "mailed", "notMailed")}
        assert (await client("ada").get(reply.headers["location"])).data == shown
        changes = {"email": [None, "grace@example.com"], "role": [None, "MEMBER"]}
        assert await recorded(made["id"]) == [("member.invited", changes)]

    async def test_administrator_of_the_instance_may_everywhere(self, client: People) -> None:
        assert (await client("root").post(ACME, {**GRACE, "role": "OWNER"})).status == 201

    async def test_nobody_invites_into_a_higher_role(self, client: People, join: AsyncCall[None]) -> None:
        await join("eve", "ADMIN", "workspace_789")
        assert (await client("eve").post(ACME, {**GRACE, "role": "OWNER"})).status == 403
        assert (await client("eve").post(ACME, {**GRACE, "role": "ADMIN"})).status == 201

    async def test_instance_viewer_may_not(self, client: People, set_user: AsyncCall[None]) -> None:
        await set_user("ada", role="VIEWER")
        assert (await client("ada").post(ACME, GRACE)).status == 403

    async def test_member_needs_no_invitation(self, client: People) -> None:
        reply = await client("ada").post(ACME, {"email": "JANE@example.com"})
        assert reply.status == 409
        assert reply.details == {"email": ["This person is already a member of this workspace"]}

    async def test_whether_an_account_is_there_changes_nothing(self, client: People) -> None:
        replies = [await client("ada").post(ACME, {"email": f"{who}@example.com"}) for who in ("eve", "nemo")]
        assert [reply.status for reply in replies] == [201, 201]
        assert replies[0].data.keys() == replies[1].data.keys()

    async def test_again_replaces_the_link(self, client: People, invite: AsyncCall[Any]) -> None:
        first, second = await invite(), await invite(email=" GRACE@example.com ", role="VIEWER")
        assert (await client("ada").get(ACME)).total == 1
        old, new = (each["url"].rpartition("/")[2] for each in (first, second))
        assert (await client().get(f"/api/invitations/{old}")).status == 404
        assert (await client().get(f"/api/invitations/{new}")).data["role"] == "VIEWER"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"email": "grace"}, {"email": ""}, {"email": "a@b\r\nBcc: c@d"}, {"email": "a" * 250 + "@example.com"},
            {"email": []},
            {"role": "BOSS"}, {"role": None}, {"workspaceId": "workspace_globex"}, {"id": "invitation_1"},
            {"token": "x"}, {"expiresAt": "2200-01-01T00:00:00Z"}, {"invitedById": "user_101"},
        ],
        ids=str,
    )  # fmt: skip
    async def test_wrong_fields_are_named(self, client: People, wrong: Any, row_counts: RowCounts) -> None:
        before = await row_counts()
        reply = await client("ada").post(ACME, {**GRACE, **wrong})
        assert reply.status == 400
        assert reply.details.keys() == wrong.keys()
        assert await row_counts() == before


class TestCreateAgain:
    @pytest.fixture
    async def app(self, settings: Settings, mail_server: MailServer, run_app: RunApp) -> AsyncIterator[Litestar]:
        """The application with a mail server."""
        mailing = msgspec.structs.replace(settings, smtp_url=mail_server.url, mail_from="codimir@example.com")
        async with run_app(mailing) as application:
            yield application

    async def test_with_a_key_one_mail_is_sent(
        self, client: People, app: Litestar, mail_server: MailServer, recorded: Recorded
    ) -> None:
        key = {"idempotency-key": "a"}
        first, second = [await client("ada").request("POST", ACME, GRACE, headers=key) for _ in range(2)]
        other = await client("ada").request("POST", ACME, {**GRACE, "role": "VIEWER"}, headers=key)
        await app.state.mailer.close()
        assert (first.status, second.status, other.status) == (201, 201, 422)
        assert first.response.content == second.response.content
        assert (first.data["mailed"], second.headers["idempotent-replayed"]) == (True, "true")
        assert len(await recorded(first.data["id"])) == 1
        [mail] = mail_server.mails()
        assert first.data["url"] in mail.get_content()


class TestList:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().get(ACME)).status == 401

    async def test_outsider_sees_no_workspace(self, client: People) -> None:
        reply, unknown = await client("eve").get(ACME), await client("eve").get(UNKNOWN)
        assert (reply.status, reply.body) == (404, unknown.body)

    async def test_member_may_not(self, client: People) -> None:
        assert (await client("jane").get(ACME)).status == 403

    async def test_the_newest_come_first_in_pages(self, client: People, invite: AsyncCall[Any]) -> None:
        made = [await invite(email=f"grace{number}@example.com") for number in range(3)]
        page = await client("ada").get(ACME, limit=2)
        rest = await client("ada").get(ACME, limit=2, page=2)
        assert page.total == rest.total == 3
        assert [each["id"] for each in (*page.data, *rest.data)] == [each["id"] for each in reversed(made)]
        assert "url" not in page.data[0]

    async def test_those_of_another_workspace_are_not_there(self, client: People, invite: AsyncCall[Any]) -> None:
        made = await invite()
        globex = "/api/workspaces/workspace_globex/invitations"
        assert (await client("eve").get(globex)).total == 0
        foreign = await client("eve").get(f"{globex}/{made['id']}")
        unknown = await client("eve").get(f"{globex}/invitation_none")
        assert (foreign.status, foreign.body) == (404, unknown.body)


class TestDelete:
    async def test_nobody_must_sign_in(self, client: People, invite: AsyncCall[Any]) -> None:
        assert (await client().delete(f"{ACME}/{(await invite())['id']}")).status == 401

    async def test_member_may_not(self, client: People, invite: AsyncCall[Any]) -> None:
        assert (await client("jane").delete(f"{ACME}/{(await invite())['id']}")).status == 403

    async def test_the_link_is_not_good_any_more(
        self, client: People, invite: AsyncCall[Any], recorded: Recorded
    ) -> None:
        made = await invite()
        assert (await client("ada").delete(f"{ACME}/{made['id']}")).status == 204
        token = made["url"].rpartition("/")[2]
        assert (await client().get(f"/api/invitations/{token}")).status == 404
        assert (await client("ada").delete(f"{ACME}/{made['id']}")).status == 404
        changes = {"email": ["grace@example.com", None], "role": ["MEMBER", None]}
        assert (await recorded(made["id"]))[1:] == [("invitation.deleted", changes)]
