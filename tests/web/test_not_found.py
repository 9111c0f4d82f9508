"""What is not there, or in the trash, as pages say it."""

from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import People
from tests.web.conftest import Fetch


@pytest.fixture
async def trashed(client: People, new_ticket: AsyncCall[Any]) -> Any:
    """WEB-1 of Jane's, in the trash."""
    ticket = await new_ticket()
    assert (await client("jane").delete("/api/tickets/WEB-1")).status == 204
    return ticket


class TestTrashed:
    @pytest.mark.parametrize("ref", ["WEB-1", "web-1", "id"])
    async def test_its_address_says_so_in_the_frame_and_restores_it(
        self, fetch: Fetch, client: People, trashed: Any, ref: str
    ) -> None:
        page = await fetch("jane", f"/tickets/{trashed['id'] if ref == 'id' else ref}")
        assert page.status_code == 404
        assert "WEB-1 Fix login" in page.text
        assert "Jane Smith moved this ticket to the trash" in page.text
        assert 'id="rail"' in page.text
        sent = {"back": "/tickets/WEB-1"}
        restored = await fetch("jane", f"/settings/trash/{trashed['id']}/restore", "POST", data=sent)
        assert (restored.status_code, restored.headers["location"]) == (303, "/tickets/WEB-1")
        assert (await fetch("jane", "/tickets/WEB-1")).status_code == 200

    async def test_to_others_it_is_as_what_never_was(
        self, fetch: Fetch, client: People, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(projectId="SEC", title="Hush hush")
        await client("jane").delete("/api/tickets/SEC-1")
        for who in ("mia", "eve"):
            pages = [await fetch(who, f"/tickets/{ref}") for ref in ("SEC-1", "SEC-9")]
            assert {page.status_code for page in pages} == {404}
            assert pages[0].text.replace("SEC-1", "SEC-9") == pages[1].text
            assert "Hush" not in pages[0].text

    async def test_the_trash_names_its_key(self, fetch: Fetch, client: People, trashed: Any) -> None:
        assert (await client("jane").get("/api/trash")).data[0]["key"] == "WEB-1"
        page = (await fetch("jane", "/settings/trash")).text
        assert '<span class="row-key">WEB-1</span>' in page

    async def test_a_comment_and_a_project_name_theirs(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        comment = await client("jane").post("/api/tickets/WEB-1/comments", {"content": "x"})
        await client("jane").delete(f"/api/tickets/WEB-1/comments/{comment.data['id']}")
        made = await client("jane").post("/api/projects", {"name": "Mine", "key": "MINE"})
        await client("jane").delete(f"/api/project/{made.data['id']}")
        items = (await client("jane").get("/api/trash")).data
        assert {(item["type"], item["key"]) for item in items} == {("comment", "WEB-1"), ("project", "MINE")}

    async def test_no_site_is_gone_to(self, fetch: Fetch, trashed: Any) -> None:
        sent = {"back": "https://evil.example/"}
        reply = await fetch("jane", f"/settings/trash/{trashed['id']}/restore", "POST", data=sent)
        assert reply.headers["location"] == "/"


class TestFrame:
    @pytest.mark.parametrize("path", ["/tickets/WEB-99", "/projects/NONE/board", "/settings/projects/NONE"])
    async def test_what_is_not_there_is_said_in_the_frame(self, fetch: Fetch, path: str) -> None:
        page = await fetch("jane", path)
        assert page.status_code == 404
        assert "There is nothing here" in page.text
        assert 'id="rail"' in page.text

    async def test_a_piece_of_a_page_says_it_in_a_line(self, fetch: Fetch) -> None:
        for path in ("/tickets/WEB-99", "/projects/NONE/board"):
            piece = await fetch("jane", path, headers={"hx-request": "true", "hx-target": "panel"})
            assert (piece.status_code, 'id="rail"' in piece.text) == (404, False)


class TestAddressOfAForm:
    """Where a form was sent stays in the address of its answer: who loads that anew comes to the page of the form."""

    @pytest.mark.parametrize(
        ("path", "page"),
        [
            ("/settings/invitations", "/settings/members"),
            ("/settings/groups", "/settings/workspace"),
            ("/settings/password", "/settings/profile"),
            ("/settings/instance/mail", "/settings/instance"),
            ("/tickets/WEB-1/edit", "/tickets/WEB-1"),
            ("/tickets/bulk", "/tickets"),
            ("/tickets/W%C3%84B-1/edit", "/tickets/W%C3%84B-1"),
        ],
    )
    async def test_it_leads_to_the_page_of_the_form(self, fetch: Fetch, path: str, page: str) -> None:
        reply = await fetch("jane", path)
        assert (reply.status_code, reply.headers["location"]) == (303, page)

    @pytest.mark.parametrize("path", ["/theme", "/workspace", "/signout", "/markdown"])
    async def test_what_is_sent_from_everywhere_leads_to_the_start(self, fetch: Fetch, path: str) -> None:
        assert (await fetch("jane", path)).headers["location"] == "/"

    async def test_every_step_up_is_a_page_in_the_end(self, fetch: Fetch) -> None:
        reply = await fetch("jane", "/settings/projects/WEB/members/user_101/remove")
        while reply.status_code == 303:
            reply = await fetch("jane", reply.headers["location"])
        assert (reply.status_code, "Jane Smith" in reply.text) == (200, True)

    async def test_another_site_is_no_page_above(self, fetch: Fetch) -> None:
        for path in ("//settings/invitations", "/%2Fsettings/invitations"):
            reply = await fetch("jane", path)
            assert not reply.headers.get("location", "/").startswith("//")

    async def test_what_scripts_and_programs_ask_is_still_not_allowed(self, fetch: Fetch) -> None:
        assert (await fetch("jane", "/tickets/bulk", headers={"hx-request": "true"})).status_code == 405
        assert (await fetch("jane", "/tickets/bulk", headers={"accept": "application/json"})).status_code == 405
