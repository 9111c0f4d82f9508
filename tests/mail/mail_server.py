"""A real mail server, run as its own process: it keeps each mail as a file and says on which port it listens.

It takes `codimir` with the password `open:sesame`. Nobody lives at `nobody@…`, and `later@…` opens at the third
try.
"""

import asyncio
import itertools
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

WHO = LoginPassword(b"codimir", b"open:sesame")
TRIES_OF_LATER = 3


class Mailbox:
    """Keeps what arrives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count(1)
        self.tries = itertools.count(1)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 nobody lives here"
        if address.startswith("later@") and next(self.tries) < TRIES_OF_LATER:
            return "451 4.7.1 come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        part = self.folder / ".part"
        part.write_bytes(bytes(envelope.original_content or b"").replace(b"\r\n", b"\n"))
        part.rename(self.folder / f"{next(self.numbers):03}.eml")
        return "250 OK"


def authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
    return AuthResult(success=given == WHO)


async def serve(folder: Path) -> None:
    box = Mailbox(folder)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(
            box, hostname="mail.test", enable_SMTPUTF8=True, authenticator=authenticate, auth_require_tls=False
        ),
        "127.0.0.1",
        0,
    )
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - that is how the test learns it
    await server.serve_forever()


asyncio.run(serve(Path(sys.argv[1])))
