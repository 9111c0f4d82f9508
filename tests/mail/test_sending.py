"""Sending mails to a real mail server."""

import logging
from email.message import EmailMessage
from typing import Any

import pytest

from codimir.config import Settings, SettingsError, settings_from
from codimir.mail.messages import Mail, mail_of, message_of
from codimir.mail.sending import Mailer
from codimir.mail.servers import connection_of
from tests.mail.receiving import MailServer

NOBODY_LISTENS = "smtp://127.0.0.1:9"


def settings(url: str) -> Settings:
    return Settings(smtp_url=url, mail_from="Codimir <codimir@example.com>", base_url="https://codimir.example")


def mail(to: str = "jane@example.com", **fields: str) -> Mail:
    return Mail(**{"to": to, "subject": "Come in", "text": "The door is open.\n", **fields})


async def deliver(url: str, *mails: Mail) -> None:
    mailer = Mailer(settings(url), pauses=(0.01, 0.01))
    for each in mails:
        assert mailer.post(each)
    await mailer.close()


class TestDelivery:
    async def test_it_arrives_with_what_every_mail_needs(self, mail_server: MailServer) -> None:
        await deliver(mail_server.url, mail())
        [arrived] = mail_server.mails()
        assert arrived["From"] == "Codimir <codimir@example.com>"
        assert (arrived["To"], arrived["Subject"]) == ("jane@example.com", "Come in")
        assert arrived["Message-ID"].endswith("@example.com>")
        assert arrived["Date"]
        assert arrived["Auto-Submitted"] == "auto-generated"
        assert arrived.get_content() == "The door is open.\n"

    async def test_with_a_password(self, mail_server: MailServer) -> None:
        await deliver(mail_server.url.replace("//", "//codimir:open%3Asesame@"), mail())
        assert len(mail_server.mails()) == 1

    async def test_every_script_arrives(self, mail_server: MailServer) -> None:
        sent = mail("jané@exämple.com", subject="Hereingebeten: Übersicht 🦊", text="日本語 und " + "x" * 900 + "\n")
        await deliver(mail_server.url, sent)
        [arrived] = mail_server.mails()
        assert (arrived["To"], arrived["Subject"], arrived.get_content()) == (sent.to, sent.subject, sent.text)

    async def test_who_is_away_is_tried_again(self, mail_server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
        await deliver(mail_server.url, mail("later@example.com"))
        assert len(mail_server.mails()) == 1
        [record] = caplog.records
        assert record.levelno == logging.WARNING
        assert record.message.startswith("mails wait for the mail server: ")


class TestFailure:
    async def test_without_a_mail_server_nothing_is_posted(self) -> None:
        mailer = Mailer(Settings())
        assert not mailer.is_configured
        assert not mailer.post(mail())

    async def test_who_is_refused_is_not_tried_again(
        self, mail_server: MailServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        await deliver(mail_server.url, mail("nobody@example.com"), mail())
        assert len(mail_server.mails()) == 1
        [record] = caplog.records
        assert "'Come in' to nobody@example.com was not sent" in record.message
        assert "nobody lives here" in record.message

    async def test_wrong_password_is_logged_without_it(
        self, mail_server: MailServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        await deliver(mail_server.url.replace("//", "//codimir:wr0ngpass@"), mail())
        assert mail_server.mails() == []
        assert caplog.records[-1].levelno == logging.ERROR
        assert "wr0ngpass" not in caplog.text

    async def test_whoever_posts_does_not_wait(self, caplog: pytest.LogCaptureFixture) -> None:
        mailer = Mailer(settings(NOBODY_LISTENS), pauses=(0.01,))
        mailer.post(mail())
        assert caplog.records == []  # nothing has been tried yet
        await mailer.close()
        assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.ERROR]

    async def test_what_waits_when_the_server_stops_is_named(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("codimir.mail.sending.SECONDS_TO_FINISH", 0.05)
        mailer = Mailer(settings(NOBODY_LISTENS), pauses=(60,))
        mailer.post(mail())
        await mailer.close()
        assert "1 mails were not sent" in caplog.text

    async def test_what_a_full_queue_drops_is_counted_and_said_once(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("codimir.mail.sending.MAX_WAITING", 3)
        monkeypatch.setattr("codimir.mail.sending.SECONDS_TO_FINISH", 0.01)
        monkeypatch.setattr("codimir.kit.outages.SECONDS_TO_SETTLE", 0)
        mailer = Mailer(settings(NOBODY_LISTENS), pauses=(60,))
        assert [mailer.post(mail()) for _ in range(50)] == [True] * 3 + [False] * 47
        assert (mailer.room, mailer.takes_more) == (0, False)
        monkeypatch.setattr("codimir.mail.sending.MAX_WAITING", 4)
        assert mailer.post(mail())
        await mailer.close()
        dropped = [message for message in caplog.messages if message.startswith("mails are dropped")]
        assert dropped == [
            "mails are dropped: 3 are waiting for the mail server",
            "mails are dropped: over after 47 failures in 0 s",
        ]

    async def test_many_that_wait_for_one_server_are_one_line(self, caplog: pytest.LogCaptureFixture) -> None:
        mailer = Mailer(settings(NOBODY_LISTENS), pauses=(0.01, 0.01))
        for _ in range(20):
            mailer.post(mail())
        await mailer.close()
        assert [record.levelno for record in caplog.records].count(logging.WARNING) == 1

    async def test_a_mail_that_cannot_be_written_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        async def write() -> Mail:
            raise LookupError("no such person")

        mailer = Mailer(settings(NOBODY_LISTENS))
        mailer.post_written(write)
        await mailer.close()
        assert "a mail could not be written" in caplog.text

    async def test_nothing_is_sent_where_there_is_nothing_to_say(self, mail_server: MailServer) -> None:
        async def write() -> None:
            return None

        mailer = Mailer(settings(mail_server.url))
        mailer.post_written(write)
        await mailer.close()
        assert mail_server.mails() == []


class TestMessage:
    def test_a_value_cannot_add_a_line(self) -> None:
        written = mail_of("jane@example.com", "Join {name}", "Come to {name}.", name="Acme\r\nBcc: eve@example.com")
        assert written.subject == "Join Acme Bcc: eve@example.com"
        assert written.text == "Come to Acme Bcc: eve@example.com.\n"
        message: EmailMessage = message_of(written, "codimir@example.com")
        assert message["Bcc"] is None

    def test_a_value_is_no_form(self) -> None:
        assert mail_of("a@b", "{name}", "{name}", name="{secret}").subject == "{secret}"


class TestServer:
    def test_tls_from_the_start(self) -> None:
        connection = connection_of("smtps://codimir:p%40ss@mail.example.com")
        assert connection == {
            "hostname": "mail.example.com", "port": 465, "username": "codimir", "password": "p@ss",
            "use_tls": True, "start_tls": False,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("url", "start_tls"),
        [
            ("smtp://mail.example.com", None),
            ("smtp://me:secret@mail.example.com", True),
            ("smtp://me:secret@127.0.0.1:2525", None),
        ],
    )
    def test_a_password_does_not_leave_the_machine_in_the_clear(self, url: str, start_tls: Any) -> None:
        assert connection_of(url)["start_tls"] is start_tls


class TestSettings:
    GOOD = {
        "CODIMIR_SMTP_URL": "smtp://127.0.0.1:25",
        "CODIMIR_MAIL_FROM": "Codimir <codimir@example.com>",
        "CODIMIR_BASE_URL": "https://codimir.example",
    }

    def test_good_ones_are_taken(self) -> None:
        assert settings_from(self.GOOD).smtp_url == "smtp://127.0.0.1:25"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("CODIMIR_SMTP_URL", "mail.example.com"),
            ("CODIMIR_SMTP_URL", "https://mail.example.com"),
            ("CODIMIR_SMTP_URL", "smtp://mail.example.com:many"),
            ("CODIMIR_MAIL_FROM", ""),
            ("CODIMIR_MAIL_FROM", "Codimir"),
            ("CODIMIR_BASE_URL", ""),
        ],
    )
    def test_others_are_refused_by_their_name(self, name: str, value: str) -> None:
        with pytest.raises(SettingsError, match=name):
            settings_from({**self.GOOD, name: value})
