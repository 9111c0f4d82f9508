"""The measurement of the live stream runs, in small."""

from pathlib import Path

import pytest

from benchmarks import dataset, live


class TestLive:
    def test_it_measures_what_listeners_cost_and_how_soon_they_hear(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings = dataset.prepare(tmp_path, 300, lambda _: None)
        live.report_idle(live.idle(settings, listeners=20, seconds=0.2, rounds=1))
        live.report_delay("SQLite", live.delay(settings, changes=3))
        said = capsys.readouterr().out.splitlines()
        assert [line[8:].split(",")[0] for line in said][2].startswith("SQLite: a change arrives after")
        assert len(said) == 3

    def test_two_servers_on_postgresql(self) -> None:
        with live.postgres() as settings:
            if settings is None:
                pytest.skip("no PostgreSQL of our own on this platform")
            found = live.delay(settings, changes=3)
        assert found.count == 3 * live.LISTENERS_OF_CHANGES
