"""Backups are made beside a server that runs, checked, and restored."""

import asyncio
import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.backups import making
from codimir.backups.checking import check_backup, check_instance
from codimir.backups.making import make_backup
from codimir.backups.manifest import BackupError, read_manifest
from codimir.backups.restoring import restore_backup
from codimir.config import Settings, variables_of
from codimir.database.core import Database, DatabaseError
from codimir.database.opening import open_database
from codimir.database.statements import Statement
from codimir.tickets.counters import find_wrong_counters
from codimir.trash.purging import empty_trash
from tests.backups.conftest import FILE, Writing
from tests.calls import AsyncCall, Call
from tests.cli.commands import Done
from tests.cli.conftest import Serving
from tests.clients import Client

DAYS = 3 * 24 * 3600


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "monday"


@pytest.fixture
async def files(jane: Client, new_ticket: AsyncCall[Any], settings: Settings) -> list[Path]:
    """Attach three files to a ticket; give where they are stored."""
    await new_ticket()
    for number in range(3):
        upload = {"file": (f"{number}.txt", FILE + bytes([number]), "text/plain")}
        assert (await jane.request("POST", "/api/tickets/WEB-1/attachments", files=upload)).status == 201
    return sorted(path for path in settings.files_dir.rglob("*") if path.is_file())


@pytest.fixture
async def made(files: list[Path], settings: Settings, folder: Path) -> Path:
    """A backup of an instance with a few files."""
    await make_backup(settings, folder)
    return folder


class TestCommands:
    def test_everything_acknowledged_before_it_is_restored_while_people_go_on_writing(
        self,
        codimir: Call[Done],
        session_of: Call[dict[str, str]],
        serve: Call[Serving],
        visit: Call[httpx.Client],
        writing: Call[Writing],
        folder: Path,
        elsewhere: Settings,
        serve_restored: Call[Serving],
    ) -> None:
        session = session_of()
        server = serve()
        writers = [writing(server, session) for _ in range(3)]
        before = [url for writer in writers for url in writer.wait_for(5)]
        done = codimir("backup", str(folder))
        assert (done.returncode, done.stderr) == (0, ""), done
        for writer in writers:
            writer.wait_for(len(writer.acknowledged) + 1)
            writer.stop()
        for checked in (codimir("check", str(folder)), codimir("check")):
            assert (checked.returncode, checked.stderr, checked.stdout.splitlines()[-1]) == (0, "", "ok")
        assert codimir("restore", str(folder), **variables_of(elsewhere)).returncode == 0
        restored = visit(serve_restored(), session)
        for url in before:
            assert restored.get(url).content == FILE
        made = restored.post("/api/tickets", json={"title": "It goes on"}).json()["data"]
        assert restored.get("/api/tickets/search", params={"q": "goes"}).json()["data"][0]["id"] == made["id"]
        assert restored.get("/api/tickets").json()["pagination"]["total"] > len(before)

    def test_what_cannot_be_done_is_said_in_a_line(self, codimir: Call[Done], folder: Path, tmp_path: Path) -> None:
        there = str(tmp_path / "nowhere")
        for command in (("backup", str(folder)), ("check",), ("check", str(folder)), ("restore", str(folder))):
            done = codimir(*command, "--data-dir", there, CODIMIR_DATABASE_URL="")
            assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), command

    def test_damage_is_the_exit_code(self, codimir: Call[Done], folder: Path) -> None:
        codimir("backup", str(folder))
        (folder / "files").mkdir(exist_ok=True)
        (folder / "files" / "more").write_bytes(b"x")
        done = codimir("check", str(folder))
        assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "damaged")
        assert done.stderr == "codimir: files/more does not belong to the backup\n"


