"""No cell of a table is a formula, whatever separator a program splits at."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codimir.kit.csv_files import csv_bytes, without_formulas

STARTS = re.compile(r"[\s\"']*[=+\-@\uff1d\uff0b\uff0d\uff20]")


class TestCsv:
    @pytest.mark.parametrize(
        ("cell", "written"),
        [
            ("=1+1", "'=1+1"), ("-5", "'-5"), ("a=1", "a=1"), ("a-b", "a-b"), ("", ""), ("'=1", "''=1"),
            ("a;=1+1", "a;'=1+1"), ("a\n=1+1", "a\n'=1+1"), ("a\t@b", "a\t'@b"), ('a; "=1', "a;' \"=1"),
            ("\uff1d1+1", "'\uff1d1+1"), ("a;\uff0b1", "a;'\uff0b1"), (" =1", "' =1"), ("\ta", "'\ta"),
            ("a;b", "a;b"), ("a\n\nb", "a\n\nb"), ("a, =b", "a, =b"),
        ],
    )  # fmt: skip
    def test_what_would_run_stands_behind_an_apostrophe(self, cell: str, written: str) -> None:
        assert without_formulas(cell) == written

    @given(st.lists(st.text(st.sampled_from("=+-@;,\t\n\r \"'a\uff1d1"), max_size=12), min_size=1, max_size=4))
    def test_no_separator_makes_a_formula(self, row: list[str]) -> None:
        text = csv_bytes([row]).decode()
        for separator in (",", ";", "\t"):
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
                for cell in cells:
                    for part in re.split(r"[\r\n]", cell):
                        assert not STARTS.match(part.lstrip('"')) or "'" in STARTS.match(part)[0], (row, cell)
