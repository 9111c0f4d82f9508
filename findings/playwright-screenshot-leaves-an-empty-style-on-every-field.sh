#!/usr/bin/env bash
# Playwright 1.65.2 (Python) with Chromium: `page.screenshot()` hides the caret by an inline style on every input and
# textarea, hidden ones too, and what it puts back is not what was there: each has the attribute `style=""` from then on.
# The page is another one than before the picture. Whatever copies attributes trips over it: htmx, for one, settles what it
# swaps in by `setAttribute` of the attributes of the old element with the same id, and a page whose policy is
# `style-src 'self'` then says "Applying inline style violates the following Content Security Policy directive" on its
# console: an error that only pages have of which somebody took a picture, one form later. `caret="initial"` avoids it.
#
# Expected: `screenshot()` leaves the document as it was: a field without a style has none afterwards.
#
# Needs `chromium`. Exits with 0 while it is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check playwright==1.65.2
cat > "$folder/try.py" <<'PYTHON'
import shutil
import sys
from importlib.metadata import version

from playwright.sync_api import sync_playwright

PAGE = """<!doctype html><meta http-equiv="content-security-policy" content="style-src 'self'">
<p>hello</p><input type="hidden" name="a"><input type="checkbox"><textarea id="words"></textarea><select></select>"""
STYLED = "() => [...document.querySelectorAll('[style]')].map((one) => one.localName + ' ' + one.type)"
SETTLE = """() => { const old = document.querySelector('textarea'), fresh = document.createElement('textarea');
for (const {name, value} of old.attributes) fresh.setAttribute(name, value); old.replaceWith(fresh); }"""


def look(browser, **options):
    page = browser.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.set_content(PAGE)
    before = page.evaluate(STYLED)
    page.screenshot(**options)
    after = page.evaluate(STYLED)
    page.evaluate(SETTLE)
    page.wait_for_timeout(300)
    print(options or "as it comes", "| before:", before, "| after:", after, "| copying its attributes:", said or "nothing")
    page.close()
    return before, after, bool(said)


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    print("playwright", version("playwright"), "chromium", browser.version)
    as_it_comes, with_caret = look(browser), look(browser, caret="initial")
    browser.close()
left = ["input hidden", "input checkbox", "textarea textarea"]
sys.exit(0 if (as_it_comes, with_caret) == (([], left, True), ([], [], False)) else 1)
PYTHON
"$folder/venv/bin/python" "$folder/try.py"
