"""Names of every script: the menu of mentions opens for them, and menus that search by themselves find them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from codimir.database.core import Transaction
from codimir.database.statements import update_by_id
from codimir.kit.collation import name_keys
from codimir.model.users import users
from tests.browser.conftest import Site

NAMES = {"user_102": "Ольга Ёлкина", "user_mia": "李 雷", "user_ada": "Ömer Åsberg"}


async def rename(tx: Transaction) -> None:
    statement = update_by_id(users, frozenset({"name", "name_search", "name_sort"}))
    for user_id, name in NAMES.items():
        await tx.execute(statement, row_id=user_id, name=name, **name_keys(name))


@pytest.fixture
def page(site: Site, visit: Callable[..., Page]) -> Page:
    site.do(rename)
    shown: Page = visit("jane")
    shown.goto("/tickets")
    return shown


class TestMentions:
    def test_the_menu_opens_for_every_script(self, page: Page) -> None:
        page.keyboard.press("c")
        page.keyboard.type("Names")
        description = page.locator("#quick-description")
        description.wait_for()
        description.focus()
        written = ""
        for begun, handle in (("@Оль", "@john"), (" 你好@李", "@mia"), (" (@öm", "@ada")):
            page.keyboard.insert_text(begun)
            expect(page.locator("#mention [role=option]")).to_have_count(1)
            page.keyboard.press("Enter")
            written += begun[: begun.index("@")] + handle + " "
            expect(description).to_have_value(written)
