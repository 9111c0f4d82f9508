"""What a request costs is measured in files of several sizes, and held against the targets."""

from pathlib import Path

from benchmarks import growth, plots
from benchmarks.dataset import Progress


class TestGrowth:
    def test_it_measures_every_case_in_every_file_and_cleans_up(self, tmp_path: Path) -> None:
        said: list[str] = []
        measured = growth.measure(tmp_path, [200, 400], seconds=0.05, rounds=1, say=said.append)
        assert sorted(file.name for file in tmp_path.iterdir()) == ["tickets-200", "tickets-400"]
        assert list(measured.cases) == list(growth.MAX_COST)
        assert all(each.per_second > 0 for figures in measured.cases.values() for each in figures)
        assert len(growth.table(measured)) == 1 + len(measured.cases)
        assert len(growth.verdicts(measured)) == len(measured.cases) + 2

    def test_what_costs_too_much_misses_its_target(self) -> None:
        cheap, dear = growth.Figures(1.0, 1.0, 1.0, 1.0), growth.Figures(1.5, 1.0, 1.0, 1.0)
        measured = growth.Growth("1", [1, 2], {"list, page 1": [cheap, dear]}, [100.0, 131.0], [None, None])
        assert growth.verdicts(measured) == [
            "MISSED  list, page 1: 1.50 times the cost, at most 1.3",
            "MISSED  first reply 131 ms, 1.31 times, at most 1.3",
        ]


class TestProgress:
    def test_it_says_every_ten_seconds_how_long_it_will_take(self) -> None:
        said: list[str] = []
        seconds = iter([0.0, 4.0, 12.0, 13.0, 30.0])
        progress = Progress(1_000, said.append, lambda: next(seconds))
        for _ in range(4):
            progress.made(100)
        assert said == [
            "200 of 1,000 tickets, 20 %, about 1 minutes left",
            "400 of 1,000 tickets, 40 %, about 1 minutes left",
        ]


class TestPage:
    def test_it_shows_what_was_saved(self) -> None:
        page = plots.PAGE.read_text()
        assert plots.with_results(page, plots.saved()) == page, "write it with: python -m benchmarks.plots"
