"""The benchmark of batches creates tickets both ways on one file, and sets them beside each other."""

import pytest

from benchmarks import batches, dataset


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> batches.Report:
    settings = dataset.prepare(tmp_path_factory.mktemp("bench"), 300, lambda _: None)
    return batches.measure(settings, 0.1, 2)


class TestReport:
    def test_every_size_created_tickets(self, report: batches.Report) -> None:
        assert [line.size for line in report.lines] == list(batches.SIZES)
        assert report.single_per_second > 0
        assert all(line.per_second > 0 and line.ratio > 0 and line.processor_ms > 0 for line in report.lines)

    def test_the_table_has_a_line_for_each_and_a_verdict(self, report: batches.Report) -> None:
        *lines, verdict = batches.table(report)
        assert len(lines) == 2 + len(report.lines)
        assert verdict.startswith(("met", "MISSED"))
