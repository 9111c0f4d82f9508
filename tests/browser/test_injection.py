"""Hundreds of texts that would run something, in every field that takes text, on every page: nothing of them does.

The texts are filed through the API. Then a browser opens the pages that show them, and every page that a link or a part
of a page leads to; pages that are made later are found by their links.
"""

import re
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Request

from codimir.config import Settings
from codimir.database.core import Unit
from tests.apps import Applications
from tests.browser.conftest import DESKTOP, Site, session_of
from tests.browser.payloads import SUM, payloads

PAYLOADS = payloads()
AT_ONCE = 16
MAX_NAME_LENGTH = 255
MAX_TOKEN_NAME_LENGTH = 100
MAX_LINE_LENGTH = 1_000
IN_A_TEXT = 25
OF_EACH_KIND = 2
SHOWS_MORE = {"by", "label", "assignee"}
"""Parameters with which a page shows other things than without them."""
REFUSED = {400, 409}
LOOK = """(sum) => {
  const found = [];
  const own = (address) => new URL(address, location.href).origin === location.origin;
  const all = [...document.querySelectorAll("*")];
  for (const each of all) {
    const inProse = each.parentElement?.closest(".prose");
    for (const { name, value } of each.attributes) {
      const says = `${each.localName} ${name}=${value.slice(0, 80)}`;
      if (/^on/i.test(name) || name === "srcdoc") found.push(says);
      const isOurs = /^(data-line=\\d+|id=note-[0-9a-f]{8}-(ref-)?\\d+)$/.test(`${name}=${value}`);
      if (inProse && !isOurs && /^(style|id|name|data-|hx-)/i.test(name)) found.push(`prose: ${says}`);
      if (/^(href|src|action|formaction|data|poster|xlink:href|background)$/i.test(name)) {
        const scheme = value.replace(/[\\0-\\x20]/g, "").toLowerCase();
        if (/^(javascript|vbscript|data|blob|feed|jar|view-source):/.test(scheme)) found.push(says);
        if (/^(action|formaction|data)$/i.test(name) && value && !own(value)) found.push(says);
      }
    }
    if (/^(iframe|object|embed|base|math|portal|style|marquee|foreignobject|x-own|frame)$/i.test(each.localName))
      found.push(each.outerHTML.slice(0, 100));
    if (each.localName === "script" && each.type !== "application/json" && !(each.src && own(each.src)))
      found.push(each.outerHTML.slice(0, 100));
  }
  if (document.documentElement.textContent.includes(sum)) found.push(`a template was run: ${sum}`);
  const said = all.flatMap((each) => [...each.attributes].map((one) => one.value));
  const leads = all.flatMap((each) => ["href", "hx-get"].map((name) => each.getAttribute(name)).filter(Boolean));
  return { found, text: [document.documentElement.textContent, ...said].join(" \\n "), leads };
}"""


def packed(width: int) -> list[str]:
    """Give all texts in as few lines of a width as they fit into."""
    lines = [""]
    for each in (plain(one) for one in PAYLOADS):
        if len(lines[-1]) + len(each) < width:
            lines[-1] = f"{lines[-1]} {each}".strip()
        else:
            lines.append(each)
    return lines


def parts(texts: Sequence[str], size: int) -> list[Sequence[str]]:
    """Give the texts in parts of a size."""
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def plain(text: str) -> str:
    """Give a text as one line of printable characters."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


class Filing:
    """Files texts through the API, many at once, and notes what was refused."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=60)

    def send(self, who: str, path: str, **body: Any) -> Any:
        files = {"file": (body.pop("file"), b"x")} if "file" in body else None
        options = {"files": files} if files else {"json": body}
        headers = {"cookie": f"next-auth.session-token=session-of-{who}"}
        reply = self.http.post(path, headers=headers, **options)
        assert reply.status_code == 201 or reply.status_code in REFUSED, (path, body, reply.text)
        return reply.json()["data"] if reply.status_code == 201 else None

    def each(self, make: Callable[[Any], Any], texts: Iterable[Any]) -> list[Any]:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(make, texts))


@pytest.fixture(scope="module")
def poisoned(
    applications: Applications,
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Path,
    load_cast: Unit[None],
    listening: socket.socket,
) -> Iterator[Site]:
    """A server with the texts in every field."""
    data_dir = tmp_path_factory.mktemp("poisoned")
    (data_dir / "codimir.db").write_bytes(sqlite_template.read_bytes())
    with applications.lend() as app:
        site = Site(app, Settings(data_dir=data_dir), listening)
        site.do(load_cast)
        filing = Filing(site.address)
        file_everywhere(filing)
        filing.http.close()
        yield site
        site.stop()


