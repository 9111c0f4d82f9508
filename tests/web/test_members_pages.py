"""Inviting people into projects, and adding people of the workspace to a project, on the pages."""

import re

import pytest

from tests.clients import People
from tests.web.conftest import Fetch

SETTINGS, MEMBERS = "/settings/projects/WEB", "/settings/projects/WEB/members"


def _people_offered(page: str) -> list[str]:
    return re.findall(r'name="userId"\s+value="([^"]+)"', page)


class TestAddPeople:
    async def test_the_people_of_the_workspace_are_listed_who_are_not_in_it(self, fetch: Fetch) -> None:
        assert _people_offered((await fetch("ada", MEMBERS)).text) == ["user_ada", "user_mia"]

    async def test_who_manages_nobody_is_shown_no_list(self, fetch: Fetch) -> None:
        for who in ("jane", "mia", "victor"):
            assert _people_offered((await fetch(who, MEMBERS)).text) == []

    async def test_adding_somebody_leads_back_to_the_members_and_says_so_there(
        self, fetch: Fetch, client: People
    ) -> None:
        sent = {"userId": "user_mia", "role": "VIEWER"}
        reply = await fetch("ada", MEMBERS, "POST", data=sent)
        assert (reply.status_code, reply.headers["location"]) == (303, f"{MEMBERS}?done=added")
        page = (await fetch("ada", reply.headers["location"])).text
        assert page.index("Added.") < page.index("Mia Member")
        assert (await client("mia").get("/api/project/WEB/members/user_mia")).data["role"] == "VIEWER"

    async def test_an_e_mail_does_too(self, fetch: Fetch, client: People) -> None:
        await fetch("ada", MEMBERS, "POST", data={"email": "mia@example.com", "role": "MEMBER"})
        assert (await client("mia").get("/api/project/WEB/members/user_mia")).status == 200

    async def test_nobody_of_another_workspace_is_added(self, fetch: Fetch) -> None:
        reply = await fetch("ada", MEMBERS, "POST", data={"userId": "user_eve", "role": "MEMBER"})
        assert reply.status_code == 400


class TestJoinPolicy:
    async def test_it_is_chosen_where_the_project_is(self, fetch: Fetch, client: People) -> None:
        sent = {"name": "Website", "key": "WEB", "visibility": "public", "description": ""}
        for ticked, policy in (({"joinPolicy": "open"}, "open"), ({}, "invite_only")):
            assert (await fetch("ada", SETTINGS, "POST", data=sent | ticked)).status_code == 303
            assert (await client("ada").get("/api/project/WEB")).data["joinPolicy"] == policy

    async def test_a_new_project_is_open_unless_it_is_unticked(self, fetch: Fetch, client: People) -> None:
        page = (await fetch("jane", "/projects/new")).text
        assert re.search(r'name="joinPolicy"\s+value="open"\s+checked', page)
        await fetch("jane", "/projects", "POST", data={"name": "Mine", "key": "MINE", "visibility": "public"})
        assert (await client("jane").get("/api/project/MINE")).data["joinPolicy"] == "invite_only"


