"""The page of the instance: for its administrators alone, true, and without a secret."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar import Litestar

from codimir.backups.last import note_backup
from codimir.backups.manifest import Manifest
from codimir.mail.sending import Mailer
from codimir.monitoring import health
from codimir.monitoring.instance import place_of
from tests.calls import AsyncCall, Call
from tests.clients import People
from tests.mail.receiving import MailServer
from tests.mail.test_sending import NOBODY_LISTENS
from tests.web.conftest import Fetch

PATH = "/settings/instance"
MAIL = f"{PATH}/mail"


@pytest.fixture
def mailing(app: Litestar) -> Call[Any]:
    """Let the instance ask a mail server at an address."""

    def at(url: Any) -> Any:
        settings = msgspec.structs.replace(
            app.state.settings, smtp_url=url, mail_from="Codimir <codimir@example.com>", base_url="http://codimir.test"
        )
        app.state.settings, app.state.mailer = settings, Mailer(settings)
        return app.state.mailer

    return at


class TestInstance:
    async def test_only_administrators_see_it(self, fetch: Fetch) -> None:
        assert (await fetch(None, PATH)).status_code == 302
        for who in ("eve", "jane", "ada"):
            reply = await fetch(who, PATH)
            assert reply.status_code == 403
            assert "Python" not in reply.text
            assert f'href="{PATH}"' not in reply.text
        assert (await fetch("root", PATH)).status_code == 200

    async def test_a_token_that_does_not_administer_sees_nothing(self, client: People) -> None:
        made = (await client("root").post("/api/user/tokens", {"name": "x", "scopes": ["read"]})).data["token"]
        reply = await client().http.get(PATH, headers={"authorization": f"Bearer {made}", "accept": "text/html"})
        assert reply.status_code == 403

    async def test_it_says_what_there_is(self, fetch: Fetch, app: Litestar, database_name: str) -> None:
        page = (await fetch("root", PATH)).text
        assert {"sqlite": "SQLite, ", "postgresql": "PostgreSQL, "}[database_name] in page
        for said in ("Everything is well.", "No mail is sent", "52.4 MB", "30 days", "None by the command"):
            assert said in page

    async def test_it_says_what_is_not_well(self, fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(health, "MIN_FREE_BYTES", 2**80)
        assert "The disk of the data folder is nearly full." in (await fetch("root", PATH)).text

    async def test_it_tells_of_the_last_backup(self, fetch: Fetch, app: Litestar, tmp_path: Path) -> None:
        manifest = Manifest(
            format=1, version="1", database="sqlite", schema="0001", started_at=datetime.now(UTC),
            finished_at=datetime.now(UTC), rows={}, files=0, bytes=0, incomplete=["a"], gone=[], checksums="",
        )  # fmt: skip
        note_backup(app.state.settings, tmp_path / "of today", manifest)
        page = (await fetch("root", PATH)).text
        assert f"{tmp_path}/of today" in page
        assert "1 files were lost before" in page
        (app.state.settings.data_dir / "last-backup.json").write_text("{")
        assert "None by the command" in (await fetch("root", PATH)).text

    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            (None, None),
            ("postgresql://who:secret@db.example:5432/codimir?password=x", "postgresql://db.example:5432/codimir"),
            ("smtp://a%40b:s%40c@mail.example:587", "smtp://mail.example:587"),
            ("s3://bucket/path", "s3://bucket/path"),
        ],
    )
    def test_addresses_come_without_secrets(self, url: str | None, shown: str | None) -> None:
        assert place_of(url) == shown


class TestMail:
    async def test_only_administrators_send_one(
        self, fetch: Fetch, mailing: Call[Any], mail_server: MailServer
    ) -> None:
        mailing(mail_server.url)
        assert (await fetch("ada", MAIL, "POST")).status_code == 403
        assert (await fetch("root", MAIL, "POST", headers={"origin": "https://evil.example"})).status_code == 403
        assert mail_server.mails() == []

    async def test_it_arrives_and_the_answer_is_shown(
        self, fetch: Fetch, mailing: Call[Any], mail_server: MailServer
    ) -> None:
        mailing(mail_server.url)
        page = (await fetch("root", MAIL, "POST")).text
        assert "The mail server took it:" in page
        assert "250 OK" in page or "OK" in page
        [mail] = mail_server.mails()
        assert mail["To"] == "root@example.com"
        assert "Last answer" in (await fetch("root", PATH)).text

    async def test_a_refusal_is_shown_in_the_servers_words(
        self, fetch: Fetch, mailing: Call[Any], mail_server: MailServer, set_user: AsyncCall[None]
    ) -> None:
        mailing(mail_server.url)
        await set_user("root", email="nobody@example.com", email_key="nobody@example.com")
        page = (await fetch("root", MAIL, "POST")).text
        assert "The mail server did not take it:" in page
        assert "550 5.1.1 nobody lives here" in page

    async def test_a_server_that_is_away_is_said_without_the_password(self, fetch: Fetch, mailing: Call[Any]) -> None:
        mailer = mailing(NOBODY_LISTENS.replace("smtp://", "smtp://codimir:sesame@"))
        page = (await fetch("root", MAIL, "POST")).text
        assert "The mail server did not take it:" in page
        assert "sesame" not in page
        assert mailer.is_away
