"""A real mail server that keeps what it receives."""

import email.policy
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest


class MailServer:
    """A mail server that runs, and what has arrived there."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def mails(self) -> list[EmailMessage]:
        """Give every mail, the earliest first."""
        raw = [path.read_bytes() for path in sorted(self.folder.glob("*.eml"))]
        return [message_from_bytes(each, policy=email.policy.default) for each in raw]


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[MailServer]:
    """A real mail server in a process of its own."""
    folder = tmp_path / "mails"
    folder.mkdir()
    script = str(Path(__file__).with_name("mail_server.py"))
    command = [sys.executable, script, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own script
        assert process.stdout
        yield MailServer(f"smtp://127.0.0.1:{process.stdout.readline().strip()}", folder)
        process.terminate()
