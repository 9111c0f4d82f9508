"""Spans of time."""

import pytest

from codimir.web.durations import as_text, minutes_in


class TestMinutesIn:
    @pytest.mark.parametrize(
        ("text", "minutes"),
        [
            ("1h 30m", 90), ("1h30", None), ("90", 90), ("90m", 90), ("45 min", 45), ("1.5h", 90), ("1,5 h", 90),
            ("1:30", 90), ("0:05", 5), ("2H", 120), ("0", None), ("0m", None), ("", None), ("h", None), ("-5", None),
            ("1:60", None), ("soon", None), ("1h 30m 10s", None), ("²", None), ("9" * 50, 999_999),
        ],
    )  # fmt: skip
    def test_it_is_read_as_people_write_it(self, text: str, minutes: int | None) -> None:
        assert minutes_in(text) == minutes


class TestAsText:
    @pytest.mark.parametrize(("minutes", "text"), [(90, "1h 30m"), (60, "1h"), (5, "5m"), (0, "0m"), (1500, "25h")])
    def test_it_is_written_short(self, minutes: int, text: str) -> None:
        assert as_text(minutes) == text
