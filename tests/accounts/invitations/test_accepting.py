"""Coming in by the link of an invitation."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import anyio
import msgspec
import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.accounts.invitations import mail_limits
from codimir.accounts.invitations.proofs import PROOF_LENGTH, with_proof
from codimir.config import Settings
from codimir.database.core import Database
from codimir.database.statements import Statement, update_by_id
from codimir.kit.clock import utc_now
from codimir.mail import sending
from codimir.model.authentication import mail_counts
from codimir.model.invitations import invitations
from codimir.model.users import users
from tests.apps import RunApp
from tests.calls import AsyncCall, Recorded, RowCounts
from tests.clients import Client, People
from tests.mail.receiving import MailServer

ACME = "/api/workspaces/workspace_789"
NEWCOMER = {"name": "Grace Hopper", "password": "correct horse"}
WRONG_TOKENS = ["x", "a" * 5_000, "%C3%A9", "'"]


@pytest.fixture
def invite(client: People) -> AsyncCall[str]:
    """Let Ada invite someone into Acme, and give the path of the link in the API."""

    async def make(email: str = "grace@example.com", role: str = "MEMBER") -> str:
        reply = await client("ada").post(f"{ACME}/invitations", {"email": email, "role": role})
        return f"/api/invitations/{reply.data['url'].rpartition('/')[2]}"

    return make


@pytest.fixture
def expire(db: Database) -> AsyncCall[None]:
    """Let an invitation be too old."""

    async def make(invitation_id: str) -> None:
        past = {"expires_at": utc_now() - timedelta(seconds=1)}
        await db.write(lambda tx: tx.execute(update_by_id(invitations, frozenset(past)), row_id=invitation_id, **past))

    return make


class TestOffer:
    async def test_whoever_holds_the_link_sees_what_it_offers(self, client: People, invite: AsyncCall[str]) -> None:
        reply = await client().get(await invite())
        offer = reply.data
        assert (offer["email"], offer["role"], offer["hasAccount"]) == ("grace@example.com", "MEMBER", False)
        assert (offer["workspace"]["name"], offer["invitedBy"]["name"]) == ("Acme", "Ada Owner")

    async def test_it_says_where_someone_signs_in_instead(self, client: People, invite: AsyncCall[str]) -> None:
        assert (await client().get(await invite("Eve@example.com"))).data["hasAccount"] is True

    @pytest.mark.parametrize("token", WRONG_TOKENS)
    async def test_another_link_is_not_found(self, client: People, token: str) -> None:
        assert (await client().get(f"/api/invitations/{token}")).status == 404

    async def test_it_expires(self, client: People, invite: AsyncCall[str], expire: AsyncCall[None]) -> None:
        path = await invite()
        await expire((await client("ada").get(f"{ACME}/invitations")).data[0]["id"])
        assert (await client().get(path)).status == 404
        assert (await client().post(f"{path}/join", NEWCOMER)).status == 404
        assert (await client("eve").post(f"{path}/accept")).status == 404

    async def test_it_ends_with_the_workspace(self, client: People, invite: AsyncCall[str], db: Database) -> None:
        from codimir.model.workspaces import workspaces  # noqa: PLC0415

        path, gone = await invite(), {"deleted_at": utc_now()}
        await db.write(lambda tx: tx.execute(update_by_id(workspaces, frozenset(gone)), row_id="workspace_789", **gone))
        assert (await client().get(path)).status == 404
        assert (await client().post(f"{path}/join", NEWCOMER)).status == 404


class TestIntoProjects:
    async def test_who_is_invited_into_a_project_can_work_there_at_once(
        self, client: People, recorded: Recorded
    ) -> None:
        body = {"email": "grace@example.com", "projectIds": ["web", "project_sec"]}
        sent = await client("ada").post(f"{ACME}/invitations", body)
        assert [project["key"] for project in sent.data["projects"]] == ["SEC", "WEB"]
        path = f"/api/invitations/{sent.data['url'].rpartition('/')[2]}"
        assert [project["name"] for project in (await client().get(path)).data["projects"]] == ["Security", "Website"]
        grace = client()
        arrived = await grace.post(f"{path}/join", NEWCOMER)
        assert [project["key"] for project in arrived.data["projects"]] == ["SEC", "WEB"]
        assert (await grace.post("/api/tickets", {"title": "x", "projectId": "SEC"})).status == 201
        assert [kind for kind, _ in await recorded(arrived.data["user"]["id"])] == ["member.added"] * 3

    async def test_a_reader_reads_there_too(self, client: People) -> None:
        body = {"email": "grace@example.com", "role": "VIEWER", "projectIds": ["SEC"]}
        sent = await client("ada").post(f"{ACME}/invitations", body)
        grace, path = client(), f"/api/invitations/{sent.data['url'].rpartition('/')[2]}"
        await grace.post(f"{path}/join", NEWCOMER)
        assert (await grace.get("/api/project/SEC")).status == 200
        assert (await grace.post("/api/tickets", {"title": "x", "projectId": "SEC"})).status == 403

    async def test_projects_of_others_are_as_those_that_are_not_there(
        self, client: People, row_counts: RowCounts
    ) -> None:
        before = await row_counts()
        for ref in ("EVIL", "project_evil", "none"):
            reply = await client("ada").post(f"{ACME}/invitations", {"email": "g@example.com", "projectIds": [ref]})
            assert (reply.status, reply.details) == (400, {"projectIds": [f"Invalid project ID: {ref}"]})
        assert await row_counts() == before

    async def test_a_project_that_is_deleted_meanwhile_is_left_out(self, client: People) -> None:
        sent = await client("ada").post(f"{ACME}/invitations", {"email": "g@example.com", "projectIds": ["SEC", "WEB"]})
        assert (await client("ada").delete("/api/project/SEC")).status == 204
        grace, path = client(), f"/api/invitations/{sent.data['url'].rpartition('/')[2]}"
        arrived = await grace.post(f"{path}/join", NEWCOMER)
        assert [project["key"] for project in arrived.data["projects"]] == ["WEB"]

    async def test_who_is_there_already_comes_into_them_by_accepting(self, client: People) -> None:
        sent = await client("ada").post(f"{ACME}/invitations", {"email": "eve@example.com", "projectIds": ["SEC"]})
        path = f"/api/invitations/{sent.data['url'].rpartition('/')[2]}"
        assert (await client("eve").post(f"{path}/accept")).data["projects"][0]["key"] == "SEC"
        assert (await client("eve").get("/api/project/SEC")).status == 200


class TestJoin:
    async def test_someone_new_is_in_and_signed_in(
        self, client: People, invite: AsyncCall[str], recorded: Recorded
    ) -> None:
        grace, path = client(), await invite()
        reply = await grace.post(f"{path}/join", NEWCOMER)
        assert reply.status == 200, reply.body
        assert (reply.data["user"]["email"], reply.data["role"]) == ("grace@example.com", "MEMBER")
        assert reply.data["workspace"]["id"] == "workspace_789"
        assert reply.headers["set-cookie"].startswith("next-auth.session-token=")
        made = await grace.post("/api/tickets", {"title": "Hello", "workspaceId": "workspace_789"})
        assert made.status == 201
        user_id = reply.data["user"]["id"]
        assert await recorded(user_id) == [("member.added", {"userId": [None, user_id], "role": [None, "MEMBER"]})]
        assert (await client("ada").get(f"{ACME}/invitations")).total == 0

    async def test_they_see_nothing_of_another_workspace(self, client: People, invite: AsyncCall[str]) -> None:
        grace = client()
        await grace.post(f"{await invite()}/join", NEWCOMER)
        assert (await grace.get("/api/workspaces/workspace_globex/invitations")).status == 404

    async def test_the_link_is_good_once(self, client: People, invite: AsyncCall[str], row_counts: RowCounts) -> None:
        path = await invite()
        await client().post(f"{path}/join", NEWCOMER)
        before = await row_counts()
        assert (await client().post(f"{path}/join", NEWCOMER)).status == 404
        assert (await client("eve").post(f"{path}/accept")).status == 404
        assert await row_counts() == before

    async def test_two_at_once_let_one_in(self, client: People, invite: AsyncCall[str]) -> None:
        path, statuses = await invite(), []

        async def try_it(who: Any, what: str, body: Any) -> None:
            statuses.append((await who.post(f"{path}/{what}", body)).status)

        async with anyio.create_task_group() as group:
            group.start_soon(try_it, client(), "join", NEWCOMER)
            group.start_soon(try_it, client("eve"), "accept", None)
        assert sorted(statuses) == [200, 404]

    async def test_who_is_there_already_signs_in_instead(
        self, client: People, invite: AsyncCall[str], row_counts: RowCounts
    ) -> None:
        path, before = await invite("EVE@example.com"), await row_counts()
        reply = await client().post(f"{path}/join", NEWCOMER)
        assert reply.status == 409
        assert (await client().get(path)).status == 200
        assert (await row_counts())["users"] == before["users"]

    async def test_everything_wrong_is_named_at_once(self, client: People, invite: AsyncCall[str]) -> None:
        wrong = {"name": "", "password": "short", "role": "ADMIN", "email": "root"}
        reply = await client().post(f"{await invite()}/join", wrong)
        assert reply.status == 400
        assert reply.details.keys() == wrong.keys()

    @pytest.mark.parametrize("token", WRONG_TOKENS)
    async def test_another_link_is_not_found(self, client: People, token: str) -> None:
        assert (await client().post(f"/api/invitations/{token}/join", NEWCOMER)).status == 404

    async def test_a_page_of_another_site_may_not(self, client: People, invite: AsyncCall[str]) -> None:
        foreign = {"sec-fetch-site": "cross-site"}
        reply = await client().request("POST", f"{await invite()}/join", NEWCOMER, headers=foreign)
        assert reply.status == 403


class TestAnyoneWithTheLink:
    GRACE = {**NEWCOMER, "email": "Grace@example.com"}
    VERIFIED = Statement(sa.select(users.c.email_verified_at).where(users.c.email == "Grace@example.com"))

    @pytest.fixture
    async def path(self, client: People) -> str:
        """An invitation for whoever has its link."""
        sent = await client("ada").post(f"{ACME}/invitations", {"role": "MEMBER", "projectIds": ["WEB"]})
        assert (sent.status, sent.data["email"], sent.data["notMailed"]) == (201, None, "off")
        return f"/api/invitations/{sent.data['url'].rpartition('/')[2]}"

    async def test_it_offers_no_e_mail(self, client: People, path: str) -> None:
        offer = (await client().get(path)).data
        assert (offer["email"], offer["hasAccount"], offer["role"]) == (None, False, "MEMBER")

    async def test_someone_new_joins_with_their_own_once(self, client: People, path: str, db: Database) -> None:
        grace = client()
        arrived = (await grace.post(f"{path}/join", self.GRACE)).data
        assert (arrived["user"]["email"], arrived["projects"][0]["key"]) == ("Grace@example.com", "WEB")
        assert (await grace.post("/api/tickets", {"title": "x", "projectId": "WEB"})).status == 201
        assert (await client().post(f"{path}/join", {**self.GRACE, "email": "heidi@example.com"})).status == 404
        assert await db.read(lambda tx: tx.fetch_value(self.VERIFIED)) is None

    async def test_a_proof_proves_nothing_where_no_e_mail_was_mailed_to(
        self, client: People, app: Litestar, path: str, db: Database
    ) -> None:
        proven = with_proof(path.rpartition("/")[2], app.state.csrf_secret)
        assert (await client().post(f"/api/invitations/{proven}/join", self.GRACE)).status == 200
        assert await db.read(lambda tx: tx.fetch_value(self.VERIFIED)) is None

    async def test_who_is_signed_in_accepts(self, client: People, path: str) -> None:
        assert (await client("jane").post(f"{path}/accept")).status == 409
        assert (await client("eve").post(f"{path}/accept")).data["user"]["email"] == "eve@example.com"
        assert (await client().get(path)).status == 404

    @pytest.mark.parametrize("email", [None, "", "grace"])
    async def test_an_e_mail_is_needed(self, client: People, path: str, email: str | None) -> None:
        reply = await client().post(f"{path}/join", {**NEWCOMER, "email": email})
        assert (reply.status, reply.details.keys()) == (400, {"email"})
        assert (await client().get(path)).status == 200

    async def test_an_e_mail_of_somebody_here_is_taken(self, client: People, path: str, row_counts: RowCounts) -> None:
        before = await row_counts()
        reply = await client().post(f"{path}/join", {**NEWCOMER, "email": "EVE@example.com"})
        assert (reply.status, reply.details) == (409, {"email": ["Someone with this e-mail already exists"]})
        assert (await client().get(path)).status == 200
        assert (await row_counts())["users"] == before["users"]

    async def test_the_own_e_mail_is_no_password(self, client: People, path: str) -> None:
        body = {"name": "Grace", "email": "grace@example.com", "password": "grace@example.com"}
        assert (await client().post(f"{path}/join", body)).details.keys() == {"password"}

    async def test_an_invitation_of_an_e_mail_stays_for_it(
        self, client: People, invite: AsyncCall[str], row_counts: RowCounts
    ) -> None:
        path, before = await invite(), await row_counts()
        reply = await client().post(f"{path}/join", {**NEWCOMER, "email": "heidi@example.com"})
        assert (reply.status, reply.details) == (400, {"email": ["This invitation is for another e-mail"]})
        assert await row_counts() == before
        assert (await client().post(f"{path}/join", self.GRACE)).data["user"]["email"] == "grace@example.com"

    async def test_each_stands_by_itself(self, client: People, path: str, recorded: Recorded) -> None:
        other = (await client("ada").post(f"{ACME}/invitations", {})).data
        assert (await client("ada").get(f"{ACME}/invitations")).total == 2
        assert (await client("ada").delete(f"{ACME}/invitations/{other['id']}")).status == 204
        assert (await client().get(path)).status == 200
        assert await recorded(other["id"]) == [
            ("member.invited", {"role": [None, "MEMBER"]}), ("invitation.deleted", {"role": ["MEMBER", None]}),
        ]  # fmt: skip

    async def test_it_ends_with_the_rights_of_who_made_it(self, client: People, path: str) -> None:
        ended = (await client("ada").get(f"{ACME}/members/user_ada/offboarding")).data["invitations"]
        assert [invitation["email"] for invitation in ended] == [None]
        assert (await client("root").put("/api/users/user_ada", {"disabled": True})).status == 200
        assert (await client().get(path)).status == 404


class TestAccept:
    async def test_nobody_must_sign_in(self, client: People, invite: AsyncCall[str]) -> None:
        assert (await client().post(f"{await invite()}/accept")).status == 401

    async def test_who_is_signed_in_is_in_whatever_their_address(
        self, client: People, invite: AsyncCall[str], recorded: Recorded
    ) -> None:
        reply = await client("eve").post(f"{await invite(role='VIEWER')}/accept")
        assert (reply.status, reply.data["role"]) == (200, "VIEWER")
        assert (await client("eve").get(f"{ACME}/invitations")).status == 403
        assert await recorded("user_eve") == [
            ("member.added", {"userId": [None, "user_eve"], "role": [None, "VIEWER"]})
        ]

    async def test_member_needs_none_and_leaves_it_good(self, client: People, invite: AsyncCall[str]) -> None:
        path = await invite()
        assert (await client("jane").post(f"{path}/accept")).status == 409
        assert (await client().get(path)).status == 200

    @pytest.mark.parametrize("token", WRONG_TOKENS)
    async def test_another_link_is_not_found(self, client: People, token: str) -> None:
        assert (await client("eve").post(f"/api/invitations/{token}/accept")).status == 404


class TestMail:
    @pytest.fixture
    async def app(self, settings: Settings, mail_server: MailServer, run_app: RunApp) -> AsyncIterator[Litestar]:
        """The application with a mail server, at an address of its own."""
        mailing = msgspec.structs.replace(
            settings, smtp_url=mail_server.url, mail_from="codimir@example.com", base_url="https://codimir.example"
        )
        async with run_app(mailing) as application:
            yield application

    async def test_the_link_is_mailed(self, client: People, app: Litestar, mail_server: MailServer) -> None:
        reply = await client("ada").post(f"{ACME}/invitations", {"email": "grace@example.com"})
        assert reply.data["mailed"] is True
        await app.state.mailer.close()
        [mail] = mail_server.mails()
        assert (mail["To"], mail["Subject"]) == (
            "grace@example.com", '"Ada Owner" invites you to "Acme" on Codimir',
        )  # fmt: skip
        assert reply.data["url"].startswith("https://codimir.example/invite/")
        assert reply.data["url"] in mail.get_content()

    async def test_an_instance_that_sends_mail_asks_for_the_e_mail(
        self, client: People, app: Litestar, row_counts: RowCounts
    ) -> None:
        before = await row_counts()
        reply = await client("ada").post(f"{ACME}/invitations", {})
        assert reply.details == {"email": ["This instance mails invitations: an e-mail is required"]}
        assert await row_counts() == before
        page = (await client("ada").http.get("/settings/members")).text
        assert re.search(r'<input[^>]*name="email"[^>]* required', page)

    @pytest.mark.parametrize("kind", ["mailed", "shown", "forged"])
    async def test_only_the_mailed_link_proves_the_e_mail(
        self, client: People, app: Litestar, db: Database, mail_server: MailServer, kind: str
    ) -> None:
        sent = (await client("ada").post(f"{ACME}/invitations", {"email": "grace@example.com"})).data
        await app.state.mailer.close()
        text = mail_server.mails()[0].get_content()
        mailed = text.partition("https://codimir.example/invite/")[2].split()[0]
        shown = sent["url"].rpartition("/")[2]
        assert mailed.startswith(f"{shown}.")
        token = {"mailed": mailed, "shown": shown, "forged": f"{shown}.{'0' * PROOF_LENGTH}"}[kind]
        assert (await client().get(f"/api/invitations/{token}")).data["email"] == "grace@example.com"
        assert (await client().post(f"/api/invitations/{token}/join", NEWCOMER)).status == 200
        proven = Statement(sa.select(users.c.email_verified_at).where(users.c.email == "grace@example.com"))
        assert (await db.read(lambda tx: tx.fetch_value(proven)) is not None) == (kind == "mailed")

    async def test_one_person_is_mailed_once_an_hour_whoever_invites_them(
        self, client: People, app: Litestar, mail_server: MailServer
    ) -> None:
        replies = [
            await client("ada").post(f"{ACME}/invitations", {"email": "grace@example.com"}),
            await client("ada").post(f"{ACME}/invitations", {"email": "GRACE@example.com"}),
            await client("eve").post("/api/workspaces/workspace_globex/invitations", {"email": "grace@example.com"}),
        ]
        assert [(reply.data["mailed"], reply.data["notMailed"]) for reply in replies] == [
            (True, None), (False, "recipient"), (False, "recipient"),
        ]  # fmt: skip
        token = replies[1].data["url"].rpartition("/")[2]
        assert (await client().get(f"/api/invitations/{token}")).status == 200
        await app.state.mailer.close()
        assert len(mail_server.mails()) == 1

    async def test_one_person_is_mailed_for_twenty_times_an_hour(
        self, client: People, app: Litestar, mail_server: MailServer, db: Database
    ) -> None:
        async def invite(who: str, number: int) -> Any:
            workspace = "workspace_789" if who == "ada" else "workspace_globex"
            body = {"email": f"stranger-{number}@example.com"}
            return (await client(who).post(f"/api/workspaces/{workspace}/invitations", body)).data["notMailed"]

        assert [await invite("ada", number) for number in range(22)] == [None] * 20 + ["sender"] * 2
        assert await invite("eve", 21) is None
        everything = Statement(sa.select(mail_counts.c.key, mail_counts.c.recent))
        age = Statement(
            sa.update(mail_counts)
            .where(mail_counts.c.key == sa.bindparam("row_key"))
            .values(recent=sa.bindparam("recent", type_=mail_counts.c.recent.type))
        )

        async def an_hour_passes(tx: Any) -> None:
            for key, recent in await tx.fetch_all(everything):
                await tx.execute(age, row_key=key, recent=[moment - 3600 for moment in recent])

        await db.write(an_hour_passes)
        assert await invite("ada", 1) is None
        await app.state.mailer.close()
        assert len(mail_server.mails()) == 22

    async def test_all_people_together_are_limited_too(
        self, client: People, app: Litestar, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mail_limits, "SENDERS_AT_ONCE", 0)
        reply = await client("ada").post(f"{ACME}/invitations", {"email": "grace@example.com"})
        assert (reply.data["mailed"], reply.data["notMailed"]) == (False, "instance")
        monkeypatch.undo()
        again = await client("ada").post(f"{ACME}/invitations", {"email": "grace@example.com"})
        assert (again.data["mailed"], again.data["notMailed"]) == (True, None)

    async def test_where_mails_pile_up_the_link_is_handed_on(
        self, client: People, app: Litestar, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "MAX_WAITING", 0)
        reply = await client("ada").post(f"{ACME}/invitations", {"email": "grace@example.com"})
        assert (reply.data["mailed"], reply.data["notMailed"]) == (False, "busy")
        page = await client("ada").http.post("/settings/invitations", data={"email": "x@example.com", "role": "MEMBER"})
        assert "It was not mailed: too many mails are waiting to be sent." in page.text

    async def test_names_are_quoted_and_hold_no_addresses(
        self, client: People, app: Litestar, mail_server: MailServer, set_user: AsyncCall[None]
    ) -> None:
        await set_user("ada", name='Parcel "desk" www.evil.test')
        held = {"name": "Your parcel is held - pay at https://pay.evil.test"}
        assert (await client("ada").put("/api/workspaces/workspace_789", held)).status == 200
        reply = await client("ada").post(f"{ACME}/invitations", {"email": "grace@example.com"})
        await app.state.mailer.close()
        [mail] = mail_server.mails()
        invites = "\"Parcel 'desk' …\" invites you to"
        assert mail["Subject"] == f'{invites} "Your parcel is held - pay at …" on Codimir'
        text = mail.get_content()
        assert "evil" not in text
        [address] = [word for word in text.split() if "://" in word]
        assert address.startswith(f"{reply.data['url']}.")

    async def test_the_address_in_it_is_not_that_of_the_request(self, app: Litestar, mail_server: MailServer) -> None:
        ada = Client(app, {"cookie": "next-auth.session-token=session-of-ada", "host": "evil.example"})
        await ada.post(f"{ACME}/invitations", {"email": "grace@example.com"})
        await app.state.mailer.close()
        assert "evil.example" not in mail_server.mails()[0].get_content()
        await ada.http.aclose()
