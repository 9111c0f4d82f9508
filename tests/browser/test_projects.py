"""A new project in a browser."""

from collections.abc import Callable

from playwright.sync_api import Page, expect


class TestNewProject:
    def test_its_key_is_suggested_while_its_name_is_written(
        self, visit: Callable[..., Page], barriers: Callable[[Page], list[str]]
    ) -> None:
        page = visit("ada")
        page.goto("/projects/new")
        said = page.locator("#key-said")
        page.get_by_label("Name").fill("Rocket engines")
        expect(said).to_contain_text("-1, ")
        first = said.inner_text()
        page.get_by_label("Name").fill("Gardens")
        expect(said).not_to_have_text(first)
        page.get_by_label("Key").fill("grow")
        expect(said).to_contain_text("GROW-1, GROW-2")
        assert barriers(page) == []
