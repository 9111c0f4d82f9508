"""Load a CSV of real issues through the HTTP API, read each back, but for line ends as it was, and find it.

    python -m tools.real_input issues.csv --server http://127.0.0.1:3000 --token "$(codimir token you@example.com ...)"

The columns `title` and `body` become title and description, and `label` (bug, feature) the type. A title that is longer
than the API takes is cut, and the whole of it begins the description.
"""

import asyncio
import csv
import re
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec
import typer

from codimir.kit.newlines import normalize_newlines

MAX_TITLE_LENGTH = 255
MAX_QUERY_LENGTH = 1_000
FEW_WORDS, WORDS_OF_HELP = 3, 20
WORD = re.compile(r"\w{2}")
AT_ONCE = 8
TYPE_OF = {"bug": "BUG", "feature": "FEATURE"}


class Issue(msgspec.Struct, frozen=True):
    """A row of the file, as it is sent."""

    row: int
    title: str
    description: str
    type: str
    is_cut: bool


class Report(msgspec.Struct):
    """What became of the rows."""

    created: dict[str, Issue] = {}
    refused: dict[int, str] = {}
    changed: dict[int, str] = {}
    not_found: dict[int, str] = {}
    wordless: list[int] = []
    """Rows in which there is nothing to look for."""

    @property
    def is_good(self) -> bool:
        """Return whether all that was taken came back unchanged and was found; what was refused was not taken."""
        return not (self.changed or self.not_found)


def read_issues(file: Path) -> list[Issue]:
    """Read the rows of a CSV, whatever lengths and line ends their fields have."""
    csv.field_size_limit(sys.maxsize)
    with file.open(newline="", encoding="utf-8") as lines:
        return [_issue(number, row) for number, row in enumerate(csv.DictReader(lines), 1)]


async def load(client: httpx.AsyncClient, issues: Sequence[Issue], project: str | None = None) -> Report:
    """Create a ticket of every issue, read each back, and search for each by its title."""
    report = Report()
    await _each(issues, lambda issue: _create(client, issue, project, report))
    await _each(report.created.items(), lambda pair: _read_back(client, *pair, report))
    await _each(report.created.items(), lambda pair: _find(client, *pair, report))
    return report


def main(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    token: Annotated[str, typer.Option(envvar="CODIMIR_TOKEN", help="What `codimir token` printed.")],
    server: Annotated[str, typer.Option(help="Where Codimir answers.")] = "http://127.0.0.1:3000",
    project: Annotated[str | None, typer.Option(help="The id or key of a project for the tickets.")] = None,
) -> None:
    """Load a CSV of issues through the API, read every one back byte for byte, and find it by search."""
    issues = read_issues(file)
    cut = sum(issue.is_cut for issue in issues)
    started = time.monotonic()
    report = asyncio.run(_load_into(server, token, issues, project))
    typer.echo(
        f"{len(issues):,} rows in {time.monotonic() - started:.0f} s: {len(report.created):,} created "
        f"({cut} with a shortened title), {len(report.refused)} refused, "
        f"{len(report.changed)} came back changed, {len(report.not_found)} not found "
        f"({len(report.wordless)} have no word to look for)"
    )
    for what, rows in {"refused": report.refused, "changed": report.changed, "not found": report.not_found}.items():
        for row, why in sorted(rows.items()):
            typer.echo(f"  row {row} {what}: {why}")
    raise typer.Exit(0 if report.is_good else 1)


def _issue(number: int, row: dict[str, str]) -> Issue:
    title, body = row["title"], row["body"]
    if is_cut := len(title.strip()) > MAX_TITLE_LENGTH:
        title, body = f"{title.strip()[: MAX_TITLE_LENGTH - 1]}…", f"{title}\n\n{body}"
    return Issue(number, title, body, TYPE_OF.get(row.get("label", ""), "TASK"), is_cut)


async def _load_into(server: str, token: str, issues: Sequence[Issue], project: str | None) -> Report:
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=server, headers=headers, timeout=60) as client:
        return await load(client, issues, project)


async def _each(things: Iterable[Any], do: Callable[[Any], Awaitable[None]]) -> None:
    waiting = iter(list(things))

    async def work() -> None:
        for thing in waiting:
            await do(thing)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def _create(client: httpx.AsyncClient, issue: Issue, project: str | None, report: Report) -> None:
    body = {"title": issue.title, "description": issue.description, "type": issue.type, "projectId": project}
    reply = await client.post("/api/tickets", json=body)
    if reply.status_code == httpx.codes.CREATED:
        report.created[reply.json()["data"]["id"]] = issue
    else:
        report.refused[issue.row] = f"{reply.status_code} {_complaint(reply)}"


async def _read_back(client: httpx.AsyncClient, ticket_id: str, issue: Issue, report: Report) -> None:
    reply = await client.get(f"/api/tickets/{ticket_id}")
    ticket = reply.json()["data"]
    description = normalize_newlines(issue.description)
    for name, sent in {"title": issue.title.strip(), "description": description, "type": issue.type}.items():
        if ticket[name] != sent:
            report.changed[issue.row] = f"{name}: sent {sent[:80]!r}, came back {ticket[name][:80]!r}"


async def _find(client: httpx.AsyncClient, ticket_id: str, issue: Issue, report: Report) -> None:
    """Look for a ticket by its title among the first hundred that are found; a short title needs help."""
    asked = issue.title.split()
    if len(asked) < FEW_WORDS:
        asked += issue.description.split()[:WORDS_OF_HELP]
    if not WORD.search(" ".join(asked)):
        report.wordless.append(issue.row)
        return
    reply = await client.get("/api/tickets/search", params={"q": " ".join(asked)[:MAX_QUERY_LENGTH], "limit": 100})
    found = [ticket["id"] for ticket in reply.json()["data"]]
    if ticket_id not in found:
        report.not_found[issue.row] = f"{asked!r} found {len(found)} others"


def _complaint(reply: httpx.Response) -> str:
    error = reply.json()["error"]
    return "; ".join(f"{name}: {' '.join(told)}" for name, told in error.get("details", {}).items()) or error["message"]


if __name__ == "__main__":
    typer.run(main)
