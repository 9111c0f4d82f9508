"""A search on the list: by relevance, with the words marked where it found them."""

import re
from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import Client
from tests.web.conftest import Fetch

ROW = re.compile(r'<li class="row.*?</li>', re.DOTALL)
TITLE = re.compile(r'class="row-title"[^>]*>(.*?)</a>')
PASSAGE = re.compile(r'class="row-passage"[^>]*>(.*?)</span>', re.DOTALL)
MARK = re.compile(r"<mark>(.*?)</mark>")


def rows(page: Any) -> list[str]:
    return ROW.findall(page.text)


def titles(page: Any) -> list[str]:
    return [re.sub("</?mark>", "", TITLE.search(row)[1]) for row in rows(page)]


def passage(page: Any) -> str:
    found = PASSAGE.search(page.text)
    return found[1] if found else ""


@pytest.fixture
async def found(new_ticket: AsyncCall[Any]) -> None:
    """Three tickets: the best match is the oldest."""
    await new_ticket(title="Login fails", status="done")
    await new_ticket(title="Something else", description="It shows after the login.")
    await new_ticket(title="Nothing of it")
    await new_ticket(title="Page of a kind", description="A long login story")


@pytest.mark.usefixtures("found")
class TestOrder:
    async def test_the_best_match_comes_first_as_in_the_search_of_the_api(self, fetch: Fetch, jane: Client) -> None:
        searched = await jane.get("/api/tickets/search", q="login")
        page = await fetch("jane", "/tickets?search=login")
        assert titles(page) == [ticket["title"] for ticket in searched.data]
        assert titles(page)[0] == "Login fails"
        assert "3 tickets" in page.text

    async def test_another_order_that_is_chosen_counts(self, fetch: Fetch) -> None:
        page = await fetch("jane", "/tickets?search=login&sort=updatedAt")
        assert titles(page) == ["Page of a kind", "Something else", "Login fails"]
        page = await fetch("jane", "/tickets?search=login&sort=title&order=asc")
        assert titles(page) == ["Login fails", "Page of a kind", "Something else"]

    async def test_without_a_search_it_is_as_changed(self, fetch: Fetch) -> None:
        for path in ("/tickets", "/tickets?sort=relevance", "/tickets?search=%20"):
            page = await fetch("jane", path)
            assert titles(page) == ["Page of a kind", "Nothing of it", "Something else", "Login fails"]
            assert "Best match" not in page.text
            assert "<mark>" not in page.text

    async def test_the_menu_says_it(self, fetch: Fetch) -> None:
        page = await fetch("jane", "/projects/WEB/list?search=login")
        menu = page.text.partition("Order by")[2]
        assert re.findall(r'aria-current="true".*?<span class="grow">([^<]*)<', menu)[0] == "Best match"
        assert "sort=updatedAt" in page.text

    async def test_filters_and_groups_hold(self, fetch: Fetch) -> None:
        page = await fetch("jane", "/tickets?search=login&status=backlog")
        assert titles(page) == ["Page of a kind", "Something else"]
        page = await fetch("jane", "/tickets?search=login&by=status")
        assert titles(page) == ["Page of a kind", "Something else", "Login fails"]

    async def test_a_key_comes_first(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket(title="As in WEB-2, WEB-2")
        assert titles(await fetch("jane", "/tickets?search=web-2"))[0] == "Something else"

    async def test_pages_hold_each_once(self, fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also past the matches that are ranked."""
        monkeypatch.setattr("codimir.tickets.listing.best_matches.CANDIDATES", 1)
        seen = []
        for page in (1, 2, 3):
            seen += titles(await fetch("jane", f"/tickets?search=login&limit=1&page={page}"))
        assert sorted(seen) == ["Login fails", "Page of a kind", "Something else"]
        assert titles(await fetch("jane", "/tickets?search=login&limit=2&page=2")) == seen[2:]

    async def test_the_api_keeps_its_order(self, jane: Client) -> None:
        listed = await jane.get("/api/tickets", search="login")
        assert [each["title"] for each in listed.data] == ["Page of a kind", "Something else", "Login fails"]
        assert (await jane.get("/api/tickets", search="login", sort="relevance")).status == 400

    async def test_outsiders_find_nothing(self, fetch: Fetch) -> None:
        assert rows(await fetch("eve", "/tickets?search=login")) == []


class TestWhere:
    async def test_words_of_the_title_are_marked(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket(title="Ärger with <b> & the Login", description="login")
        page = await fetch("jane", "/tickets?search=arger+log")
        assert TITLE.search(page.text)[1] == ("<mark>Ärger</mark> with &lt;b&gt; &amp; the <mark>Login</mark>")
        assert passage(page) == ""

    async def test_what_only_the_description_holds_is_shown(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        text = "# Story\n\nFirst line.\n\nSee **the [timeout](https://x.example)** <b>of</b> `login` & more."
        await new_ticket(title="The login", description=text)
        page = await fetch("jane", "/tickets?search=login+timeout")
        assert passage(page) == "See the <mark>timeout</mark> of <mark>login</mark> &amp; more."

    async def test_what_only_a_comment_holds_is_shown(
        self, fetch: Fetch, new_ticket: AsyncCall[Any], jane: Client
    ) -> None:
        ticket = await new_ticket(title="The page")
        for content in ("The zebra <img src=x onerror=alert(1)> is here", "Nothing"):
            await jane.post(f"/api/tickets/{ticket['id']}/comments", {"content": content})
        page = await fetch("jane", "/tickets?search=zebra")
        assert MARK.findall(passage(page)) == ["zebra"]
        assert 'aria-label="In a comment"' in page.text
        assert "<img src=x" not in page.text

    async def test_a_deleted_comment_is_not(self, fetch: Fetch, new_ticket: AsyncCall[Any], jane: Client) -> None:
        ticket = await new_ticket(title="A zoo", description="zebra")
        path = f"/api/tickets/{ticket['id']}/comments"
        comment = (await jane.post(path, {"content": "secretive words"})).data
        assert "secretive" in passage(await fetch("jane", "/tickets?search=secretive"))
        await jane.delete(f"{path}/{comment['id']}")
        assert "secretive</mark>" not in (await fetch("jane", "/tickets?search=secretive")).text

    async def test_a_typo_marks_what_was_meant(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket(title="Session timeout")
        assert MARK.findall((await fetch("jane", "/tickets?search=timout")).text) == ["timeout"]

    async def test_of_a_long_text_it_is_what_stands_around(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket(title="Long", description=f"{'before ' * 3_000}zebra {'after ' * 3_000}")
        said = passage(await fetch("jane", "/tickets?search=zebra"))
        assert said.startswith("… before")
        assert said.endswith("…")
        assert MARK.findall(said) == ["zebra"]
        assert len(said) < 300

    @pytest.mark.parametrize("text", ["<script>zebra</script>", '"><img src=x onerror=zebra>', "<!-- zebra -->"])
    async def test_texts_stay_texts(self, fetch: Fetch, new_ticket: AsyncCall[Any], text: str) -> None:
        await new_ticket(title="Odd", description=text)
        said = passage(await fetch("jane", "/tickets?search=zebra"))
        assert re.findall(r"<(?!/?mark>)", said) == []

    async def test_the_rows_of_further_pages_are_marked_too(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        for number in range(3):
            await new_ticket(title=f"Zebra {number}")
        headers = {"hx-request": "true", "hx-target": "more"}
        page = await fetch("jane", "/tickets?search=zebra&limit=2&page=2", headers=headers)
        assert MARK.findall(page.text) == ["Zebra"]
