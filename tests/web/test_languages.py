"""Every text is there in every language, and moments are said as people say them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

from codimir.kit.zones import zone_named
from codimir.web.avatars import initials
from codimir.web.dates import DateFormatter
from codimir.web.languages import FOLDER, LANGUAGES, language_of
from tests.calls import AsyncCall
from tests.clients import People
from tests.web.conftest import Fetch
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
    assert DateFormatter(NOON, UTC, "en").ago(NOON - past) == said


def test_days_are_those_of_the_person() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert DateFormatter(NOON, UTC, "en").day(late) == "today"
    assert DateFormatter(NOON, ZoneInfo("Europe/Vienna"), "de").day(late) == "morgen"
    assert DateFormatter(NOON, ZoneInfo("Europe/Vienna"), "de").exact(late) == "25. Nov. 2026, 00:30 CET"


def test_a_time_zone_that_is_none_is_utc() -> None:
    for name in (None, "", "Nowhere/Town", "../../etc/passwd", "a\0b"):
        assert zone_named(name).utcoffset(NOON) == timedelta(0)


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


class TestGermanWords:
    """One word for each thing, and one way to address people."""

    @pytest.mark.parametrize(
        ("avoided", "instead"),
        [
            (r"\bLabels?\b", "Etikett"), (r"Schlüssel", "Kürzel for keys of tickets and projects, Token for programs"),
            (r"Posteingang", "Eingang"), (r"\bTyp(s|en)?\b", "Art"), (r"\bCtrl\b", "Strg"),
            (r"\b([Dd]u|[Dd]ir|[Dd]ich|[Dd]ein\w*)\b", "Sie"), (r"^Schreib\b", "Schreiben Sie"),
        ],
    )  # fmt: skip
    def test_no_other_word_is_used(self, avoided: str, instead: str) -> None:
        with (FOLDER / "de.po").open("rb") as file:
            messages = [text for message in read_po(file) if message.id for text in _texts(message.string)]
        assert [text for text in messages if re.search(avoided, text)] == [], f"say {instead}"

    async def test_sizes_and_keys_are_written_as_one_writes_them(
        self, fetch: Fetch, client: People, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        for name, size in (("a.txt", 6_700), ("b.txt", 812)):
            sent = await client("jane").http.post(
                "/api/tickets/WEB-1/attachments", files={"file": (name, b"x" * size, "text/plain")}
            )
            assert sent.status_code == 201
        for language, said, key in (("de", "6,7 kB", "Strg K"), ("en", "6.7 kB", "Ctrl K")):
            page = (await fetch("jane", "/tickets/WEB-1", headers={"accept-language": language})).text
            assert said in page
            assert "812 B" in page
            assert key in page


def _texts(string: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


class TestRoles:
    async def test_one_vocabulary_is_used_for_every_kind_of_role(self, fetch: Fetch) -> None:
        pages = {
            "ada": ("/settings/members", "/settings/projects/WEB/members", "/settings/tokens"),
            "root": ("/settings/people",),
        }  # fmt: skip
        for who, paths in pages.items():
            for path in paths:
                page = (await fetch(who, path)).text
                for role in ("Administrator", "Member", "Reader"):
                    assert role in page, (path, role)
                for other in ("Editor", "Only reads", "Read and write", "Administers"):
                    assert other not in page, (path, other)