def file_everywhere(filing: Filing) -> None:
    """Put every text into every field that takes text."""
    people = file_people(filing)
    file_places(filing)
    texts = ["\n\n".join(part) for part in parts(PAYLOADS, IN_A_TEXT)]
    file_tickets(filing, texts, people)
    send = filing.send
    filing.each(lambda name: send("ada", "/api/user/tokens", name=name, scopes=["read"]), packed(MAX_TOKEN_NAME_LENGTH))
    filing.each(lambda text: send("ada", "/api/workspaces/workspace_789/invitations", email=f"{text}@x.test"), PAYLOADS)
    hook = {
        "url": "https://hooks.test/",
        "events": ["ticket.created"],
        "enabled": False,
        "workspaceId": "workspace_789",
    }
    filing.each(lambda text: send("ada", "/api/webhooks", **{**hook, "description": text}), packed(900))
    filing.each(lambda text: send("ada", "/api/webhooks", **{**hook, "url": f"https://hooks.test/{text}"}), PAYLOADS)


def file_people(filing: Filing) -> list[str]:
    """Make people of such names, who are members of Acme; give their ids."""

    def make(numbered: tuple[int, str]) -> str:
        number, name = numbered
        person = filing.send("root", "/api/users", email=f"p{number}@x.test", name=name, role="EDITOR")
        filing.send("ada", "/api/workspaces/workspace_789/members", userId=person["id"], role="MEMBER")
        return str(person["id"])

    return filing.each(make, enumerate(packed(MAX_NAME_LENGTH)))


def file_places(filing: Filing) -> None:
    """Make projects, groups and workspaces of such names."""
    text = "\n\n".join(PAYLOADS[:IN_A_TEXT])
    here = {"workspaceId": "workspace_789"}
    for number, name in enumerate(packed(MAX_NAME_LENGTH)):
        filing.send("ada", "/api/projects", name=name, key=f"P{number}", description=text, **here)
        filing.send("ada", "/api/groups", name=name, description=text, **here)
    filing.each(lambda name: filing.send("ada", "/api/workspaces", name=name), packed(MAX_NAME_LENGTH))


def file_tickets(filing: Filing, texts: Sequence[str], people: Sequence[str]) -> None:
    """Make tickets with such titles, labels, descriptions, comments, times and files."""
    labels = filing.each(lambda text: filing.send("ada", "/api/labels", name=text, color="#0e8a16"), PAYLOADS)
    names = parts(PAYLOADS, IN_A_TEXT)
    for number, text in enumerate(texts):
        made = filing.send("ada", "/api/tickets", title="Holds texts", projectId="WEB", description=text)
        path = f"/api/tickets/{made['key']}"
        filing.send("ada", f"{path}/comments", content=text)
        filing.send("ada", f"{path}/time-logs", minutes=5, description=text)
        filing.each(lambda name, path=path: filing.send("ada", f"{path}/attachments", file=name), names[number])

    def make(numbered: tuple[int, str]) -> None:
        number, title = numbered
        label_ids = [labels[number]["id"]] if labels[number] else []
        person = people[number % len(people)]
        filing.send("ada", "/api/tickets", title=title, projectId="WEB", labelIds=label_ids, assigneeId=person)

    filing.each(make, enumerate(PAYLOADS))


