"""How long others wait while somebody does something heavy: `python -m benchmarks.held_up`.

Others list and create tickets all the time. Their latencies while nothing else happens are compared with those while
each heavy act is under way, in one run, on one server with SQLite.
"""

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
import sqlalchemy as sa
import typer
import uvloop

from benchmarks import dataset, servers
from benchmarks.load import Result, measure_during, request
from benchmarks.runner import HEADERS, STILL_WAITING, Failed
from benchmarks.servers import HOST, Server
from codimir.authentication.tokens import hash_of
from codimir.config import Settings
from codimir.database.core import Transaction
from codimir.database.opening import open_database
from codimir.database.statements import Statement, insert_into
from codimir.demo.company import REFERENCE
from codimir.model.authentication import sessions
from codimir.model.tickets import ticket_labels, tickets
from codimir.model.users import users

MAX_TIMES = 3.0
CONNECTIONS = 2
"""So many of the others read, and as many write."""
GREEDY = 8
"""So many requests of one person are under way when one asks for much."""
MIN_SECONDS = 0.5
"""Others are watched for so long at least, however soon an act is done."""
SECONDS_BETWEEN_LOOKS = 0.05
MAX_ACT_SECONDS = 900
TOKEN = "session-of-who-does-heavy-things"  # noqa: S105 - of nobody
COOKIE = f"next-auth.session-token={TOKEN}"
KEY = "ZZTOP"


class Act(msgspec.Struct, frozen=True):
    """Something heavy, and how many tickets it is about; it gives when whoever does it had the answer."""

    name: str
    tickets: int
    do: Callable[[Server], float]


class Waited(msgspec.Struct, frozen=True, rename="camel"):
    """What others saw while an act was under way."""

    act: str
    tickets: int
    answered_ms: float
    """Until whoever did it had the answer"""
    finished_ms: float
    """Until nothing of it was left to do"""
    read_p99_ms: float
    read_max_ms: float
    write_p99_ms: float
    write_max_ms: float
    read_times_quiet: float
    write_times_quiet: float


def main(
    tickets: Annotated[int, typer.Option(min=200, help="How many tickets the file has.")] = 100_000,
    seconds: Annotated[float, typer.Option(min=0.2, help="How long it is quiet, and long reads go on.")] = 5.0,
    data_dir: Annotated[Path, typer.Option(help="Where the files are kept for the next run.")] = Path("data-bench"),
    *,
    json: Annotated[bool, typer.Option("--json", help="Write what was measured as JSON.")] = False,
) -> None:
    """Measure how long others wait while somebody does each heavy act."""
    waited = compare(data_dir, tickets, seconds, lambda line: typer.echo(line, err=True))
    typer.echo(msgspec.json.encode(waited).decode() if json else "\n".join(table(waited)))


def compare(folder: Path, count: int, seconds: float, say: Callable[[str], None]) -> list[Waited]:
    """Do every heavy act on a fresh copy of the file while others read and write.

    Raises Failed when one of the requests fails.
    """
    settings = dataset.prepare(folder, count, say)
    try:
        acts = uvloop.run(_acts(settings, seconds))
        with servers.ours(settings) as server:
            return uvloop.run(_measure(server, acts, seconds, say))
    finally:
        shutil.rmtree(settings.data_dir)


def table(waited: list[Waited]) -> list[str]:
    """Write a line for each act."""
    names = (
        "tickets",
        "answered ms",
        "finished ms",
        "read p99",
        "max",
        "write p99",
        "max",
        "read times",
        "write times",
    )
    lines = [f"{'':28}" + "".join(f"{name:>13}" for name in names)]
    for each in waited:
        figures = (
            f"{each.tickets:,}", f"{each.answered_ms:,.0f}", f"{each.finished_ms:,.0f}",
            f"{each.read_p99_ms:.1f}", f"{each.read_max_ms:.1f}", f"{each.write_p99_ms:.1f}",
            f"{each.write_max_ms:.1f}", f"{each.read_times_quiet:.1f}", f"{each.write_times_quiet:.1f}",
        )  # fmt: skip
        met = max(each.read_times_quiet, each.write_times_quiet) <= MAX_TIMES
        lines.append(f"{each.act:28}" + "".join(f"{figure:>13}" for figure in figures) + f"  {_verdict(met=met)}")
    return lines


def _verdict(*, met: bool) -> str:
    return "met" if met else f"MISSED, target {MAX_TIMES:g}"


async def _measure(server: Server, acts: list[Act], seconds: float, say: Callable[[str], None]) -> list[Waited]:
    await _others(server, Act("warm-up", 0, _rest(seconds / 2)))
    quiet = await _others(server, Act("quiet", 0, _rest(seconds)))
    waited = [_waited(quiet, quiet)]
    for act in acts:
        say(f"{act.name} …")
        waited.append(_waited(await _others(server, act), quiet))
    return waited


class _Seen(msgspec.Struct, frozen=True):
    act: Act
    answered_ms: float
    finished_ms: float
    reads: Result
    writes: Result


async def _others(server: Server, act: Act) -> _Seen:
    """Let others read and write until an act is done and nothing of it is left in the background."""
    began = time.perf_counter()
    work = asyncio.ensure_future(asyncio.to_thread(_do, server, act))
    reads = [request("GET", path, HEADERS) for path in ("/api/tickets?limit=20", "/api/tickets?limit=20&status=todo")]
    writes = [request("POST", "/api/tickets", HEADERS, msgspec.json.encode({"title": "Made meanwhile"}))]
    found = await asyncio.gather(
        *(measure_during(work, HOST, server.port, each, connections=CONNECTIONS) for each in (reads, writes))
    )
    for result in found:
        if result.first_error not in (None, STILL_WAITING) or not result.count:
            raise Failed(f"{act.name}: {result.count} replies to others, first error: {result.first_error}")
    answered_at, finished_at = work.result()
    return _Seen(act, 1000 * (answered_at - began), 1000 * (finished_at - began), *found)


