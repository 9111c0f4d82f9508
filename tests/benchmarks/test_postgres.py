"""The floor on PostgreSQL asks what the floor on SQLite asks, and its verdicts say what was measured."""

from benchmarks import floor_sql
from benchmarks.cases import Case
from benchmarks.floor_postgres import numbered
from benchmarks.load import Result
from benchmarks.postgres import verdict
from benchmarks.runner import Line


class TestNumbered:
    def test_parameters_are_numbered_in_their_order(self) -> None:
        assert numbered("a = ? AND b = ? LIMIT ?") == "a = $1 AND b = $2 LIMIT $3"

    def test_one_that_comes_twice_keeps_its_number(self) -> None:
        assert numbered("a = ?1 AND b = ?2 AND c = ?1") == "a = $1 AND b = $2 AND c = $1"

    def test_lists_are_arrays(self) -> None:
        assert "= ANY($1::text[])" in numbered(floor_sql.TAGS)
        assert "json_each" not in numbered(floor_sql.TAGS)


class TestVerdict:
    def test_it_is_missed_below_the_target(self) -> None:
        assert verdict(_line(0.79)).startswith("MISSED")

    def test_it_is_met_at_the_target(self) -> None:
        assert verdict(_line(0.8)).startswith("met ")


def _line(ratio: float) -> Line:
    result = Result(
        per_second=100.0, p50_ms=1.0, p90_ms=2.0, p99_ms=3.0, max_ms=4.0, count=100, errors=0, first_error=None
    )
    return Line(Case("one ticket", [], bytes, target=0.8), result, result, ratio, [ratio], 1.0, 1.0, ratio)
