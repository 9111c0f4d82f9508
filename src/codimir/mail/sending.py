"""Send mails in the background: whoever asks for one does not wait for the mail server."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from codimir.config import Settings
from codimir.kit.background import cancel_all
from codimir.kit.clock import utc_now
from codimir.kit.libraries import aiosmtplib
from codimir.kit.outages import Outage
from codimir.mail.messages import Mail, message_of
from codimir.mail.servers import connection_of

log = logging.getLogger("codimir.mail")

SECONDS_FOR_SERVER = 20
SECONDS_TO_FINISH = 10
PAUSES = (2.0, 15.0, 60.0)
"""Seconds before each further try after one that may go better later."""
MAX_WAITING = 1_000
AT_ONCE = 4
MAX_ANSWER_LENGTH = 300
PERMANENT = 500
"""From this code on a mail server will never take the mail (RFC 5321)."""

Write = Callable[[], Awaitable[Mail | None]]


class Try(NamedTuple):
    """What the mail server answered to a mail."""

    at: datetime
    answer: str
    """In one line, in its own words"""
    is_taken: bool
    is_of_server: bool
    """Whether it says something of the server, not only of this mail or of whom it was for"""


class QueueFull(Exception):
    """So many mails wait that no more are taken."""


class Mailer:
    """Sends mails; where the settings name no mail server it sends none."""

    def __init__(self, settings: Settings, pauses: Sequence[float] = PAUSES) -> None:
        self._server = connection_of(settings.smtp_url) if settings.smtp_url else None
        self._sender = settings.mail_from or ""
        self._pauses = pauses
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting: set[asyncio.Task[None]] = set()
        self._away = Outage("mails wait for the mail server", log)
        self._full = Outage("mails are dropped", log)
        self.last_try: Try | None = None
        """What the mail server answered last, since the process began"""

    @property
    def is_configured(self) -> bool:
        """Return whether mails are sent at all."""
        return self._server is not None

    @property
    def is_away(self) -> bool:
        """Return whether the mail server did not answer when it was asked last, or took nothing from anybody."""
        return self.last_try is not None and self.last_try.is_of_server and not self.last_try.is_taken

    @property
    def waiting(self) -> int:
        """Return how many mails wait for the mail server."""
        return len(self._waiting)

    @property
    def takes_more(self) -> bool:
        """Return whether one more mail would be sent: there is a mail server, and not too many wait for it."""
        return self.is_configured and self.room > 0

    @property
    def room(self) -> int:
        """Return how many more mails may wait for the mail server; one beyond them is dropped."""
        return MAX_WAITING - len(self._waiting)

    def post(self, mail: Mail) -> bool:
        """Send a mail soon; say whether there is a mail server that will be asked to."""

        async def as_it_is() -> Mail:
            return mail

        return self.post_written(as_it_is)

    def post_written(self, write: Write) -> bool:
        """Write a mail soon, in the background too, and send it if there is one to send."""
        if self._server is None:
            return False
        if self.room <= 0:
            self._full.failed(QueueFull(f"{MAX_WAITING:,} are waiting for the mail server"))
            return False
        self._full.recovered()
        task = asyncio.create_task(self._deliver(write))
        self._waiting.add(task)
        task.add_done_callback(self._finish)
        return True

    async def send_now(self, mail: Mail) -> Try:
        """Send a mail, once, and return what the mail server answers; ask only where one is configured."""
        error = await self._try(mail)
        if error is None:
            self._away.recovered()
        return self.last_try or Try(utc_now(), "", is_taken=error is None, is_of_server=True)

    async def close(self) -> None:
        """Give the mails that are under way a moment to leave, and say which did not."""
        if self._waiting:
            await asyncio.wait(self._waiting, timeout=SECONDS_TO_FINISH)
        late = [*self._waiting]
        await cancel_all(late)
        if late:
            log.error("%d mails were not sent: the server stops", len(late))

    async def _deliver(self, write: Write) -> None:
        mail = await write()
        if mail is None:
            return
        for pause in (*self._pauses, None):
            error = await self._try(mail)
            if error is None:
                self._away.recovered()
                return
            reason = _said(error)
            if pause is None or is_final(error):
                log.error("the mail %r to %s was not sent: %s", mail.subject, mail.to, reason)
                return
            self._away.failed(error)
            await asyncio.sleep(pause)

    async def _try(self, mail: Mail) -> Exception | None:
        try:
            async with self._turn:
                message = message_of(mail, self._sender)
                _, said = await aiosmtplib.send(message, timeout=SECONDS_FOR_SERVER, **(self._server or {}))
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            is_of_server = _is_of_server(error)
            self.last_try = Try(utc_now(), _said(error), is_taken=False, is_of_server=is_of_server)
            return error
        self.last_try = Try(utc_now(), _one_line(said), is_taken=True, is_of_server=True)
        return None

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._waiting.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a mail could not be written", exc_info=error)


def is_final(error: Exception) -> bool:
    """Return whether another try would end the same way."""
    codes = [refused.code for refused in _refusals(error)]
    if codes:
        return all(code >= PERMANENT for code in codes)
    return isinstance(error, (ValueError, aiosmtplib.SMTPNotSupported))


def _said(error: Exception) -> str:
    refused = _refusals(error)
    said = "; ".join(f"{each.code} {each.message}" for each in refused) if refused else str(error)
    return _one_line(said) or type(error).__name__


def _one_line(said: str) -> str:
    return " ".join(said.split())[:MAX_ANSWER_LENGTH]


def _is_of_server(error: Exception) -> bool:
    """Return whether an error says something of the mail server, not of a mail or of whom it is for."""
    return isinstance(error, (OSError, aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPNotSupported))


def _refusals(error: Any) -> "list[aiosmtplib.SMTPResponseException]":
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return list(error.recipients)
    return [error] if isinstance(error, aiosmtplib.SMTPResponseException) else []
