"""Time zones by the names that browsers and people give them."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from codimir.kit.zones import known_zone_name, zone_named

NAMES = [("Asia/Calcutta", "Asia/Kolkata"), ("Europe/Kiev", "Europe/Kyiv"), ("Asia/Saigon", "Asia/Ho_Chi_Minh")]
"""What Chromium and node say, and what the zones are called."""
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def without_old_names(tmp_path: Path) -> Iterator[None]:
    """Let this machine know the zones by today's names only, as one without the package tzdata-legacy does."""
    found = {new: _file(new) for _, new in NAMES}
    for name, content in found.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    before = zoneinfo.TZPATH
    _reset([str(tmp_path)])
    yield
    _reset(before)


def _file(name: str) -> bytes:
    return next(path for folder in zoneinfo.TZPATH if (path := Path(folder, name)).exists()).read_bytes()


def _reset(path: tuple[str, ...] | list[str]) -> None:
    zoneinfo.reset_tzpath(path)
    ZoneInfo.clear_cache()
    zone_named.cache_clear()


@pytest.mark.usefixtures("without_old_names")
@pytest.mark.parametrize(("old", "new"), NAMES)
def test_a_zone_is_known_by_its_old_name_too(old: str, new: str) -> None:
    with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
        ZoneInfo(old)
    assert known_zone_name(old) == known_zone_name(new) == new
    assert NOON.astimezone(zone_named(old)).utcoffset() == NOON.astimezone(ZoneInfo(new)).utcoffset()


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc", "A" * 300])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert known_zone_name(name) is None
    assert zone_named(name) is UTC or not name
