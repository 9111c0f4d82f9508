"""`python -m benchmarks.worst_texts`: how long others wait while eight clients send the slowest texts there are."""

import asyncio
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import msgspec
import typer

from benchmarks import dataset, servers
from benchmarks.cases import creates
from benchmarks.dataset import TOKEN, add_member
from benchmarks.load import Result, request, run
from benchmarks.servers import HOST, Server
from codimir.comments.schemas import MAX_LENGTH as MAX_COMMENT
from codimir.config import Settings
from codimir.database.core import Transaction
from codimir.database.opening import open_database
from codimir.quick.schemas import MAX_LINE_LENGTH
from codimir.tickets.schemas import MAX_DESCRIPTION

ATTACKERS, OTHERS = 8, 2
MAX_SLOWER = 3.0
COMPARISON = "lists, for comparison"
TICKETS = 2_000
MAX_ACCOUNTS = 8
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SHAPES = ("[\n", "![", "*[a", "- a\n* b\n", "a.co\n", "`a", "&#1;", "|a|\n|-|\n", "ä😀\n", "word ")
"""Whose Markdown takes longest to read; the time of all of them grows with their length and not faster."""


class Ask(msgspec.Struct, frozen=True):
    """A request of somebody."""

    method: str
    path: str
    body: bytes | None = None
    content_type: str = JSON

    def by(self, token: str) -> bytes:
        """Return the bytes that are sent in a session."""
        headers = {"Cookie": _cookie(token), "Content-Type": self.content_type}
        return request(self.method, self.path, headers, self.body)


class Attack(msgspec.Struct, frozen=True):
    """Something that eight clients do over and over."""

    name: str
    requests: Sequence[Ask]


class Line(msgspec.Struct, frozen=True):
    """How long others waited, quiet and beside an attack."""

    name: str
    quiet: Result
    attacked: Result
    attacks: Result

    @property
    def slower(self) -> float:
        """Return how many times as long the slowest hundredth of the others waited."""
        return self.attacked.p99_ms / self.quiet.p99_ms


def main(
    seconds: Annotated[float, typer.Option(min=0.2, help="How long each turn lasts.")] = 5.0,
    data_dir: Annotated[Path, typer.Option(help="Where the files are kept for the next run.")] = Path("data-bench"),
    accounts: Annotated[int, typer.Option(min=1, max=ATTACKERS, help="How many people the eight clients are.")] = 1,
    only: Annotated[str, typer.Option(help="Measure those attacks whose name has this in it.")] = "",
) -> None:
    """Measure one worker with SQLite; exit with 1 when others wait more than three times as long as quietly.

    The first line is no attack: eight clients who list tickets, which is what being eight costs by itself.
    """
    settings = dataset.prepare(data_dir, TICKETS, lambda line: typer.echo(line, err=True))
    lines = measure(settings, seconds, accounts, only)
    for line in lines:
        typer.echo(
            f"{line.name:34} others p99 {line.quiet.p99_ms:8.1f} ms quiet, {line.attacked.p99_ms:8.1f} attacked"
            f" ({line.slower:4.1f}x, max {line.attacked.max_ms:7.1f}), {line.attacks.count} attacks"
            + (f", {line.attacks.errors} errors: {line.attacks.first_error}" if line.attacks.errors else "")
        )
    raise typer.Exit(int(max(line.slower for line in lines if line.name != COMPARISON) > MAX_SLOWER))


def measure(settings: Settings, seconds: float, accounts: int = 1, only: str = "") -> list[Line]:
    """Measure each attack of so many people beside another one who lists, reads and creates tickets."""
    tokens = [f"session-of-attacker-{number}" for number in range(accounts)]
    asyncio.run(_add_attackers(settings, tokens))
    spawn = multiprocessing.get_context("spawn")
    with servers.ours(settings) as server, ProcessPoolExecutor(2, mp_context=spawn) as pool:
        sample = dataset.sample(settings)
        others = [ask.by(TOKEN) for ask in _everyday(sample)]

        def load(requests: Sequence[bytes], connections: int) -> Callable[[], Result]:
            return pool.submit(
                run, HOST, server.port, requests, connections=connections, seconds=seconds, warmup=0.2
            ).result

        load(others, OTHERS)()
        lines = []
        for attack in attacks(server, sample.project_ids[0]):
            if only not in attack.name:
                continue
            quiet = load(others, OTHERS)()
            requests = [ask.by(token) for ask, token in zip(attack.requests, cycle(tokens), strict=False)]
            attacking, attacked = load(requests, ATTACKERS), load(others, OTHERS)
            lines.append(Line(attack.name, quiet, attacked(), attacking()))
        return lines


