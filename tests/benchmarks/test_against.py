"""The comparison with an earlier build runs, in small: here the earlier build is this one."""

from pathlib import Path

import pytest

from benchmarks.against import CODIMIR, EarlierBuild, as_json, compare, table
from benchmarks.servers import ROOT


class ThisBuild(EarlierBuild):
    """The checkout that is tested, which needs no set-up."""

    def __init__(self, folder: Path) -> None:
        self.commit = "0" * 40
        self.folder = folder
        self.tree = ROOT
        self.codimir = CODIMIR


class TestAgainst:
    def test_it_measures_every_case_and_leaves_only_the_file(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lines = compare(ThisBuild(tmp_path), tickets=300, seconds=0.1, rounds=2, say=print)
        found = as_json("0" * 40, 300, lines)
        assert [file.name for file in tmp_path.iterdir()] == ["tickets-300"]
        assert list(found["cases"]) == [
            "list of all", "list of a project", "repeated list", "one ticket", "search", "statistics", "create",
            "repeated list, a write a second",
        ]  # fmt: skip
        for name, ratio in found["cases"].items():
            least, most = found["spread"][name]
            assert 0 < least <= ratio <= most
        assert len(table(lines)) == 1 + len(lines)
        assert capsys.readouterr().out.count("…") == len(lines)
