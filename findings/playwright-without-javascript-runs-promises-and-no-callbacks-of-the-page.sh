#!/usr/bin/env bash
# Playwright 1.65.2 (Python) with Chromium: in a context with `java_script_enabled=False`, `page.evaluate` still runs code,
# and promises still settle: `Promise.then`, `await`, `fetch`, `querySelectorAll(…).forEach(callback)`. But nothing that
# the page itself would call back ever runs: `setTimeout`, `queueMicrotask`, `requestAnimationFrame`, a MutationObserver,
# a listener of an event that the very same code dispatches. There is no error, and `page.evaluate` has no time limit:
# what waits for one of these waits for ever (`axe.run`, for one, stops a test suite).
#
# Expected: `evaluate` is refused in such a context, or what it runs works as a whole: `queueMicrotask(f)` does what
# `Promise.resolve().then(f)` does, and a listener hears what is dispatched in the line below.
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

RUNS = {
    "Promise.then": "Promise.resolve().then(() => true)",
    "fetch": "fetch('data:text/plain,a').then((reply) => reply.ok)",
    "forEach": "new Promise((said) => document.querySelectorAll('p').forEach(() => said(true)))",
}
STANDS_STILL = {
    "queueMicrotask": "new Promise((said) => queueMicrotask(() => said(true)))",
    "setTimeout": "new Promise((said) => setTimeout(() => said(true), 1))",
    "requestAnimationFrame": "new Promise((said) => requestAnimationFrame(() => said(true)))",
    "listener": "new Promise((said) => { document.onclick = () => said(true); document.body.click(); })",
    "MutationObserver": "new Promise((said) => { new MutationObserver(() => said(true))"
    ".observe(document.body, {childList: true}); document.body.append('x'); })",
}
# each writes where it came; what would wait for ever is never awaited, and looked at a second later
NOTED = "() => {{ {}.then((value) => {{ document.body.dataset.{} = value; }}); }}"


def came_through(browser, enabled, name, code):
    page = browser.new_context(java_script_enabled=enabled).new_page()
    page.set_content("<p>hello</p>")
    page.evaluate(NOTED.format(code, "came"))
    page.wait_for_timeout(1_000)
    came = page.locator("body").get_attribute("data-came") == "true"
    page.context.close()
    print(f"JavaScript {'on ' if enabled else 'off'}  {name:22} {'runs' if came else 'never runs'}")
    return came


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    print("playwright", version("playwright"), "chromium", browser.version)
    every = {**RUNS, **STANDS_STILL}
    with_scripts = {name: came_through(browser, True, name, code) for name, code in every.items()}
    without = {name: came_through(browser, False, name, code) for name, code in every.items()}
    browser.close()
as_seen = all(with_scripts.values()) and without == {name: name in RUNS for name in every}
sys.exit(0 if as_seen else 1)
PYTHON
"$folder/venv/bin/python" "$folder/try.py"