class TestInvite:
    async def test_projects_are_ticked_with_the_invitation(self, fetch: Fetch) -> None:
        sent = {"email": "grace@example.com", "role": "MEMBER", "projectIds": ["project_456", "project_sec"]}
        page = (await fetch("ada", "/settings/invitations", "POST", data=sent)).text
        link = re.search(r'value="[^"]*(/invite/[^"]+)"', page)
        assert link is not None
        assert "Security, Website" in page
        assert "invited by Ada Owner" in page
        offered = (await fetch(None, link[1])).text
        assert "You come as a member: you work in Security, Website." in offered
        newcomer = {"name": "Grace Hopper", "password": "correct horse battery"}
        arrived = await fetch(None, f"{link[1]}/join", "POST", data=newcomer)
        assert (arrived.status_code, arrived.headers["location"]) == (303, "/projects/SEC/board")

    async def test_a_lost_link_is_replaced_with_everything_that_it_offered(self, fetch: Fetch, client: People) -> None:
        body = {"email": "grace@example.com", "role": "VIEWER", "projectIds": ["SEC"]}
        lost = await client("ada").post("/api/workspaces/workspace_789/invitations", body)
        page = (await fetch("ada", "/settings/members")).text
        form = page.partition('name="email" value="grace@example.com"')[2].partition("</form>")[0]
        assert "New link" in form
        sent = {"email": "grace@example.com", **dict(re.findall(r'name="(role|projectIds)"\s+value="(\w+)"', form))}
        page = (await fetch("ada", "/settings/invitations", "POST", data=sent)).text
        link = re.search(r'value="[^"]*(/invite/[^"]+)"', page)
        assert link is not None
        offer = (await client().get(f"/api/invitations/{link[1].rpartition('/')[2]}")).data
        assert (offer["role"], [project["key"] for project in offer["projects"]]) == ("VIEWER", ["SEC"])
        assert (await client().get(f"/api/invitations/{lost.data['url'].rpartition('/')[2]}")).status == 404

    async def test_without_an_e_mail_anyone_with_the_link_joins(self, fetch: Fetch, client: People) -> None:
        sent = {"email": "", "role": "MEMBER", "projectIds": ["SEC"]}
        page = (await fetch("ada", "/settings/invitations", "POST", data=sent)).text
        lost = re.search(r'value="[^"]*(/invite/[^"]+)"', page)
        assert lost is not None
        assert "Anyone with the link" in page
        form = page.partition('name="replaces"')[2].partition("</form>")[0]
        again = {
            "replaces": re.findall(r'value="(\w+)"', form)[0],
            "email": "",
            "role": "MEMBER",
            "projectIds": ["SEC"],
        }
        page = (await fetch("ada", "/settings/invitations", "POST", data=again)).text
        link = re.search(r'value="[^"]*(/invite/[^"]+)"', page)
        assert link is not None
        assert (await fetch(None, lost[1])).status_code == 404
        newcomer = {"name": "Grace Hopper", "password": "correct horse battery"}
        missing = await fetch(None, f"{link[1]}/join", "POST", data={**newcomer, "email": ""})
        assert missing.status_code == 400
        taken = await fetch(None, f"{link[1]}/join", "POST", data={**newcomer, "email": "eve@example.com"})
        assert (taken.status_code, 'value="eve@example.com"' in taken.text) == (409, True)
        assert "Someone with this e-mail already exists" in taken.text
        arrived = await fetch(None, f"{link[1]}/join", "POST", data={**newcomer, "email": "grace@example.com"})
        assert (arrived.status_code, arrived.headers["location"]) == (303, "/projects/SEC/board")
        assert (await client("ada").get("/api/workspaces/workspace_789/invitations")).total == 0

    async def test_without_a_project_the_role_is_explained(self, fetch: Fetch, client: People) -> None:
        said = {
            "MEMBER": "you read and comment in public projects, join those that are open",
            "VIEWER": "You come as a reader",
            "ADMIN": "You come as an administrator",
        }
        for role, sentence in said.items():
            body = {"email": "grace@example.com", "role": role}
            sent = await client("ada").post("/api/workspaces/workspace_789/invitations", body)
            assert sentence in (await fetch(None, f"/invite/{sent.data['url'].rpartition('/')[2]}")).text

    async def test_who_is_signed_in_arrives_in_the_project_too(self, fetch: Fetch, client: People) -> None:
        body = {"email": "eve@example.com", "projectIds": ["WEB"]}
        sent = await client("ada").post("/api/workspaces/workspace_789/invitations", body)
        reply = await fetch("eve", f"/invite/{sent.data['url'].rpartition('/')[2]}/accept", "POST", data={})
        assert (reply.status_code, reply.headers["location"]) == (303, "/projects/WEB/board")
        assert "codimir.workspace=workspace_789" in reply.headers["set-cookie"]


