"""What was written is told in plain words: in the inbox, in My work and in mails."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.config import Settings
from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.mail.sending import Mailer
from codimir.model.notifications import TO_MAIL, notifications
from codimir.notifications.fanout import read_log
from codimir.notifications.worker import send_due
from codimir.web.notification_mail import digest_writer
from tests.calls import AsyncCall
from tests.clients import Client, People
from tests.mail.receiving import MailServer

TEXT = "![image.png](https://x.example/{}.png)\n\n> quoted\n\n**See** `WEB-1` @john".format("long" * 80)
SAID = "\N{PAPERCLIP} image.png See WEB-1 @john"
DUE_AT = notifications.c.mail_due_at
EARLIER = Statement(sa.update(notifications).where(TO_MAIL).values(mail_due_at=sa.bindparam("then", type_=DUE_AT.type)))


@pytest.fixture
async def told(jane: Client, new_ticket: AsyncCall[Any], tell: Callable[..., Any]) -> None:
    """John was mentioned beside a picture whose address is longer than an excerpt."""
    await new_ticket()
    await jane.post("/api/tickets/WEB-1/comments", {"content": TEXT})
    await tell()


class TestPages:
    @pytest.mark.parametrize("path", ["/inbox", "/my-work"])
    async def test_a_picture_is_its_name_and_a_text_has_no_marks(
        self, told: None, page: Callable[..., Awaitable[httpx.Response]], path: str
    ) -> None:
        html = (await page("john", path)).text
        excerpt = re.search(r'<p class="topic-excerpt" dir="auto">(.*?)</p>', html)
        assert excerpt is not None
        assert re.sub(r'<svg class="icon icon-file".*?</svg>', "\N{PAPERCLIP}", excerpt[1]) == SAID

    async def test_the_api_gives_the_text_as_it_was_written(self, told: None, client: People) -> None:
        assert (await client("john").get("/api/notifications")).data[0]["excerpt"] == TEXT[:280]

    async def test_a_comment_that_is_deleted_is_not_told(
        self, told: None, jane: Client, page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        comment = (await jane.get("/api/tickets/WEB-1")).data["comments"][0]
        await jane.delete(f"/api/tickets/WEB-1/comments/{comment['id']}")
        assert "image.png" not in (await page("john", "/inbox")).text


class TestMails:
    async def test_they_say_the_same(
        self, jane: Client, new_ticket: AsyncCall[Any], db: Database, app: Litestar, mail_server: MailServer
    ) -> None:
        await new_ticket()
        await jane.post("/api/tickets/WEB-1/comments", {"content": TEXT})
        while await read_log(db, app.state.prose.mentions_in, mails=True):
            pass
        await db.write(lambda tx: tx.execute(EARLIER, then=tx.now - timedelta(seconds=1)))
        mailer = Mailer(Settings(smtp_url=mail_server.url, mail_from="Codimir <codimir@example.com>"))
        await send_due(db, mailer, digest_writer("https://tickets.example.com", app.state.prose))
        await mailer.close()
        (mail,) = mail_server.mails()
        assert f"mentioned you in a comment: {SAID}" in mail.get_content()
