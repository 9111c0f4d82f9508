"""Contexts of a browser that one test after another works in.

A context of its own for each test has nothing in its cache: it asks for every script again and compiles it, which takes
as long as all that most tests look at. What pages keep is gone all the same: no test finds anything of another.
"""

import json
from collections import defaultdict
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

KEPT_BY_PAGES = "local_storage,indexeddb,service_workers,cache_storage,websql,file_systems"


class Contexts:
    """The contexts of a browser that wait for a test, by how they were made."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self._waiting: dict[str, list[BrowserContext]] = defaultdict(list)
        self._lent: list[tuple[str, BrowserContext]] = []
        self._dropped: list[BrowserContext] = []

    def open_page(self, **options: Any) -> Page:
        """Open a page in a context that nobody else has, and that holds nothing but files that never change."""
        made_by = json.dumps(options, sort_keys=True)
        waiting = self._waiting[made_by]
        context = waiting.pop() if waiting else self._made(**options)
        self._lent.append((made_by, context))
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Storage.clearDataForOrigin", {"origin": self.address, "storageTypes": KEPT_BY_PAGES})
        wire.detach()
        return page

    def take_back(self) -> None:
        """Close every page, and forget who was signed in."""
        for made_by, context in self._lent:
            if context in self._dropped:
                context.close()
                continue
            for page in context.pages[1:]:
                page.close()
            context.set_offline(offline=False)
            context.clear_cookies()
            self._waiting[made_by].append(context)
        self._lent.clear()
        self._dropped.clear()

    def drop(self, page: Page) -> None:
        """Let no other test have the context of a page: what was done to it cannot be undone."""
        self._dropped.append(page.context)

    def _made(self, **options: Any) -> BrowserContext:
        context = self.browser.new_context(base_url=self.address, **options)
        context.new_page().goto("/static/favicon.svg")  # while it is open, so is the process that knows the scripts
        return context