class TestLabels:
    async def test_each_new_label_is_offered_a_colour_that_is_not_used_yet(self, fetch: Fetch, client: People) -> None:
        offered = []
        for n in range(4):
            page = (await fetch("ada", "/settings/labels")).text.rpartition('<form class="form"')[2]
            chosen = re.search(r'name="color" value="(#[0-9a-f]{6})"[^>]* checked', page)
            assert chosen is not None
            offered.append(chosen[1])
            await fetch("ada", "/settings/labels", "POST", data={"name": f"new {n}", "color": chosen[1]})
        assert len(set(offered)) == 4


class TestNavigation:
    async def test_the_settings_of_a_project_have_their_own_with_the_present_one_marked(self, fetch: Fetch) -> None:
        for path, name in ((SETTINGS, "General"), (MEMBERS, "Members"), (f"{SETTINGS}/end", "Archive or delete")):
            page = (await fetch("ada", path)).text
            nav = page.partition('class="settings-nav"')[2].partition("</nav>")[0]
            assert "Website" in nav
            marked = re.findall(r'class="settings-link"[^>]*aria-current="page">(?:<svg.*?</svg>)?([^<]+)</a>', nav)
            assert marked == [name]

    async def test_who_may_not_end_it_is_not_shown_how(self, fetch: Fetch) -> None:
        assert "Archive or delete" not in (await fetch("jane", MEMBERS)).text
        assert (await fetch("jane", f"{SETTINGS}/end")).status_code == 403


class TestTimeZone:
    @pytest.mark.parametrize(
        ("zone", "kept"), [("Asia/Tokyo", "Asia/Tokyo"), ("Mars/Olympus", "UTC"), ("", "UTC"), (None, "UTC")]
    )
    async def test_who_joins_has_the_one_of_their_browser(
        self, client: People, fetch: Fetch, zone: str | None, kept: str
    ) -> None:
        sent = await client("ada").post("/api/workspaces/workspace_789/invitations", {"email": "grace@example.com"})
        path = f"/invite/{sent.data['url'].rpartition('/')[2]}/join"
        newcomer = {"name": "Grace Hopper", "password": "correct horse battery"}
        grace = client()
        arrived = await grace.http.post(path, data=newcomer | ({} if zone is None else {"timezone": zone}))
        assert arrived.status_code == 303, arrived.text
        assert (await grace.get("/api/user/preferences")).data["timezone"] == kept

    async def test_the_field_that_is_wrong_has_the_focus(self, client: People, fetch: Fetch) -> None:
        sent = await client("ada").post("/api/workspaces/workspace_789/invitations", {"email": "grace@example.com"})
        path = f"/invite/{sent.data['url'].rpartition('/')[2]}"
        assert re.findall(r'<input[^>]* id="(\w+)"[^>]* autofocus', (await fetch(None, path)).text) == ["name"]
        again = await fetch(None, f"{path}/join", "POST", data={"name": "Grace", "password": "short"})
        assert again.status_code == 400
        assert re.findall(r'<input[^>]* id="(\w+)"[^>]* autofocus', again.text) == ["password"]


class TestOrder:
    async def test_people_stand_in_the_order_of_their_names_in_every_script(self, fetch: Fetch, client: People) -> None:
        for name in ("Zoe", "ábel", "Ömer"):
            body = {"email": f"{name[-2:]}@x.example"}
            sent = await client("ada").post("/api/workspaces/workspace_789/invitations", body)
            path = f"/api/invitations/{sent.data['url'].rpartition('/')[2]}/join"
            assert (await client().post(path, {"name": name, "password": "correct horse battery"})).status == 200
        page = (await fetch("ada", MEMBERS)).text.partition("is-people")[2].partition("</form>")[0]
        names = re.findall(r'<span\s+class="truncate"\s+dir="auto">([^<]+)</span>', page)
        assert names == ["ábel", "Ada Owner", "Mia Member", "Ömer", "Zoe"]
