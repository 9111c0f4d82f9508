"""Every text is there in every language, and moments are said as people say them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from codimir.web.languages import FOLDER, LANGUAGES, language_of
from codimir.web.moments import Clock, timezone_of
from codimir.web.people import initials
from tools.messages import collect, update

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("language", set(LANGUAGES) - {"en"})
def test_every_text_is_translated(language: str, tmp_path: Path) -> None:
    copy = tmp_path / f"{language}.po"
    copy.write_bytes((FOLDER / copy.name).read_bytes())
    assert update(copy, collect()) == []


@pytest.mark.parametrize(
    ("preferred", "accepted", "language"),
    [
        ("de", "en", "de"),
        (None, "de-AT,en;q=0.5", "de"),
        (None, "fr, de;q=0.5", "de"),
        ("tlh", "", "en"),
        (None, "", "en"),
    ],
)
def test_the_language_is_the_first_that_is_there(preferred: str | None, accepted: str, language: str) -> None:
    assert language_of(preferred, accepted) == language


@pytest.mark.parametrize(
    ("past", "said"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(seconds=-20), "now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=2), "2 d ago"),
        (timedelta(days=20), "4 Nov"),
        (timedelta(days=400), "20 Oct 2025"),
    ],
)
def test_how_long_ago(past: timedelta, said: str) -> None:
    assert Clock(NOON, UTC, "en").ago(NOON - past) == said


def test_days_are_those_of_the_person() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert Clock(NOON, UTC, "en").day(late) == "today"
    assert Clock(NOON, ZoneInfo("Europe/Vienna"), "de").day(late) == "morgen"
    assert Clock(NOON, ZoneInfo("Europe/Vienna"), "de").exact(late) == "25. Nov. 2026, 00:30 CET"


def test_a_time_zone_that_is_none_is_utc() -> None:
    for name in (None, "", "Nowhere/Town", "../../etc/passwd", "a\0b"):
        assert timezone_of(name).utcoffset(NOON) == timedelta(0)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Jane Smith", "JS"),
        ("Prince", "P"),
        ("Ludwig van Beethoven", "LB"),
        ("(bot) Build", "B"),
        ("山田 太郎", "山太"),
        ("", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters
