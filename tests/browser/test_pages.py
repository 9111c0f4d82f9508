"""Pages that no other test looks at: no barrier in light, dark and on a phone, and all that fingers need."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

PAGES = (
    "/projects", "/projects/new", "/tickets/new", "/settings/profile", "/settings/preferences", "/settings/tokens",
    "/settings/workspace", "/settings/members", "/settings/labels", "/settings/webhooks", "/settings/webhooks/new",
    "/settings/projects/WEB", "/settings/projects/WEB/members", "/settings/trash", "/settings/audit",
)  # fmt: skip
OF_STRANGERS = ("/signin", "/reset")
FITS = "document.scrollingElement.scrollWidth <= Math.min(innerWidth, screen.width)"
"""A phone makes `innerWidth` as wide as what does not fit."""


@pytest.fixture(params=["light", "dark", "phone"])
def look(request: pytest.FixtureRequest, phone: dict[str, Any]) -> Any:
    return phone if request.param == "phone" else {"color_scheme": request.param}


@pytest.fixture
def lived_in(fill: Callable[..., None], visit: Callable[..., Page]) -> str:
    """Something in the trash, in the audit, and among the webhooks; gives the page of a webhook."""
    fill(2)
    ada = visit("ada").request
    assert ada.delete("/api/tickets/WEB-2").ok
    hook = {"url": "https://example.com/hook", "events": ["label.created"], "workspaceId": "workspace_789"}
    made = ada.post("/api/webhooks", data=hook)
    return f"/settings/webhooks/{made.json()['data']['id']}"


class TestEveryPage:
    def test_it_has_no_barrier_and_fits(
        self, visit: Callable[..., Page], lived_in: str, barriers: Callable[[Page], list[str]], look: Any
    ) -> None:
        page = visit("ada", **look)
        for path in (*PAGES, lived_in):
            assert page.goto(path).status == 200
            assert (path, barriers(page)) == (path, [])
            assert page.evaluate(FITS), path

    def test_of_administrators(
        self, visit: Callable[..., Page], barriers: Callable[[Page], list[str]], look: Any
    ) -> None:
        page = visit("root", **look)
        page.goto("/settings/people")
        expect(page.get_by_role("heading", name="New account")).to_be_visible()
        assert barriers(page) == []
        assert page.evaluate(FITS)

    def test_of_strangers(self, visit: Callable[..., Page], barriers: Callable[[Page], list[str]], look: Any) -> None:
        page = visit(None, **look)
        for path in OF_STRANGERS:
            page.goto(path)
            assert (path, barriers(page)) == (path, [])


class TestNarrow:
    """320 pixels, which is what WCAG 1.4.10 asks for."""

    def test_every_page_fits(
        self, visit: Callable[..., Page], fill: Callable[..., None], phone: dict[str, Any]
    ) -> None:
        fill(2)
        page = visit("ada", **phone | {"viewport": {"width": 320, "height": 640}})
        for path in (*PAGES, "/projects/WEB/list", "/projects/WEB/board", "/tickets/WEB-1", "/dashboard", "/inbox"):
            page.goto(path)
            assert page.evaluate(FITS), path

    def test_a_list_with_many_filters_fits(
        self, visit: Callable[..., Page], fill: Callable[..., None], phone: dict[str, Any]
    ) -> None:
        fill(2)
        page = visit("ada", **phone)
        for path in ("/tickets", "/projects/WEB/list", "/projects/WEB/board"):
            page.goto(f"{path}?status=todo&priority=high&type=BUG&assignee=me&updated=today")
            assert page.evaluate(FITS), path

    def test_the_line_of_a_new_ticket_fits(self, visit: Callable[..., Page], phone: dict[str, Any]) -> None:
        page = visit("jane", **phone | {"viewport": {"width": 320, "height": 640}})
        page.goto("/projects/WEB/list")
        page.get_by_role("banner").get_by_role("link", name="Create ticket").tap()
        page.get_by_label("Ticket in one line").fill("Feed the lion !high")
        expect(page.get_by_role("dialog").get_by_role("button", name="Create ticket")).to_be_in_viewport(ratio=1)


class TestAudit:
    def test_what_has_many_fields_is_folded(self, visit: Callable[..., Page], lived_in: str) -> None:
        page = visit("ada")
        page.goto("/settings/audit?type=ticket.created")
        entry = page.get_by_role("listitem").filter(has_text="ticket.created").first
        expect(entry.get_by_text("Feed the zebra", exact=True)).to_be_hidden()
        entry.get_by_text("fields").click()
        expect(entry.get_by_text("Feed the zebra", exact=True)).to_be_visible()


class TestByTouch:
    def test_everything_can_be_found_and_done(
        self, visit: Callable[..., Page], fill: Callable[..., None], phone: dict[str, Any]
    ) -> None:
        fill()
        page = visit("jane", **phone)
        page.goto("/projects/WEB/list")
        page.get_by_role("link", name="Search or jump to").tap()
        page.get_by_role("combobox", name="Search or jump to").fill("zebr")
        page.get_by_role("option", name="Feed the zebra").tap()
        page.wait_for_url("**/tickets/WEB-1")
        page.get_by_role("button", name="Status: To do").tap()
        page.locator(".choices .item", has_text="Done").tap()
        expect(page.get_by_role("button", name="Status: Done")).to_be_visible()

    def test_one_line_makes_a_ticket(self, visit: Callable[..., Page], phone: dict[str, Any]) -> None:
        page = visit("jane", **phone)
        page.goto("/projects/WEB/list")
        page.get_by_role("banner").get_by_role("link", name="Create ticket").tap()
        page.get_by_label("Ticket in one line").fill("Feed the lion !high")
        expect(page.locator(".said-parts")).to_contain_text("High")
        page.get_by_role("button", name="Create ticket").tap()
        expect(page.get_by_role("link", name="Feed the lion").first).to_be_visible()

    def test_many_tickets_are_selected_and_changed(
        self, visit: Callable[..., Page], fill: Callable[..., None], phone: dict[str, Any]
    ) -> None:
        fill(3)
        page = visit("jane", **phone)
        page.goto("/projects/WEB/list")
        expect(page.get_by_role("checkbox", name="Select WEB-1")).to_be_hidden()
        page.locator(".selecting").tap()
        for key in ("WEB-1", "WEB-3"):
            page.get_by_role("listitem").filter(has_text=key).tap()
        expect(page.get_by_text("2 selected")).to_be_visible()
        page.locator("#bulk summary", has_text="Status").tap()
        page.get_by_role("button", name="Done").first.tap()
        expect(page.get_by_role("button", name="Done").and_(page.locator(".row-pick"))).to_have_count(2)

    def test_selecting_ends(self, visit: Callable[..., Page], fill: Callable[..., None], phone: dict[str, Any]) -> None:
        fill()
        page = visit("jane", **phone)
        page.goto("/projects/WEB/list")
        page.locator(".selecting").tap()
        page.get_by_role("listitem").filter(has_text="WEB-1").tap()
        page.get_by_role("button", name="Select nothing").tap()
        page.get_by_role("link", name="Feed the zebra").tap()
        page.wait_for_url("**/tickets/WEB-1")

    def test_the_menu_of_the_person_is_within_reach(self, visit: Callable[..., Page], phone: dict[str, Any]) -> None:
        page = visit("jane", **phone)
        page.goto("/tickets")
        page.get_by_role("link", name="Open the menu").tap()
        page.locator("summary.is-person").tap()
        expect(page.get_by_role("button", name="Sign out")).to_be_in_viewport()
