"""`make fuzz`: send what the API document allows and what it forbids, and hold every reply against it.

Schemathesis makes the requests, from the examples, from every bound in the schemas, at random, and in sequences that
follow the links. A fresh instance is served for each of three people: an administrator, a viewer, and nobody.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import httpx
import msgspec
import typer

from tools.staging import PASSWORD, run, served

Someone = Literal["administrator", "viewer", "nobody"]
Phase = Literal["examples", "coverage", "fuzzing", "stateful"]
PHASES: tuple[Phase, ...] = get_args(Phase)
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
EXPLAINED = Path(__file__).with_name("fuzz_explained.py")
SIZE = ("--tickets", "60", "--projects", "3", "--people", "8")
ROLES = {"administrator": "ADMIN", "viewer": "VIEWER"}
SEQUENCES = 4
"""So many sequences for each random request of one operation"""
LEFT_OUT = {
    "streamEvents": "never ends",
    "changePassword": "ends the session of the run",
    "patchPassword": "ends the session of the run",
    "updateUser": "disables or demotes whoever runs it",
    "patchUser": "disables or demotes whoever runs it",
}
CONFIG = """\
hooks = {hooks}

[generation]
# Whatever holds the NUL character is refused; a pattern on every text would say it, and hide those that matter.
allow-x00 = false

[auth.openapi.session]
api_key = {session}

[phases.stateful.generation]
# Sequences, of which each visits a few operations.
max-examples = {sequences}

[checks.negative_data_rejection]
# A request that is wrong in two ways may be refused for the other one first.
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "429", "503"]
"""


class Report(msgspec.Struct):
    """What came of a run."""

    someone: Someone
    cases: int
    failures: int
    explained: dict[str, int]
    links: str
    """How many links of the document were followed in sequences, as the tool says it"""
    said: str

    def __str__(self) -> str:
        lines = [f"as {self.someone}: {self.cases:,} cases, {self.failures} failures; links: {self.links}"]
        lines += [f"  {count:6,} not counted: {reason}" for reason, count in sorted(self.explained.items())]
        return "\n".join(lines)


class Plan(msgspec.Struct, frozen=True):
    """What is sent."""

    examples: int = 25
    """Random requests for each operation in each phase, at most"""
    phases: Sequence[Phase] = PHASES
    seed: int = 4711
    only: Sequence[str] = ()
    """Operations, by their ids; all of them where none is named"""
    change: Callable[[Any], None] | None = None
    """Changes the document before it is read, to see that the run tells a true one from another"""


def fuzz(someone: Someone, plan: Plan) -> Report:
    """Serve a fresh instance and fuzz its API as someone.

    Raises RuntimeError when the run lost its session, so that it only saw closed doors.
    """
    with tempfile.TemporaryDirectory(prefix="codimir-fuzz-") as folder:
        data = f"{folder}/data"
        run("demo", *SIZE, "--data-dir", data)
        session = "nobody"
        if someone in ROLES:
            person = (f"{someone}@example.com", "--name", someone.capitalize(), "--role", ROLES[someone])
            run("user", "add", *person, "--data-dir", data, types=PASSWORD)
            session = run("session", person[0], "--data-dir", data).strip()
        with served(data, "ready") as address:
            done = _schemathesis(address, session, Path(folder), plan)
            if someone in ROLES and not _is_signed_in(address, session):
                raise RuntimeError(f"the {someone} was signed out on the way; leave out what did that")
        return _report(someone, Path(folder), done)


def _schemathesis(address: str, session: str, folder: Path, plan: Plan) -> "subprocess.CompletedProcess[str]":
    document: Any = httpx.get(f"{address}/api/openapi.json").json()
    if plan.change is not None:
        plan.change(document)
    (folder / "openapi.json").write_text(json.dumps(document))
    (folder / "schemathesis.toml").write_text(
        CONFIG.format(
            hooks=json.dumps(str(EXPLAINED)), session=json.dumps(session), sequences=plan.examples * SEQUENCES
        )
    )
    operations = [option for name in plan.only for option in ("--include-operation-id", name)]
    operations += [option for name in LEFT_OUT for option in ("--exclude-operation-id", name)]
    command = [
        str(SCHEMATHESIS), "--config-file", "schemathesis.toml", "run", "openapi.json", "--url", address, "--no-color",
        "--workers", "1", "--seed", str(plan.seed), "--phases", ",".join(plan.phases),
        "--max-examples", str(plan.examples), "--continue-on-failure", "--warnings", "off",
        "--report-json-path", "found.json", *operations,
    ]  # fmt: skip
    environment = os.environ | {"CODIMIR_FUZZ_EXPLAINED": str(folder / "explained.json")}
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - a tool of ours


def _report(someone: Someone, folder: Path, done: "subprocess.CompletedProcess[str]") -> Report:
    """Read what a run found; raises RuntimeError when the tool itself failed."""
    counted = re.search(r"(\d+) generated", done.stdout)
    failures = _failures(folder / "found.json")
    if counted is None or done.returncode != (1 if failures else 0):
        raise RuntimeError(f"schemathesis itself failed:\n{done.stdout}\n{done.stderr}")
    explained = json.loads((folder / "explained.json").read_text())
    links = re.search(r"API Links: +(.*)", done.stdout)
    return Report(someone, int(counted[1]), failures, explained, links[1] if links else "none", done.stdout)


def _failures(report: Path) -> int:
    found: Any = json.loads(report.read_text())
    return len(found["failures"]) + len(found["errors"])


def _is_signed_in(address: str, session: str) -> bool:
    cookies = {"next-auth.session-token": session}
    return httpx.get(f"{address}/api/user/profile", cookies=cookies).status_code == httpx.codes.OK


def main(
    examples: Annotated[int, typer.Option(help="Random requests for each operation in each phase, at most.")] = 25,
    seed: Annotated[int, typer.Option(help="The same seed makes the same requests.")] = 4711,
    only: Annotated[list[str] | None, typer.Option(help="One of the people; several by repeating it.")] = None,
) -> None:
    """Fuzz the API as each of the people, and exit with 1 when a reply is not what the document says."""
    failed = False
    for someone in get_args(Someone):
        if only is None or someone in only:
            report = fuzz(someone, Plan(examples=examples, seed=seed))
            print(report, flush=True)
            if report.failures:
                print(report.said)
                failed = True
    raise typer.Exit(int(failed))


if __name__ == "__main__":
    typer.run(main)
