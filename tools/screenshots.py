"""Takes a picture of every page, light, dark and on a phone, of a small demo instance of its own.

Writes `docs/screenshots/<page>-<look>.png`. Run it with `make screenshots`, or for some pages: `ARGS="list board"`.
Needs Chromium (on Debian and Ubuntu: `apt install chromium`); with pngquant the pictures take a third of the room.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright
from staging import scene

ROOT = Path(__file__).parents[1]
SHOTS = ROOT / "docs" / "screenshots"
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
DESK = {"width": 1360, "height": 850}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": DESK, "color_scheme": "light"},
    "dark": {"viewport": DESK, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True, "is_mobile": True},
}
SETTLING = 700
"""How long a page may take to show what keys asked for, in milliseconds."""


class Shot(NamedTuple):
    """A page, the keys that are pressed on it, what is typed, and what is pressed, before the picture is taken."""

    path: str
    keys: tuple[str, ...] = ()
    types: str = ""
    presses: tuple[str, ...] = ()
    who: str | None = "session"


PAGES = {
    "sign-in": Shot("/signin", who=None),
    "setup": Shot("{setup}", who=None),
    "invitation": Shot("/invite/{invitation}", who=None),
    "reset-request": Shot("/reset", who=None),
    "reset": Shot("/reset/{reset}", who=None),
    "board": Shot("/projects/WEB/board"),
    "board-people": Shot("/projects/WEB/board?by=assignee"),
    "board-lifted": Shot("/projects/WEB/board", keys=("j", "j", " ", "ArrowRight")),
    "board-empty": Shot("/projects/NEW/board"),
    "list": Shot("/projects/WEB/list"),
    "list-empty": Shot("/projects/NEW/list"),
    "list-selection": Shot("/projects/WEB/list?by=status", keys=("j", "j", "x", "j", "x", "s")),
    "search": Shot("/tickets?search=login"),
    "search-empty": Shot("/tickets?search=xylophone"),
    "filters": Shot("/projects/WEB/list", presses=("summary:has-text('Filter')",)),
    "all-tickets": Shot("/tickets?priority=highest,high&sort=priority&status=todo,in_progress,in_review"),
    "ticket": Shot("/tickets/WEB-517"),
    "ticket-panel": Shot("/projects/WEB/list", keys=(*"jjj", "o")),
    "inbox": Shot("/inbox"),
    "my-work": Shot("/my-work"),
    "dashboard": Shot("/dashboard?period=quarter"),
    "project-dashboard": Shot("/projects/WEB/dashboard"),
    "dashboard-empty": Shot("/projects/NEW/dashboard"),
    "projects": Shot("/projects"),
    "project-new": Shot("/projects/new"),
    "shortcuts": Shot("/tickets", keys=("?",)),
    "quick": Shot("/projects/WEB/list", keys=("c",), types="Login crashes on Android !high @me #bug due friday WEB"),
    "palette": Shot("/projects/WEB/list", keys=("Control+k",), types="log"),
    "palette-empty": Shot("/projects/WEB/list", keys=("Control+k",)),
    "new-ticket": Shot("/tickets/new?project=WEB"),
    "menu": Shot("/my-work", presses=("[data-opens-drawer]", "summary.is-person")),
    "not-found": Shot("/nowhere"),
    "settings-profile": Shot("/settings/profile"),
    "settings-preferences": Shot("/settings/preferences"),
    "settings-tokens": Shot("/settings/tokens"),
    "settings-workspace": Shot("/settings/workspace"),
    "settings-members": Shot("/settings/members"),
    "settings-labels": Shot("/settings/labels"),
    "settings-webhooks": Shot("/settings/webhooks"),
    "settings-webhook": Shot("/settings/webhooks/{webhook}"),
    "settings-webhook-new": Shot("/settings/webhooks/new"),
    "settings-delivery": Shot("/settings/webhooks/{webhook}/deliveries/{delivery}"),
    "settings-project": Shot("/settings/projects/WEB"),
    "settings-trash": Shot("/settings/trash"),
    "settings-audit": Shot("/settings/audit"),
    "settings-people": Shot("/settings/people", who="admin"),
}
"""Each page by the name of its picture. WEB is a project of every demo; names in braces are places of the scene."""


def main() -> None:
    """Take the pictures of the pages that are named, or of all."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("pages", nargs="*", choices=[[], *PAGES], metavar="page")
    parser.add_argument("--folder", type=Path, default=SHOTS)
    parser.add_argument("--look", action="append", choices=LOOKS, help="only so; may be given several times")
    parser.add_argument("--height", type=int, help="how high the window is, to see more of long pages")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("screenshots: Chromium is not installed; on Debian and Ubuntu: apt install chromium")
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.height:
        for look in LOOKS.values():
            look["viewport"] = look["viewport"] | {"height": options.height}
    with scene() as places, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        for name in options.pages or PAGES:
            for look in options.look or LOOKS:
                shoot(browser, places, PAGES[name], look, options.folder / f"{name}-{look}.png")
    (options.folder / "README.md").write_text(gallery(options.folder), encoding="utf-8")


def shoot(browser: Browser, places: dict[str, str], shot: Shot, look: str, file: Path) -> None:
    """Take one picture."""
    context = browser.new_context(**LOOKS[look], base_url=places["address"], reduced_motion="reduce", locale="en-GB")
    if shot.who:
        cookie = {"name": "next-auth.session-token", "value": places[shot.who], "url": places["address"]}
        context.add_cookies([cookie])
    page = context.new_page()
    page.goto(shot.path.format(**places), wait_until="networkidle")
    for key in shot.keys:
        page.keyboard.press(key)
    page.keyboard.type(shot.types)
    for target in shot.presses:
        press_if_shown(page, target)
    page.wait_for_timeout(SETTLING if shot.keys or shot.presses else 0)
    page.screenshot(path=file)
    context.close()
    shrink(file)
    print(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)


def press_if_shown(page: Page, target: str) -> None:
    """Press an element, unless this look of the page has none."""
    found = page.locator(target).locator("visible=true")
    if found.count():
        found.first.click()


def gallery(folder: Path) -> str:
    """Write the page that shows all pictures of a folder."""
    lines = ["# Every page, light, dark and on a phone", "", "Taken of the demo by `make screenshots`.", ""]
    for name in PAGES:
        taken = [look for look in LOOKS if (folder / f"{name}-{look}.png").exists()]
        if taken:
            lines += [f"## {name.replace('-', ' ').capitalize()}", ""]
            lines += [f'<img alt="{look}" src="{name}-{look}.png" height="360">' for look in taken] + [""]
    return "\n".join(lines)


def shrink(file: Path) -> None:
    """Make a picture smaller where `pngquant` is installed; it is not needed."""
    if pngquant := shutil.which("pngquant"):
        subprocess.run([pngquant, "--force", "--skip-if-larger", "--ext", ".png", file], check=False)  # noqa: S603


if __name__ == "__main__":
    main()
