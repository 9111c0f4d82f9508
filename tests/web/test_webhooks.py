"""Webhooks of a project, made in the settings."""

import re

import pytest


class TestWebhookOfAProject:
    async def test_it_is_made_and_named(self, fetch, client):
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
    async def test_one_that_is_not_seen_is_said_beside_the_field(self, fetch, client, project):
        form = {"url": "https://example.com/hook", "which": "*", "projectId": project}
        page = await fetch("ada", "/settings/webhooks", method="POST", data=form)
        assert page.status_code == 400
        assert "Invalid project ID" in page.text
        assert (await client("ada").get("/api/webhooks")).data == []
