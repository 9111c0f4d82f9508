"""Webhooks of a project, made in the settings."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.model.webhooks import webhook_deliveries
from codimir.problems.problem import Problem
from codimir.problems.storing import to_text
from tests.clients import People
from tests.web.conftest import Fetch

FAIL = Statement(sa.update(webhook_deliveries).values(error=sa.bindparam("stored", type_=sa.Text())))


class TestWebhookOfAProject:
    async def test_it_is_made_and_named(self, fetch: Fetch, client: People) -> None:
        form = {"url": "https://example.com/hook", "which": "*", "projectId": "project_456"}
        page = await fetch("ada", "/settings/webhooks/new")
        assert '<option value="project_456">Website</option>' in page.text
        made = await fetch("ada", "/settings/webhooks", method="POST", data=form)
        assert made.status_code == 200
        assert '<a href="/projects/WEB/list">Website</a>' in made.text
        [webhook] = (await client("ada").get("/api/webhooks")).data
        assert webhook["projectId"] == "project_456"
        assert re.search(r">Website</span>", (await fetch("ada", "/settings/webhooks")).text)

    @pytest.mark.parametrize("project", ["project_evil", "nothing"])
    async def test_one_that_is_not_seen_is_said_beside_the_field(
        self, fetch: Fetch, client: People, project: str
    ) -> None:
        form = {"url": "https://example.com/hook", "which": "*", "projectId": project}
        page = await fetch("ada", "/settings/webhooks", method="POST", data=form)
        assert page.status_code == 400
        assert "Invalid project ID" in page.text
        assert (await client("ada").get("/api/webhooks")).data == []


class TestDeliveryThatFailed:
    @pytest.mark.parametrize(
        ("stored", "english", "german"),
        [
            (
                to_text(Problem("receiver_answered", status=500)),
                "The receiver answered 500",
                "Der Empfänger antwortete 500",
            ),
            (
                to_text(Problem("no_connection", reason=Problem("name_leads_nowhere"))),
                "No connection: the host name was not found",
                "Keine Verbindung: der Rechnername wurde nicht gefunden",
            ),
            ("A sentence from before", "A sentence from before", "A sentence from before"),
        ],
    )
    async def test_its_page_says_why_in_the_language_of_the_reader(
        self, fetch: Fetch, client: People, db: Database, stored: Any, english: str, german: str
    ) -> None:
        ada = client("ada")
        webhook = (await ada.post("/api/webhooks", {"url": "https://example.com/hook", "events": ["*"]})).data
        delivery = (await ada.post(f"/api/webhooks/{webhook['id']}/ping")).data
        await db.write(lambda tx: tx.execute(FAIL, stored=stored))
        path = f"webhooks/{webhook['id']}/deliveries"
        page = f"/settings/{path}/{delivery['id']}"
        assert english in (await fetch("ada", page)).text
        assert german in (await fetch("ada", page, headers={"accept-language": "de"})).text
        assert (await ada.get(f"/api/{path}/{delivery['id']}")).data["error"] == english
        assert [each["error"] for each in (await ada.get(f"/api/{path}")).data] == [english]
