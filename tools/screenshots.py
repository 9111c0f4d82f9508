"""Takes a picture of every page, light, dark and on a phone, of a small demo instance of its own.

Writes `docs/screenshots/<page>-<look>.png`. Run it with `make screenshots`, or for some pages: `ARGS="list board"`.
Needs Chromium (on Debian and Ubuntu: `apt install chromium`); with pngquant the pictures take a third of the room.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
SHOTS = ROOT / "docs" / "screenshots"
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
CODIMIR = [str(Path(sys.executable).with_name("codimir"))]
LOOKS = {
    "light": {"viewport": {"width": 1360, "height": 850}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1360, "height": 850}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
SETTLING = 700
"""How long a page may take to show what keys asked for, in milliseconds."""


class Shot(NamedTuple):
    """A page, and the keys that are pressed on it, and what is typed, before the picture is taken."""

    path: str
    keys: tuple[str, ...] = ()
    types: str = ""


PAGES = {
    "sign-in": Shot("/signin"),
    "board": Shot("/projects/WEB/board"),
    "board-people": Shot("/projects/WEB/board?by=assignee"),
    "board-lifted": Shot("/projects/WEB/board", keys=("j", "j", " ", "ArrowRight")),
    "list": Shot("/projects/WEB/list"),
    "list-selection": Shot("/projects/WEB/list?by=status", keys=("j", "j", "x", "j", "x", "s")),
    "all-tickets": Shot("/tickets?priority=highest,high&sort=priority&status=todo,in_progress,in_review"),
    "ticket": Shot("/tickets/WEB-60"),
    "ticket-panel": Shot("/projects/WEB/list", keys=("j", "o")),
    "inbox": Shot("/inbox"),
    "my-work": Shot("/my-work"),
    "dashboard": Shot("/dashboard?period=quarter"),
    "shortcuts": Shot("/tickets", keys=("?",)),
    "quick": Shot("/projects/WEB/list", keys=("c",), types="Login crashes on Android !high @me #bug due friday WEB"),
    "palette": Shot("/projects/WEB/list", keys=("Control+k",), types="log"),
    "palette-empty": Shot("/projects/WEB/list", keys=("Control+k",)),
    "new-ticket": Shot("/tickets/new?project=WEB"),
    "not-found": Shot("/nowhere"),
}
"""Each page by the name of its picture. WEB is a project of every demo."""
WITHOUT_SESSION = {"sign-in"}


def main() -> None:
    """Take the pictures of the pages that are named, or of all."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("pages", nargs="*", choices=[[], *PAGES], metavar="page")
    parser.add_argument("--folder", type=Path, default=SHOTS)
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("screenshots: Chromium is not installed; on Debian and Ubuntu: apt install chromium")
    options.folder.mkdir(parents=True, exist_ok=True)
    with demo() as (address, session), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        for name in options.pages or PAGES:
            for look in LOOKS:
                shoot(browser, address, session, name, look, options.folder / f"{name}-{look}.png")


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """Serve a demo instance; give its address and the session of its owner."""
    with tempfile.TemporaryDirectory(prefix="codimir-shots-") as folder:
        run("demo", "--tickets", "2000", "--projects", "8", "--people", "40", "--data-dir", folder)
        session = run("session", "demo@example.com", "--data-dir", folder).strip()
        serve = [*CODIMIR, "serve", "--port", "0", "--data-dir", folder]
        server = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
        try:
            yield server.stdout.readline().split()[-1], session
        finally:
            server.terminate()
            server.wait()


def run(*arguments: str) -> str:
    """Run a command of Codimir and give what it prints."""
    return subprocess.run([*CODIMIR, *arguments], check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own command


def shoot(browser: Browser, address: str, session: str, name: str, look: str, file: Path) -> None:
    """Take one picture."""
    context = browser.new_context(**LOOKS[look], reduced_motion="reduce", locale="en-GB")
    if name not in WITHOUT_SESSION:
        context.add_cookies([{"name": "next-auth.session-token", "value": session, "url": address}])
    page = context.new_page()
    page.goto(address + PAGES[name].path, wait_until="networkidle")
    for key in PAGES[name].keys:
        page.keyboard.press(key)
    page.keyboard.type(PAGES[name].types)
    page.wait_for_timeout(SETTLING if PAGES[name].keys else 0)
    page.screenshot(path=file)
    context.close()
    shrink(file)
    print(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)


def shrink(file: Path) -> None:
    """Make a picture smaller where `pngquant` is installed; it is not needed."""
    if pngquant := shutil.which("pngquant"):
        subprocess.run([pngquant, "--force", "--skip-if-larger", "--ext", ".png", file], check=False)  # noqa: S603


if __name__ == "__main__":
    main()
