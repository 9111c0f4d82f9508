"""The benchmark compares like with like: it runs on a small file, and both servers give the same replies."""

from pathlib import Path

import msgspec
import pytest

from benchmarks import dataset, servers
from benchmarks.__main__ import table, verdicts
from benchmarks.cases import COOKIE, Case, Disagreement, cases_of, check
from benchmarks.runner import compare


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


class TestComparison:
    def test_measures_every_case_and_cleans_up(self, folder: Path) -> None:
        said: list[str] = []
        report = compare(folder, tickets=300, seconds=0.1, rounds=1, loop="asyncio", say=said.append)
        assert [file.name for file in folder.iterdir()] == ["tickets-300"]
        assert all(line.ours.count and line.floor.count and line.ratio > 0 for line in report.lines)
        lines = [*table(report), *verdicts(report)]
        assert len(lines) == 1 + len(report.lines) + 9 - (report.memory_mb is None)
        assert all(line.case.name in said[1 + place] for place, line in enumerate(report.lines))

    def test_the_member_sees_twenty_of_a_hundred_projects(self, folder: Path) -> None:
        settings = dataset.prepare(folder, 300)
        with servers.ours(settings) as ours:
            sample = dataset.sample(settings)
            listed = msgspec.json.decode(ours.ask("GET", "/api/tickets?limit=100", COOKIE))
        assert len(sample.project_ids) == 20
        assert 0 < listed["pagination"]["total"] < 100
        assert {ticket["projectId"] for ticket in listed["data"]} <= set(sample.project_ids)

    def test_different_replies_are_not_compared(self, folder: Path) -> None:
        settings = dataset.prepare(folder, 300)
        with servers.ours(settings) as ours, servers.floor(settings) as floor:
            for case in cases_of(dataset.sample(settings), 60):
                check(case, ours, floor)
            with pytest.raises(Disagreement, match="without a session"):
                check(Case("without a session", [("GET", "/api/nothing", None)], bytes), ours, floor)