def _everyday(sample: dataset.Sample) -> list[Ask]:
    reads = ["/api/tickets?limit=20", *(f"/api/tickets/{ticket_id}" for ticket_id in sample.ticket_ids[:3])]
    return [Ask("GET", path) for path in reads] + [Ask(*new) for new in creates(sample)[:3]]


async def _add_attackers(settings: Settings, tokens: Sequence[str]) -> None:
    async def unit(tx: Transaction) -> None:
        for token in tokens:
            await add_member(tx, "Somebody Else", token)

    db = await open_database(settings)
    await db.write(unit)
    await db.close()


def attacks(server: Server, project_id: str) -> list[Attack]:
    """Return what is sent; no text twice, so that nothing is answered from what was kept."""
    comments = f"/api/tickets/{_new_ticket(server, project_id, _distinct(MAX_DESCRIPTION))}/comments"
    for number in range(6):
        server.ask("POST", comments, _cookie(TOKEN), _json(content=_distinct(MAX_COMMENT, number)))
    pages = [_new_ticket(server, project_id, _text(shape, MAX_COMMENT)) for shape in SHAPES]
    titled = {"title": "Worst", "projectId": project_id}
    return [
        Attack(COMPARISON, [Ask("GET", "/api/tickets?limit=20")]),
        Attack("previews", [_preview(_text(shape, MAX_COMMENT)) for shape in SHAPES]),
        Attack("longest previews", [_preview(_text(shape, MAX_DESCRIPTION)) for shape in SHAPES]),
        Attack("pages of long tickets", [Ask("GET", f"/tickets/{ref}") for ref in pages]),
        Attack("page of a ticket of long comments", [Ask("GET", comments.replace("/comments", "")[4:])] * ATTACKERS),
        Attack("short comments on a long ticket", [
            Ask("POST", comments, _json(content=f"hi{number:x}")) for number in range(5_000)
        ]),
        Attack("descriptions of distinct words", [
            Ask("POST", "/api/tickets", _json(**titled, description=_distinct(MAX_DESCRIPTION, number)))
            for number in range(24)
        ]),
        Attack("comments of distinct words", [
            Ask("POST", comments, _json(content=_distinct(MAX_COMMENT, number))) for number in range(20, 60)
        ]),
        Attack("searches", [
            Ask("GET", f"/api/tickets/search?q={_distinct(300, number).replace(' ', '+')}") for number in range(50)
        ]),
        Attack("quick lines", [
            Ask("POST", "/api/tickets/quick", _json(text=f"Worst {line}", projectId=project_id))
            for line in (_text(words, MAX_LINE_LENGTH - 20) for words in ("!high ", "due friday ", "~done /bug ") * 3)
        ]),
    ]  # fmt: skip


def _new_ticket(server: Server, project_id: str, description: str) -> str:
    body = _json(title="Long", projectId=project_id, description=description)
    return str(msgspec.json.decode(server.ask("POST", "/api/tickets", _cookie(TOKEN), body))["data"]["id"])


def _preview(text: str) -> Ask:
    return Ask("POST", "/markdown", urlencode({"text": text}).encode(), FORM)


def _cookie(token: str) -> str:
    return f"next-auth.session-token={token}"


def _text(shape: str, length: int) -> str:
    return (shape * length)[:length]


def _distinct(length: int, start: int = 0) -> str:
    """Return a text of words that no other one has."""
    return " ".join(f"{start:x}q{number:x}" for number in range(length // 5))[:length]


def _json(**fields: str) -> bytes:
    return msgspec.json.encode(fields)


if __name__ == "__main__":
    typer.run(main)