class TestBackup:
    async def test_sha256sum_finds_it_whole_and_others_find_nothing(self, made: Path) -> None:
        done = await asyncio.create_subprocess_exec("sha256sum", "--quiet", "--check", "SHA256SUMS", cwd=made)
        assert await done.wait() == 0
        assert _mode(made) & 0o077 == 0
        assert {path.relative_to(made.parent).parts[0] for path in _times(made.parent)} == {"monday"}

    async def test_a_folder_with_something_in_it_is_left_alone(self, made: Path, settings: Settings) -> None:
        kept = _times(made)
        with pytest.raises(BackupError, match="exists and is not an empty folder"):
            await make_backup(settings, made)
        assert _times(made) == kept

    async def test_an_empty_folder_is_taken(self, files: list[Path], settings: Settings, folder: Path) -> None:
        _make(folder)
        assert (await make_backup(settings, folder)).files == len(files)
        assert (await check_backup(folder)).problems == []

    async def test_a_lost_file_is_said_and_the_rest_is_backed_up(
        self, files: list[Path], settings: Settings, folder: Path
    ) -> None:
        lost, cut, _ = files
        lost.unlink()
        cut.write_bytes(b"cut")
        keys = [path.relative_to(settings.files_dir).as_posix() for path in (lost, cut)]
        manifest = await make_backup(settings, folder)
        assert (manifest.incomplete, manifest.files) == (keys, 2)
        report = await check_backup(folder)
        assert report.warnings == [f"{key} was lost before the backup was made" for key in keys]
        assert report.problems == []

    async def test_what_leaves_the_trash_meanwhile_is_not_missed(
        self,
        app: Litestar,
        jane: Client,
        files: list[Path],
        settings: Settings,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        async def copy(*arguments: Any) -> Any:
            contents = await copy_database(*arguments)
            await jane.delete("/api/tickets/WEB-1")
            await empty_trash(app.state.database, app.state.files, timedelta(0))
            return contents

        copy_database = making.copy_database
        monkeypatch.setattr(making, "copy_database", copy)
        manifest = await make_backup(settings, folder)
        assert (manifest.incomplete, len(manifest.gone)) == ([], len(files))
        report = await check_backup(folder)
        assert (report.warnings, report.problems) == ([], [])

    async def test_nothing_is_left_of_one_that_fails(self, folder: Path, tmp_path: Path) -> None:
        with pytest.raises(BackupError, match="there is no database at"):
            await make_backup(Settings(data_dir=tmp_path / "nowhere"), folder)
        assert list(folder.parent.iterdir()) == []


class TestCheckOfInstance:
    async def test_one_that_is_whole(self, files: list[Path], settings: Settings) -> None:
        report = await check_instance(settings)
        assert report.problems == []
        assert "4 files named by rows" in report.facts

    async def test_one_that_lost_files(self, files: list[Path], settings: Settings) -> None:
        lost, cut, _ = files
        lost.unlink()
        cut.write_bytes(b"cut")
        named = [path.relative_to(settings.files_dir).as_posix() for path in (lost, cut)]
        report = await check_instance(settings)
        assert report.problems == [f"{name} is missing from the file store, or not whole" for name in named]

    async def test_files_that_were_left_over_are_counted(self, files: list[Path], settings: Settings) -> None:
        for name, age in (("aa/old", DAYS), ("aa/new", 0), ("aa/part#1", DAYS)):
            path = settings.files_dir / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"12345")
            os.utime(path, (path.stat().st_mtime - age,) * 2)
        report = await check_instance(settings)
        assert (report.problems, report.facts[-1]) == ([], "2 files without a row, 10 bytes")


class TestCheckOfBackup:
    @pytest.mark.parametrize(
        ("damage", "said"),
        [
            (lambda backup: _file_of(backup).write_bytes(b"changed"), "is damaged: its checksum is another one"),
            (lambda backup: _file_of(backup).unlink(), "cannot be read: No such file or directory"),
            (lambda backup: (backup / "files" / "more").write_bytes(b"x"), "files/more does not belong to the backup"),
            (lambda backup: _append_to(backup / "SHA256SUMS"), "SHA256SUMS is not the one of this backup"),
        ],
        ids=["changed", "lost", "more", "checksums"],
    )
    async def test_one_that_is_damaged_is_not_restored(
        self, made: Path, elsewhere: Settings, damage: Any, said: str
    ) -> None:
        damage(made)
        assert any(said in problem for problem in (await check_backup(made)).problems)
        with pytest.raises(BackupError, match="is damaged and nothing was restored"):
            await restore_backup(made, elsewhere)
        assert not elsewhere.data_dir.exists()

    @pytest.mark.parametrize(
        ("manifest", "said"),
        [
            (None, "is no finished backup of Codimir"),
            ("{", "manifest.json that is damaged"),
            ('{"format": 1}', "manifest.json that is damaged"),
            ('{"format": 2}', r"was made by a newer Codimir \(format 2;"),
        ],
    )
    async def test_folder_that_is_none(self, folder: Path, manifest: str | None, said: str) -> None:
        _make(folder)
        if manifest is not None:
            (folder / "manifest.json").write_text(manifest)
        with pytest.raises(BackupError, match=said):
            await check_backup(folder)

    @pytest.mark.parametrize("line", ["../../etc/passwd", "/etc/passwd", ""])
    async def test_it_reads_no_file_outside(self, made: Path, line: str) -> None:
        (made / "SHA256SUMS").write_text(f"{'0' * 64}  {line}\n")
        with pytest.raises(BackupError, match="is damaged at"):
            await check_backup(made)