class Look:
    """Opens pages and notes what none of them may do."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.address = site.address
        self.found: list[str] = []
        self.opened: dict[str, str] = {}
        self.context = context
        context.expose_binding("ran", lambda source, *_: self._note("ran", source["page"].url))
        context.on("request", self._look_where)
        self.page = context.new_page()
        self.page.on("dialog", self._dismiss)
        self.page.on("console", lambda said: self._note("console", said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self._note("uncaught", str(error)))
        self.page.on(
            "response", lambda reply: self._note(str(reply.status), reply.url) if reply.status >= 500 else None
        )

    def open(self, path: str) -> list[str]:
        """Open a page and give where it leads."""
        self.page.goto(path)
        return self.look(path)

    def look(self, name: str) -> list[str]:
        """Look at the page as it is now and give where it leads."""
        seen = self.page.evaluate(LOOK, SUM)
        self.opened[name] = plain(seen["text"])
        self.found += [f"{name}: {each}" for each in seen["found"]]
        return [urljoin(self.page.url, each) for each in seen["leads"]]

    def follow(self, start: str, kinds: Counter[str]) -> None:
        """Open some pages of each kind that is found from a first one, and count them."""
        waiting = [start]
        while waiting:
            leads = [lead.removeprefix(self.address) for lead in self.open(waiting.pop(0))]
            for lead in leads:
                if (
                    is_page(lead)
                    and lead not in self.opened
                    and lead not in waiting
                    and kinds[kind_of(lead)] < OF_EACH_KIND
                ):
                    kinds[kind_of(lead)] += 1
                    waiting.append(lead)

    def shown(self, texts: Iterable[str]) -> list[str]:
        """Give which of the texts no page has shown."""
        everything = "\n".join(self.opened.values())
        return [text for text in texts if plain(text) not in everything]

    def _dismiss(self, dialog: Dialog) -> None:
        self._note("dialog", dialog.message)
        dialog.dismiss()

    def _look_where(self, request: Request) -> None:
        if not request.url.startswith(self.address):
            self._note("asked", request.url)

    def _note(self, what: str, text: str) -> None:
        if "responded with a status of 4" not in text:
            self.found.append(f"{self.page.url}: {what}: {text}")


def is_page(lead: str) -> bool:
    """Say whether an address leads to a page of ours, and not to a file or to data."""
    return lead.startswith("/") and not lead.startswith(("//", "/api/", "/static/")) and "#" not in lead


def kind_of(lead: str) -> str:
    """Give what addresses of one page have in common: `/projects/*/list?by`."""
    parts = urlsplit(lead)
    path = re.sub(r"/[^/]*([A-Z0-9_%-])[^/]*(?=/|$)", "/*", parts.path)
    names = {one.partition("=")[0] for one in parts.query.split("&")}
    return f"{path}?{' '.join(sorted(names & SHOWS_MORE))}"


@pytest.fixture
def look(chromium: Browser, poisoned: Site) -> Iterator[Callable[..., Look]]:
    """Look at the pages as someone of the cast; at the end nothing may have been found."""
    made: list[Look] = []

    def start(who: str) -> Look:
        context = chromium.new_context(base_url=poisoned.address, viewport=DESKTOP, locale="en-GB")
        context.set_default_timeout(60_000)
        context.add_cookies([session_of(who, poisoned.address)])
        made.append(Look(context, poisoned))
        return made[-1]

    yield start
    for each in made:
        each.context.close()
    assert [found for each in made for found in each.found] == []


class TestInjection:
    def test_there_are_hundreds(self) -> None:
        assert len(PAYLOADS) >= 500

    def test_every_title_and_label_in_a_list(self, look: Callable[..., Look]) -> None:
        seen = look("ada")
        for page in range(1, len(PAYLOADS) // 100 + 2):
            seen.open(f"/projects/WEB/list?limit=100&page={page}")
        assert seen.shown(PAYLOADS) == []

    def test_every_text_and_file_of_a_ticket(self, look: Callable[..., Look]) -> None:
        seen = look("ada")
        for number in range(1, len(parts(PAYLOADS, IN_A_TEXT)) + 1):
            seen.open(f"/tickets/WEB-{number}")

    def test_every_page_that_is_led_to(self, look: Callable[..., Look]) -> None:
        kinds = Counter[str]()
        for who in ("ada", "root"):
            look(who).follow("/", kinds)
        assert len(kinds) > len(("list", "project", "ticket"))

    def test_every_title_on_a_board(self, look: Callable[..., Look]) -> None:
        seen = look("ada")
        for by in ("status", "assignee", "priority"):
            seen.open(f"/projects/WEB/board?by={by}")
        assert len(seen.shown(PAYLOADS)) < len(PAYLOADS)

    def test_what_is_typed_into_the_palette_and_the_line(self, look: Callable[..., Look]) -> None:
        seen = look("ada")
        seen.open("/projects/WEB/list")
        seen.page.keyboard.press("Control+k")
        for text in ("script", "onerror", "javascript", *PAYLOADS[:: len(PAYLOADS) // 5]):
            seen.page.get_by_role("combobox").fill(plain(text))
            seen.page.wait_for_load_state("networkidle")
            seen.look("palette")
        seen.open("/projects/WEB/list")
        seen.page.keyboard.press("c")
        for text in packed(MAX_LINE_LENGTH):
            with seen.page.expect_response("**/tickets/new/preview"):
                seen.page.get_by_label("Ticket in one line").fill(text)
            seen.look("line")

    def test_every_text_in_an_address(self, look: Callable[..., Look]) -> None:
        seen = look("ada")
        for part in parts(PAYLOADS, IN_A_TEXT):
            text = quote(" ".join(part))
            seen.open(f"/tickets?search={text}")
            seen.open(f"/tickets?{text}={text}&status={text}&assignee={text}&label={text}")
        seen.open(f"/{quote(packed(900)[0])}")
