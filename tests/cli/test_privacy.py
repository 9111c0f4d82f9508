"""What the commands make is for its owner alone."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from codimir.cli.privacy import warning_about
from codimir.config import Settings, variables_of
from tests.calls import Call
from tests.cli.commands import Done
from tests.cli.conftest import Serving

USUAL_UMASK = 0o022


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """Start commands as most systems do, which would let everybody read what is made."""
    before = os.umask(USUAL_UMASK)
    yield
    os.umask(before)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder below folders that everybody may enter, unlike those that pytest makes."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        folder = Path(made) / "data"
        folder.mkdir(mode=0o700)
        yield folder


def open_to_others(folder: Path) -> list[str]:
    return [str(path) for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077]


class TestMade:
    @pytest.fixture
    def database_name(self) -> str:
        return "sqlite"

    def test_data_and_backups_are_for_the_owner_alone(
        self,
        serve: Call[Serving],
        codimir: Call[Done],
        session_of: Call[dict[str, str]],
        visit: Call[httpx.Client],
        environment: dict[str, str],
        tmp_path: Path,
    ) -> None:
        data, backup = tmp_path / "new" / "data", tmp_path / "backup"
        environment |= variables_of(Settings(data_dir=data))
        client = visit(serve("--workers", "2"), session_of())
        assert client.post("/api/tickets", json={"title": "Mine"}).status_code == 201
        ticket = client.get("/api/tickets").json()["data"][0]["id"]
        upload = {"file": ("mine.txt", b"mine", "text/plain")}
        assert client.post(f"/api/tickets/{ticket}/attachments", files=upload).status_code == 201
        assert codimir("backup", str(backup)).returncode == 0
        assert {path.name for path in data.iterdir()} >= {"codimir.db", "codimir.db-wal", "codimir.db-shm", "files"}
        assert open_to_others(data) == open_to_others(backup) == []


class TestWarning:
    @pytest.mark.parametrize(
        ("mode", "who"), [(0o700, None), (0o750, "its group"), (0o755, "every user of this machine"), (0o711, "every")]
    )
    def test_it_says_who_can_read_and_what_to_do(self, reachable: Path, mode: int, who: str | None) -> None:
        reachable.chmod(mode)
        said = warning_about(reachable)
        if who is None:
            assert said is None
        else:
            assert said is not None
            assert said.startswith(who)
            assert said.endswith(f" can read the data in {reachable}; prevent it with: chmod -R go= {reachable}")

    def test_the_command_is_enough(self, reachable: Path) -> None:
        reachable.chmod(0o755)
        said = warning_about(reachable)
        assert said is not None
        assert os.system(said.rpartition("with: ")[2]) == 0  # noqa: S605 - the command that we print
        assert warning_about(reachable) is None

    def test_a_folder_that_cannot_be_reached_is_closed(self, reachable: Path) -> None:
        reachable.chmod(0o755)
        reachable.parent.chmod(0o700)
        assert warning_about(reachable) is None

    def test_serving_says_it_once(self, reachable: Path, environment: dict[str, str], serve: Call[Serving]) -> None:
        environment.pop("CODIMIR_DATABASE_URL", None)
        reachable.chmod(0o755)
        server = serve("--data-dir", str(reachable))
        server.stop()
        complaints = server.process.stderr.read().splitlines()
        assert [line for line in complaints if "chmod" in line] == [f"codimir: {_expected(reachable)}"]

    def test_serving_says_nothing_where_it_is_closed(
        self, reachable: Path, environment: dict[str, str], serve: Call[Serving]
    ) -> None:
        environment.pop("CODIMIR_DATABASE_URL", None)
        server = serve("--data-dir", str(reachable))
        server.stop()
        assert server.process.stderr.read() == ""


def _expected(folder: Path) -> str:
    who = "every user of this machine"
    return f"{who} can read the data in {folder}; prevent it with: chmod -R go= {folder}"