class TestCounters:
    async def test_wrong_ones_are_found_and_counted_anew(
        self, codimir: Call[Done], made: Path, db: Database, jane: Client
    ) -> None:
        seen = await jane.get("/api/tickets")
        await db.write(lambda tx: tx.execute(Statement(sa.text("UPDATE ticket_totals SET total = 7"))))
        done = await asyncio.to_thread(codimir, "check")
        assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "damaged")
        problem = "ticket_totals of project_456: total is 7 in place of 1 (mend it with --repair-counters)"
        assert done.stderr.splitlines() == [f"codimir: {problem}"]
        mended = await asyncio.to_thread(codimir, "check", "--repair-counters")
        assert (mended.returncode, mended.stderr) == (0, "")
        assert mended.stdout.splitlines()[0] == "Counted all tickets anew."
        again = await jane.request("GET", "/api/tickets", headers={"if-none-match": seen.headers["etag"]})
        assert (again.status, again.total) == (200, 1)

    async def test_those_of_a_backup_are_never_changed(self, codimir: Call[Done], made: Path) -> None:
        done = await asyncio.to_thread(codimir, "check", str(made), "--repair-counters")
        assert (done.returncode, done.stdout) == (2, "")
        assert "a backup is never changed" in done.stderr

    async def test_those_that_are_restored_are_right(
        self, made: Path, elsewhere: Settings, files: list[Path], codimir: Call[Done]
    ) -> None:
        await restore_backup(made, elsewhere)
        db = await open_database(elsewhere)
        assert await db.read(find_wrong_counters) == []
        assert await db.read(lambda tx: tx.fetch_value(Statement(sa.text("SELECT sum(total) FROM ticket_totals")))) == 1
        await db.close()


class TestSqlite:
    @pytest.fixture
    def database_name(self) -> str:
        return "sqlite"

    async def test_rows_that_refer_to_nothing_are_found(self, made: Path, settings: Settings) -> None:
        with closing(sqlite3.connect(settings.sqlite_path)) as connection, connection:
            connection.execute("DELETE FROM workspaces")
        problems = (await check_instance(settings)).problems
        assert "a row of tickets refers to a row of workspaces that is not there" in problems

    async def test_a_file_that_is_no_database_is_a_problem(self, made: Path, settings: Settings) -> None:
        settings.sqlite_path.write_bytes(b"SQLite format 3\0" + b"garbage" * 1_000)
        with pytest.raises(BackupError, match=r"codimir\.db: "):
            await check_instance(settings)

    async def test_a_backup_is_not_written_to(self, made: Path) -> None:
        before = _times(made)
        await check_backup(made)
        assert _times(made) == before


class TestRestore:
    async def test_only_into_an_empty_folder(self, made: Path, settings: Settings) -> None:
        before = _times(settings.data_dir)
        with pytest.raises(BackupError, match="is not empty"):
            await restore_backup(made, settings)
        assert _times(settings.data_dir) == before

    async def test_into_a_new_volume(self, made: Path, elsewhere: Settings, files: list[Path]) -> None:
        (elsewhere.data_dir / "lost+found").mkdir(parents=True)
        await restore_backup(made, elsewhere)
        kept = sorted(path.name for path in elsewhere.files_dir.rglob("*") if path.is_file())
        assert kept == sorted(path.name for path in files)
        assert (await check_instance(elsewhere)).problems == []

    async def test_not_into_the_other_database(self, made: Path, tmp_path: Path, database_name: str) -> None:
        other = None if database_name == "postgresql" else "postgresql://127.0.0.1:9/none"
        with pytest.raises(BackupError, match=f"is a backup of {database_name}, and the settings name"):
            await restore_backup(made, Settings(data_dir=tmp_path / "new", database_url=other))

    async def test_not_what_a_newer_version_made(self, made: Path, elsewhere: Settings) -> None:
        newer = msgspec.structs.replace(read_manifest(made), schema="9999")
        (made / "manifest.json").write_bytes(msgspec.json.encode(newer))
        with pytest.raises(DatabaseError, match=r"made by a newer Codimir \(schema 9999; this one knows up to"):
            await restore_backup(made, elsewhere)


class TestWithoutTools:
    @pytest.fixture
    def database_name(self) -> str:
        return "postgresql"

    async def test_it_says_what_to_install(
        self, settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        with pytest.raises(BackupError, match="pg_dump is not on the PATH: install the PostgreSQL client"):
            await make_backup(settings, folder)
        assert _times(folder.parent) == {}


def _times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def _mode(path: Path) -> int:
    return path.stat().st_mode


def _make(folder: Path) -> None:
    folder.mkdir(parents=True)


def _file_of(backup: Path) -> Path:
    return next(path for path in sorted((backup / "files").rglob("*")) if path.is_file())


def _append_to(path: Path) -> None:
    path.write_text(path.read_text() + path.read_text().splitlines()[0] + "\n")
