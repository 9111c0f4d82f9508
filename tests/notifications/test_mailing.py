"""Mails about what concerns someone, as a real mail server gets them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.config import Settings
from codimir.database.core import Database, Unavailable
from codimir.database.forwarding import ForwardingDatabase
from codimir.database.statements import Statement
from codimir.kit.background import in_background
from codimir.mail.sending import Mailer
from codimir.model.notifications import TO_MAIL, notifications
from codimir.notifications.digests import MAX_PEOPLE, next_due
from codimir.notifications.fanout import read_log
from codimir.notifications.worker import run_worker, send_due
from codimir.web.notification_mail import digest_writer
from codimir.web.prose import ProseWriter
from tests.calls import AsyncCall
from tests.clients import Client, People
from tests.mail.receiving import MailServer
from tests.prose import mentions_in

DUE_AT = notifications.c.mail_due_at
EARLIER = Statement(sa.update(notifications).where(TO_MAIL).values(mail_due_at=sa.bindparam("then", type_=DUE_AT.type)))


@pytest.fixture
def digest(prose: ProseWriter) -> Any:
    """Write the mails."""
    return digest_writer("https://tickets.example.com/", prose)


@pytest.fixture
async def prose() -> AsyncIterator[ProseWriter]:
    """Read texts, in a process that ends with the test."""
    writer = ProseWriter()
    yield writer
    await writer.close()


@pytest.fixture
def mailed(db: Database, mail_server: MailServer, digest: Any) -> AsyncCall[list[Any]]:
    """Give the mails that were sent when the minutes of collecting have passed."""
    settings = Settings(smtp_url=mail_server.url, mail_from="Codimir <codimir@example.com>")

    async def send() -> list[Any]:
        mailer = Mailer(settings)
        while await read_log(db, mentions_in, mails=True):
            pass
        await db.write(lambda tx: tx.execute(EARLIER, then=tx.now - timedelta(seconds=1)))
        await send_due(db, mailer, digest)
        await mailer.close()
        mails: list[Any] = mail_server.mails()
        return mails

    return send


class TestDigest:
    async def test_everything_is_in_one_mail(
        self, client: People, new_ticket: AsyncCall[Any], mailed: AsyncCall[list[Any]]
    ) -> None:
        await new_ticket(assigneeId="user_102")
        await client("ada").post("/api/tickets/WEB-1/comments", {"content": "Look\n*here* {x}"})
        await client("ada").post("/api/tickets", {"title": "Two", "projectId": "WEB", "assigneeId": "user_102"})
        mails = {mail["to"]: mail for mail in await mailed()}
        assert set(mails) == {"john@example.com", "jane@example.com"}
        assert mails["john@example.com"]["subject"] == "WEB-1 Fix login and 1 more"
        text = mails["john@example.com"].get_content()
        for line in (
            "WEB-1 Fix login\nhttps://tickets.example.com/tickets/WEB-1\n",
            "- Jane Smith assigned this to you\n- Ada Owner commented: Look here {x}\n",
            "https://tickets.example.com/tickets/WEB-2\n- Ada Owner assigned this to you",
            "https://tickets.example.com/settings/preferences",
        ):
            assert line in text
        assert len(await mailed()) == 2

    async def test_it_is_in_their_language(
        self, jane: Client, set_user: AsyncCall[None], new_ticket: AsyncCall[Any], mailed: AsyncCall[list[Any]]
    ) -> None:
        await set_user("john", preferences={"language": "de"})
        await new_ticket(assigneeId="user_102")
        await jane.put("/api/tickets/WEB-1/status", {"status": "in_review"})
        [mail] = await mailed()
        assert "Jane Smith hat Ihnen das zugewiesen" in mail.get_content()

    async def test_what_was_read_meanwhile_is_not_mailed(
        self, client: People, new_ticket: AsyncCall[Any], mailed: AsyncCall[list[Any]], db: Database
    ) -> None:
        await new_ticket(assigneeId="user_102")
        await read_log(db, mentions_in, mails=True)
        await client("john").post("/api/notifications/read", {"all": True})
        assert await mailed() == []

    async def test_what_one_sees_no_more_is_not_mailed(
        self, jane: Client, new_ticket: AsyncCall[Any], mailed: AsyncCall[list[Any]], db: Database
    ) -> None:
        await new_ticket(assigneeId="user_102")
        await read_log(db, mentions_in, mails=True)
        await jane.delete("/api/tickets/WEB-1")
        assert await mailed() == []

    @pytest.mark.parametrize(("wanted", "count"), [("ticketAssigned", 0), ("ticketUpdated", 1)])
    async def test_preferences_decide(
        self,
        set_user: AsyncCall[None],
        new_ticket: AsyncCall[Any],
        mailed: AsyncCall[list[Any]],
        wanted: str,
        count: int,
    ) -> None:
        await set_user("john", preferences={"emailNotifications": {wanted: False}})
        await new_ticket(assigneeId="user_102")
        assert len(await mailed()) == count

    async def test_it_waits_for_more(self, new_ticket: AsyncCall[Any], db: Database) -> None:
        await new_ticket(assigneeId="user_102")
        await read_log(db, mentions_in, mails=True)
        due = await db.read(next_due)
        assert timedelta(minutes=4) < due - db.now() <= timedelta(minutes=5)

    async def test_it_stays_due_while_the_mailer_has_no_room(
        self,
        new_ticket: AsyncCall[Any],
        db: Database,
        mail_server: MailServer,
        digest: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        await new_ticket(assigneeId="user_102")
        await read_log(db, mentions_in, mails=True)
        await db.write(lambda tx: tx.execute(EARLIER, then=tx.now - timedelta(seconds=1)))
        mailer = Mailer(Settings(smtp_url=mail_server.url, mail_from="Codimir <codimir@example.com>"))
        for most, is_due in ((MAX_PEOPLE - 1, True), (MAX_PEOPLE, False)):
            monkeypatch.setattr("codimir.mail.sending.MAX_WAITING", most)
            assert await send_due(db, mailer, digest) > 0
            assert (await db.read(next_due) is not None) == is_due
        await mailer.close()
        assert len(mail_server.mails()) == 1

    async def test_without_a_mail_server_nothing_waits(self, new_ticket: AsyncCall[Any], db: Database) -> None:
        await new_ticket(assigneeId="user_102")
        await read_log(db, mentions_in, mails=False)
        assert await db.read(next_due) is None


class Away(ForwardingDatabase):
    """A database that cannot be reached the first few times."""

    def __init__(self, db: Any, times: int) -> None:
        super().__init__(db)
        self.times = times

    async def read_long(self, unit: Any) -> Any:
        if self.times:
            self.times -= 1
            raise Unavailable("no room")
        return await super().read_long(unit)


class TestTeller:
    async def test_trouble_is_waited_out_and_said_once(
        self,
        client: People,
        new_ticket: AsyncCall[Any],
        db: Database,
        digest: Any,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("codimir.kit.outages.random.uniform", lambda *_: 0)
        await new_ticket(assigneeId="user_102")
        telling = run_worker(Away(db, 5), Mailer(Settings()), mentions_in, digest)
        async with in_background(telling=telling), asyncio.timeout(60), db.watch() as watch:
            while not (await client("john").get("/api/notifications")).total:
                await watch.wait(0.1)
        assert caplog.messages == ["notifications wait: no room"]

    async def test_it_tells_what_happens_while_it_works(
        self, client: People, new_ticket: AsyncCall[Any], db: Database, digest: Any
    ) -> None:
        teller = asyncio.create_task(run_worker(db, Mailer(Settings()), mentions_in, digest))
        await new_ticket(assigneeId="user_102")
        async with asyncio.timeout(60), db.watch() as watch:
            while not (await client("john").get("/api/notifications")).total:
                await watch.wait(0.1)
        teller.cancel()
        await asyncio.wait((teller,))
        assert teller.cancelled()
