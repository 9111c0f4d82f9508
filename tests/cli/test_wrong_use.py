"""Whatever is wrong with a command is said in one line, and it ends with 2."""

from pathlib import Path
from typing import Any

import pytest

from codimir.config import Settings
from tests.calls import Call
from tests.cli.commands import Done

PASSWORD = b"correct horse\n"
ADD = ("user", "add")
NAMED = ("--name", "Grace", "--role", "ADMIN")


@pytest.fixture
def database_name() -> str:
    """SQLite alone: nothing here comes as far as the database."""
    return "sqlite"


class TestWrongUse:
    @pytest.mark.parametrize(
        ("arguments", "stdin", "said"),
        [
            (("sevre",), b"", "No such command 'sevre'"),
            (("serve", "--prot", "1"), b"", "No such option: --prot"),
            (("serve", "--port", "65536"), b"", "'--port'"),
            (("serve", "--port", "web"), b"", "'--port'"),
            (("serve", "--workers", "0"), b"", "'--workers'"),
            (("serve", "--host", "no.such.host.invalid", "--port", "0"), b"", "cannot listen on no.such.host.invalid"),
            (("serve", "--port", "0", "--database-url", "mysql://x/y"), b"", "must start with postgresql://"),
            (
                ("serve", "--port", "0", "--database-url", "postgresql://x@127.0.0.1:1/y"),
                b"",
                "PostgreSQL cannot be reached",
            ),
            (("demo", "--tickets", "0"), b"", "'--tickets'"),
            (("demo", "--tickets", "many"), b"", "'--tickets'"),
            (("demo", "--ends", "1979-12-31"), b"", "'--ends'"),
            ((*ADD,), b"", "EMAIL"),
            ((*ADD, "grace@example.com"), PASSWORD, "--name"),
            ((*ADD, "grace@example.com", "--name", "Grace", "--role", "KING"), PASSWORD, "'admin', 'editor', 'viewer'"),
            ((*ADD, "grace", *NAMED), PASSWORD, "email: Must be an e-mail address"),
            ((*ADD, "grace@example.com", "--name", " "), PASSWORD, "name: Must be one line"),
            ((*ADD, "grace@example.com", *NAMED), b"", "no password on standard input"),
            ((*ADD, "grace@example.com", *NAMED), b"short\n", "password: Must have 8 to 1,000 characters, has 5"),
            (
                (*ADD, "grace@example.com", *NAMED),
                b"password\n",
                "password: Must not be one of the most common passwords",
            ),
            ((*ADD, "grace@example.com", *NAMED), b"Grace 1906\n", "password: Must not be made of your own name"),
            ((*ADD, "grace@example.com", *NAMED), b"\xff\xfe" * 8, "not UTF-8"),
            (("session", "nobody@example.com"), b"", "nobody has the e-mail nobody@example.com"),
            (("token", "nobody@example.com", "--name", "ci"), b"", "nobody has the e-mail nobody@example.com"),
            (("token", "nobody@example.com"), b"", "--name"),
            (("token", "nobody@example.com", "--name", "two\nlines"), b"", "name: Must be one line"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )
    def test_is_one_line(self, codimir: Call[Done], arguments: tuple[str, ...], stdin: bytes, said: str) -> None:
        _assert_refused(codimir(*arguments, stdin=stdin), said)

    def test_the_same_person_twice(self, codimir: Call[Done]) -> None:
        assert codimir(*ADD, "grace@example.com", *NAMED, stdin=PASSWORD).returncode == 0
        again = codimir(*ADD, "Grace@Example.com", *NAMED, stdin=PASSWORD)
        _assert_refused(again, "email: Someone with this e-mail already exists")

    def test_data_that_are_none(self, codimir: Call[Done], settings: Settings) -> None:
        settings.sqlite_path.write_bytes(b"This is a letter, not a database. " * 100)
        _assert_refused(codimir("session", "grace@example.com"), "cannot be read: file is not a database")

    def test_a_folder_that_cannot_be(self, codimir: Call[Done], tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        _assert_refused(
            codimir("serve", "--port", "0", "--data-dir", str(tmp_path / "file" / "data")), "cannot be made"
        )

    def test_a_setting_that_cannot_be_used(self, codimir: Call[Done]) -> None:
        _assert_refused(codimir("session", "grace@example.com", CODIMIR_MAX_FILE_BYTES="lots"), "CODIMIR_")


def _assert_refused(done: Any, said: str) -> None:
    assert (done.returncode, done.stdout) == (2, ""), done
    [line] = done.stderr.splitlines()
    assert line.startswith("codimir: ")
    assert said in line