def _do(server: Server, act: Act) -> tuple[float, float]:
    ends_at = time.perf_counter() + MIN_SECONDS
    answered_at = act.do(server)
    while time.perf_counter() < answered_at + MAX_ACT_SECONDS:
        reply = msgspec.json.decode(server.ask("GET", "/api/jobs", COOKIE))
        if not reply["pagination"]["total"]:
            finished_at = time.perf_counter()
            time.sleep(max(0, ends_at - finished_at))
            return answered_at, finished_at
        time.sleep(SECONDS_BETWEEN_LOOKS)
    raise Failed(f"{act.name}: not finished after {MAX_ACT_SECONDS} seconds")


def _waited(seen: _Seen, quiet: _Seen) -> Waited:
    reads, writes = seen.reads.p99_ms, seen.writes.p99_ms
    return Waited(
        seen.act.name, seen.act.tickets, seen.answered_ms, seen.finished_ms, reads,
        seen.reads.max_ms, writes, seen.writes.max_ms,
        reads / quiet.reads.p99_ms, writes / quiet.writes.p99_ms,
    )  # fmt: skip


def _rest(seconds: float) -> Callable[[Server], float]:
    def do(_server: Server) -> float:
        time.sleep(seconds)
        return time.perf_counter()

    return do


def _asking(method: str, path: str, body: object = None) -> Callable[[Server], float]:
    def do(server: Server) -> float:
        reply = server.ask(method, path, COOKIE, None if body is None else msgspec.json.encode(body))
        if b'"error"' in reply[:10]:
            raise Failed(f"{method} {path}: {reply.decode()}")
        return time.perf_counter()

    return do


def _asking_for_much(path: str, seconds: float) -> Callable[[Server], float]:
    """Ask for the same again and again, by several requests of one person at a time."""

    def do(server: Server) -> float:
        headers = {"Cookie": COOKIE}
        rest = asyncio.sleep(seconds)

        async def ask() -> None:
            asked = [request("GET", path, headers)]
            result = await measure_during(asyncio.ensure_future(rest), HOST, server.port, asked, connections=GREEDY)
            if result.first_error not in (None, STILL_WAITING):
                raise Failed(f"{path}: {result.first_error}")

        asyncio.run(ask())
        return time.perf_counter()

    return do


async def _acts(settings: Settings, seconds: float) -> list[Act]:
    """Choose what is largest of each kind, and let somebody administer the instance."""
    db = await open_database(settings)
    await db.write(_add_administrator)
    label, group, project = [await db.read(lambda tx, s=s: tx.fetch_one(s)) for s in (_LABEL, _GROUP, _PROJECT)]
    await db.close()
    if not (label and group and project):
        raise Failed("the file has no label, no group or no project")
    at_project, past = f"/api/project/{project[0]}", REFERENCE.strftime("%Y-01-15T00:00:00Z")
    return [
        Act("delete a label", label[1], _asking("DELETE", f"/api/labels/{label[0]}")),
        Act("delete a group", group[1], _asking("DELETE", f"/api/groups/{group[0]}")),
        Act("change a project's key", project[1], _asking("PUT", at_project, {"key": KEY})),
        Act("delete a project", project[1], _asking("DELETE", at_project)),
        Act("restore a project", project[1], _asking("POST", f"/api/trash/{project[0]}/restore")),
        *(
            Act(f"{GREEDY} at once: {name}", 0, _asking_for_much(path, seconds))
            for name, path in (
                ("trash", "/api/trash?limit=100"),
                ("statistics", "/api/tickets/stats?period=year"),
                ("asOf, page 500", f"/api/tickets?page=500&asOf={past}"),
                ("search", "/api/tickets/search?q=the&limit=100"),
                ("/dashboard", "/dashboard"),
                ("/my-work", "/my-work"),
            )
        ),
    ]


async def _add_administrator(tx: Transaction) -> None:
    user_id = await tx.fetch_value(_FIRST_USER)
    await tx.execute(_MAKE_ADMINISTRATOR, user_id=user_id, role="ADMIN")
    row = {"token_hash": hash_of(TOKEN), "user_id": user_id, "created_at": REFERENCE}
    await tx.execute(insert_into(sessions), **row, expires_at=dataset.FAR_AHEAD)


def _largest(table: sa.Table, column: "sa.Column[str]") -> Statement:
    count = sa.func.count().label("count")
    return Statement(
        sa.select(column, count).select_from(table).where(column.is_not(None)).group_by(column)
        .order_by(count.desc()).limit(sa.literal_column("1"))
    )  # fmt: skip


_LABEL = _largest(ticket_labels, ticket_labels.c.label_id)
_GROUP = _largest(tickets, tickets.c.group_id)
_PROJECT = _largest(tickets, tickets.c.project_id)
_FIRST_USER = Statement(sa.select(users.c.id).order_by(users.c.created_at, users.c.id).limit(sa.literal_column("1")))
_MAKE_ADMINISTRATOR = Statement(
    sa.update(users)
    .where(users.c.id == sa.bindparam("user_id"))
    .values(role=sa.bindparam("role", type_=users.c.role.type))
)


if __name__ == "__main__":
    typer.run(main)
