"""The benchmark of heavy acts does each of them, on a small file, while others read and write."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from benchmarks import held_up


@pytest.fixture(scope="module")
def waited(tmp_path_factory: pytest.TempPathFactory) -> list[held_up.Waited]:
    return held_up.compare(tmp_path_factory.mktemp("bench"), 300, 0.5, lambda _: None)


class TestComparison:
    def test_every_act_is_done_while_others_read_and_write(self, waited: list[held_up.Waited]) -> None:
        assert [each.act for each in waited][:6] == [
            "quiet", "delete a label", "delete a group", "change a project's key", "delete a project",
            "restore a project",
        ]  # fmt: skip
        assert all(each.read_p99_ms > 0 and each.write_p99_ms > 0 for each in waited)
        assert all(0 < each.answered_ms <= each.finished_ms for each in waited)
        assert (waited[0].read_times_quiet, waited[0].write_times_quiet) == (1, 1)
        assert all(each.tickets > 0 for each in waited[1:6])

    def test_the_table_has_a_line_for_each(self, waited: list[held_up.Waited]) -> None:
        lines = held_up.table(waited)
        assert len(lines) == 1 + len(waited)
        assert all(line.startswith(each.act) for line, each in zip(lines[1:], waited, strict=True))
        assert lines[1].endswith("met")

    def test_it_can_be_read_by_programs(self, waited: list[held_up.Waited], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(held_up, "compare", lambda *_: waited)
        app = typer.Typer()
        app.command()(held_up.main)
        read = json.loads(CliRunner().invoke(app, ["--json", "--data-dir", str(Path())]).stdout)
        assert [each["act"] for each in read] == [each.act for each in waited]
        assert read[1]["readTimesQuiet"] == waited[1].read_times_quiet
