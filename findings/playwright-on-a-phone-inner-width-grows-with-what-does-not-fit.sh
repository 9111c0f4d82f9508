#!/usr/bin/env bash
# Playwright 1.65.2 (Python) with Chromium 156: in a context with `is_mobile=True`, as all its descriptions of phones have
# it, `innerWidth` is not the width of the viewport that was asked for: it grows to the width of what does not fit. So
# the usual look for a page that scrolls sideways, `document.documentElement.scrollWidth <= innerWidth`, holds on every page
# of a phone however wide it is, while the same line in a window of the same size does fail. `screen.width`,
# `document.documentElement.clientWidth` and `visualViewport.width` stay what was asked for, and the scale stays 1.
#
# Expected: a page with a box of 900 pixels in a viewport of 390 has an `innerWidth` of 390, on a phone too.
# Seen: 900, and the comparison is true.
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

PAGE = """<!doctype html><meta name="viewport" content="width=device-width, initial-scale=1">
<body style="margin: 0"><div style="width: 900px">too wide</div>"""
LOOK = """() => ({fits: document.documentElement.scrollWidth <= innerWidth, innerWidth, screen: screen.width,
client: document.documentElement.clientWidth, visual: visualViewport.width, scale: visualViewport.scale})"""

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
    print("playwright", version("playwright"), "chromium", browser.version)
    seen = {}
    for is_phone in (False, True):
        page = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=is_phone).new_page()
        page.set_content(PAGE)
        seen[is_phone] = page.evaluate(LOOK)
        print("phone:" if is_phone else "window:", seen[is_phone])
phone, window = seen[True], seen[False]
same = (window["fits"], window["innerWidth"]) == (False, 390) and (phone["fits"], phone["innerWidth"]) == (True, 900)
sys.exit(0 if same and phone["screen"] == phone["client"] == phone["visual"] == 390 else 1)
PYTHON
"$folder/venv/bin/python" "$folder/try.py"
