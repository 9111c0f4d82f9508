"""What the pages say to whoever can read a project and not change it, and the ways out."""

from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import People
from tests.web.conftest import Fetch

TICKET = "/tickets/WEB-1"


@pytest.fixture
async def ticket(new_ticket: AsyncCall[Any]) -> Any:
    return await new_ticket()


@pytest.fixture
async def open_web(client: People) -> None:
    """Let people of Acme join Website."""
    assert (await client("ada").put("/api/project/WEB", {"joinPolicy": "open"})).status == 200


class TestReason:
    async def test_who_is_no_member_is_told_whom_to_ask(self, fetch: Fetch, client: People, ticket: Any) -> None:
        page = (await fetch("mia", TICKET)).text
        assert "You can read and comment here." in page
        assert "To work on its tickets, ask Ada Owner to add you." in page
        await client("ada").put("/api/project/WEB/members/user_102", {"role": "ADMIN"})
        assert "ask John Doe to add you" in (await fetch("mia", TICKET)).text

    async def test_who_may_join_is_offered_it(self, fetch: Fetch, ticket: Any, open_web: None) -> None:
        page = (await fetch("mia", TICKET)).text
        assert "Join the project to work on its tickets." in page
        assert 'action="/projects/WEB/join"' in page

    @pytest.mark.parametrize(
        ("who", "said"),
        [("victor", "You are a reader in this project"), ("jane", None), ("ada", None), ("root", None)],
    )
    async def test_each_is_told_their_own_reason(self, fetch: Fetch, ticket: Any, who: str, said: str | None) -> None:
        page = (await fetch(who, TICKET)).text
        assert ("standing" in page) == (said is not None)
        assert said is None or said in page

    async def test_an_archived_project_says_so_to_everybody(self, fetch: Fetch, client: People, ticket: Any) -> None:
        await client("ada").put("/api/project/WEB", {"status": "archived"})
        for who in ("ada", "jane", "mia"):
            assert "This project is archived" in (await fetch(who, TICKET)).text

    async def test_it_is_said_in_german(self, fetch: Fetch, client: People, ticket: Any) -> None:
        page = (await fetch("mia", TICKET, headers={"accept-language": "de"})).text
        assert "Hier können Sie lesen und kommentieren." in page


class TestJoin:
    async def test_it_leads_back_and_lets_one_work(
        self, fetch: Fetch, client: People, ticket: Any, open_web: None
    ) -> None:
        for _ in range(2):
            reply = await fetch("mia", "/projects/WEB/join", "POST", data={"back": TICKET})
            assert (reply.status_code, reply.headers["location"]) == (303, TICKET)
        assert "standing" not in (await fetch("mia", TICKET)).text
        assert (await client("mia").put("/api/tickets/WEB-1", {"title": "Mine"})).status == 200

    async def test_it_leads_to_no_other_site(self, fetch: Fetch, open_web: None) -> None:
        reply = await fetch("mia", "/projects/WEB/join", "POST", data={"back": "//evil.example/"})
        assert reply.headers["location"] == "/"

    async def test_who_may_not_is_refused(self, fetch: Fetch) -> None:
        assert (await fetch("mia", "/projects/WEB/join", "POST", data={})).status_code == 403
        assert (await fetch("mia", "/projects/SEC/join", "POST", data={})).status_code == 404


class TestCreateButton:
    @pytest.mark.parametrize("path", ["/projects/WEB/list", "/projects/WEB/board", "/projects/WEB/dashboard"])
    async def test_it_stands_only_where_one_may_create(self, fetch: Fetch, path: str) -> None:
        assert "data-create" in (await fetch("jane", path)).text
        mia = (await fetch("mia", path)).text
        assert "data-create" not in mia
        assert "Read and comment" in mia

    async def test_where_one_may_join_that_stands_there(self, fetch: Fetch, open_web: None) -> None:
        page = (await fetch("mia", "/projects/WEB/board")).text
        assert 'action="/projects/WEB/join"' in page
        assert "data-create" not in page

    async def test_without_a_project_it_is_for_who_may_create_anywhere(self, fetch: Fetch, client: People) -> None:
        assert "data-create" in (await fetch("mia", "/tickets")).text
        assert "data-create" not in (await fetch("victor", "/tickets")).text
        await client("ada").put("/api/project/WEB/members/user_victor", {"role": "MEMBER"})
        assert "data-create" in (await fetch("victor", "/tickets")).text


def _offered(page: str) -> list[tuple[str, bool]]:
    options = page.partition('name="project"')[2].partition("</select>")[0].split("<option ")[1:]
    return [(option.split('"')[1], " selected" in option) for option in options]


class TestNewTicket:
    async def test_it_offers_projects_where_one_may_create_and_proposes_ones_own(self, fetch: Fetch) -> None:
        assert _offered((await fetch("jane", "/tickets/new")).text) == [("SEC", True), ("WEB", False), ("", False)]
        assert _offered((await fetch("mia", "/tickets/new")).text) == [("", True)]
        assert _offered((await fetch("ada", "/tickets/new")).text) == [("SEC", True), ("WEB", False), ("", False)]

    async def test_where_one_is_goes_before_where_one_was(self, fetch: Fetch) -> None:
        used = {"headers": {"cookie": "next-auth.session-token=session-of-jane; codimir.project=WEB"}}
        assert ("WEB", True) in _offered((await fetch("jane", "/tickets/new", **used)).text)
        assert ("SEC", True) in _offered((await fetch("jane", "/tickets/new?project=SEC", **used)).text)

    async def test_a_project_that_one_only_reads_is_said_to_be_one(self, fetch: Fetch) -> None:
        page = (await fetch("mia", "/tickets/new?project=WEB")).text
        assert "You can&#39;t create tickets in Website" in page
        assert _offered(page) == [("", True)]

    async def test_a_reader_of_the_workspace_is_not_offered_no_project(self, fetch: Fetch, client: People) -> None:
        await client("ada").put("/api/project/WEB/members/user_victor", {"role": "MEMBER"})
        assert _offered((await fetch("victor", "/tickets/new")).text) == [("WEB", True)]

    async def test_creating_keeps_the_project_for_the_next(self, fetch: Fetch) -> None:
        reply = await fetch("jane", "/tickets/new", "POST", data={"text": "One", "project": "WEB"})
        assert (reply.status_code, reply.headers["location"]) == (303, "/tickets/WEB-1")
        assert reply.headers["set-cookie"].startswith("codimir.project=WEB")

    async def test_the_api_says_in_which_project_one_cannot_create(self, client: People) -> None:
        refused = await client("mia").post("/api/tickets", {"title": "x", "projectId": "WEB"})
        assert (refused.status, refused.error["message"]) == (403, "You can't create tickets in Website")
