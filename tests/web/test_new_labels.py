"""Labels that the line of a new ticket names and that are not there yet, on the page."""

from tests.clients import People
from tests.web.conftest import Fetch


class TestPage:
    async def test_the_line_says_who_may(self, fetch: Fetch) -> None:
        form = {"text": "Fix #mobile", "project": "WEB"}
        page = await fetch("jane", "/tickets/new/preview", "POST", data=form, headers={"hx-request": "true"})
        assert "No label “mobile”" in page.text
        assert "Labels are created by: " in page.text
        page = await fetch("ada", "/tickets/new/preview", "POST", data=form, headers={"hx-request": "true"})
        assert "New label “mobile”" in page.text
        assert "created by" not in page.text

    async def test_the_form_without_javascript_creates_it(self, fetch: Fetch, client: People) -> None:
        page = await fetch("ada", "/tickets/new", "POST", data={"text": "Fix #mobile", "project": "WEB"})
        assert page.status_code == 303
        ticket = (await client("ada").get(f"/api{page.headers['location']}")).data
        assert [label["name"] for label in ticket["labels"]] == ["mobile"]
