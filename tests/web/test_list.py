"""GET /tickets, /projects/{key}/list and what they are changed with."""

import html
import json
import re
from typing import Any

import httpx
import pytest

from tests.calls import AsyncCall
from tests.clients import Client
from tests.web.conftest import Fetch

FILTERS = "status=todo&priority=high&type=BUG&assignee=me,none&reporter=user_101&group=group_103&label=label_1"


def titles(page: httpx.Response) -> Any:
    return re.findall(r'class="row-title"[^>]*>([^<]*)</a>', page.text)


class TestList:
    async def test_it_shows_what_the_api_lists(self, fetch: Fetch, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        for title in ("One", "Two <script>", "Three & more"):
            await new_ticket(title=title)
        listed = await jane.get("/api/tickets", sort="title", order="asc")
        page = await fetch("jane", "/tickets?sort=title&order=asc")
        assert [html.unescape(title) for title in titles(page)] == [each["title"] for each in listed.data]
        assert f"{listed.total} tickets" in page.text

    async def test_who_sees_no_project_sees_none_of_it(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket(title="Secret", projectId="project_sec")
        assert titles(await fetch("mia", "/tickets")) == []
        assert titles(await fetch("eve", "/tickets")) == []

    async def test_every_documented_filter_is_a_chip(self, fetch: Fetch) -> None:
        page = await fetch("jane", f"/tickets?{FILTERS}&workspace=workspace_789&project=WEB&search=login")
        assert page.status_code == 200
        shown = re.findall(r'class="chip-values truncate">([^<]*)<', page.text)
        assert shown == [
            "To do", "High", "Bug", "me, Nobody", "Jane Smith", "Platform", "bug", "Acme", "Website",
        ]  # fmt: skip

    async def test_a_wrong_filter_is_said(self, fetch: Fetch) -> None:
        page = await fetch("jane", "/tickets?status=tood")
        assert page.status_code == 400
        assert "Clear filters" in page.text

    async def test_groups_hold_what_the_filters_leave(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        for status in ("todo", "todo", "done"):
            await new_ticket(status=status)
        page = await fetch("jane", "/projects/WEB/list?by=status&status=todo,done")
        assert re.findall(r'class="count">(\d+)<', page.text) == ["2", "1"]
        heads = re.findall(r'"group-head"><svg class="icon icon-([\w-]+)".*?<h2 dir="auto">([^<]*)<', page.text)
        assert heads == [("status-todo", "To do"), ("status-done", "Done")]

    async def test_it_is_grouped_by_whom_it_is_given_to(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        for assignee in ("user_102", "user_101", "user_102", None):
            await new_ticket(assigneeId=assignee)
        page = await fetch("jane", "/tickets?by=assignee")
        groups = re.findall(r'<h2 dir="auto">([^<]*)</h2><span class="count">(\d+)<', page.text)
        assert groups == [("Jane Smith", "1"), ("John Doe", "2"), ("Nobody", "1")]
        assert re.findall(r'"group-head"><svg class="icon icon-([\w-]+)"', page.text) == ["person", "person", "nobody"]
        assert len(titles(page)) == 4
        page = await fetch("jane", "/tickets?by=assignee&assignee=me,none")
        assert re.findall(r'class="count">(\d+)<', page.text) == ["1", "1"]

    async def test_it_is_grouped_by_project(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        for project in ("WEB", "SEC", "WEB", None):
            await new_ticket(projectId=project)
        page = await fetch("jane", "/tickets?by=project")
        groups = re.findall(r'<h2 dir="auto">([^<]*)</h2><span class="count">(\d+)<', page.text)
        assert groups == [("Security", "1"), ("Website", "2"), ("Without a project", "1")]
        page = await fetch("mia", "/tickets?by=project")
        assert re.findall(r'<h2 dir="auto">([^<]*)</h2>', page.text) == ["Website", "Without a project"]
        page = await fetch("jane", "/tickets?project=none")
        assert len(titles(page)) == 1
        assert 'truncate">Without a project<' in page.text

    async def test_a_page_further_is_only_rows(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        for number in range(3):
            await new_ticket(title=f"Ticket {number}")
        page = await fetch("jane", "/tickets?limit=2&page=2", headers={"hx-request": "true", "hx-target": "more"})
        assert len(titles(page)) == 1
        assert "<html" not in page.text

    @pytest.mark.parametrize("title", ["<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "{{ 7 * 7 }}"])
    async def test_a_title_stays_text(self, fetch: Fetch, new_ticket: AsyncCall[Any], title: str) -> None:
        await new_ticket(title=title)
        page = await fetch("jane", f"/tickets?search={title.replace('&', '')}")
        assert title.replace("{{ 7 * 7 }}", "\0") not in page.text
        assert "49" not in "".join(titles(page))

    async def test_a_row_changes_with_what_it_shows(
        self, fetch: Fetch, new_ticket: AsyncCall[Any], set_user: AsyncCall[None]
    ) -> None:
        await new_ticket(assigneeId="user_102")
        assert "John Doe" in (await fetch("jane", "/tickets")).text
        await set_user("john", name="Johnny Cash")
        page = (await fetch("jane", "/tickets")).text
        assert "Johnny Cash" in page
        assert "John Doe" not in page


class TestChoices:
    @pytest.mark.parametrize("field", ["status", "assignee", "reporter", "project", "group", "label", "workspace"])
    async def test_they_are_of_what_one_sees(self, fetch: Fetch, field: str) -> None:
        page = await fetch("mia", f"/filters/{field}", headers={"hx-request": "true"})
        assert page.status_code == 200
        for hidden in ("Evil", "Eve Outsider", "Henchmen", "Globex", "Security", "cve"):
            assert hidden not in page.text

    async def test_they_are_found_by_their_names(self, fetch: Fetch) -> None:
        page = await fetch("jane", "/filters/assignee?q=smi", headers={"hx-request": "true"})
        assert re.findall(r'class="grow truncate" dir="auto">([^<]*)<', page.text) == ["Jane Smith"]

    async def test_odd_characters_find_nothing(self, fetch: Fetch) -> None:
        page = await fetch("jane", "/filters/assignee?q=%25_%5C", headers={"hx-request": "true"})
        assert "Nothing of this name" in page.text

    async def test_a_choice_leads_back_to_the_view(self, fetch: Fetch) -> None:
        page = await fetch("jane", "/filters/status?back=/projects/WEB/list%3Fstatus%3Dtodo%26page%3D3")
        assert 'href="/projects/WEB/list?status=todo,done"' in page.text
        assert 'href="/projects/WEB/list" ' in page.text

    @pytest.mark.parametrize("field", ["status", "assignee", "due", "archived"])
    @pytest.mark.parametrize(
        "back", ["//evil.example/", "/\\evil.example", "https://evil.example", "mailto:x@evil.example"]
    )
    async def test_nothing_in_them_leads_to_another_site(self, fetch: Fetch, field: str, back: str) -> None:
        for headers in ({}, {"hx-request": "true"}):
            page = await fetch("jane", f"/filters/{field}", params={"back": back}, headers=headers)
            addresses = re.findall(
                r'(?:href|hx-get|action|value)="([^"]*)"', page.text.partition("<main")[2] or page.text
            )
            assert len(addresses) > 2
            assert [each for each in addresses if "evil.example" in each] == []

    async def test_an_unknown_field_is_not_there(self, fetch: Fetch) -> None:
        assert (await fetch("jane", "/filters/title")).status_code == 404


class TestBulk:
    async def test_outsider_changes_nothing(self, fetch: Fetch, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        reply = await fetch("eve", "/tickets/bulk", "POST", data={"ticket": ticket["id"], "change": "status:done"})
        assert reply.status_code == 404
        assert (await jane.get(f"/api/tickets/{ticket['id']}")).data["status"] == "backlog"

    async def test_viewer_may_not(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        reply = await fetch("victor", "/tickets/bulk", "POST", data={"ticket": ticket["id"], "change": "status:done"})
        assert reply.status_code == 403

    async def test_all_change_and_change_back_at_once(
        self, fetch: Fetch, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        tickets = [(await new_ticket())["id"] for _ in range(3)]
        htmx = {"hx-request": "true"}
        form = {"ticket": tickets, "change": "assignee:user_102"}
        reply = await fetch("jane", "/tickets/bulk", "POST", data=form, headers=htmx)
        assert reply.status_code == 204
        toast = json.loads(reply.headers["hx-trigger"])["toast"]
        assert toast["text"] == "3 tickets changed"
        assert [(await jane.get(f"/api/tickets/{each}")).data["assigneeId"] for each in tickets] == ["user_102"] * 3
        assert (await jane.post(toast["undo"]["path"])).status == 200
        assert [(await jane.get(f"/api/tickets/{each}")).data["assigneeId"] for each in tickets] == [None] * 3

    async def test_all_or_none(self, fetch: Fetch, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        form = {"ticket": [ticket["id"], "ticket_none"], "change": "priority:highest"}
        assert (await fetch("jane", "/tickets/bulk", "POST", data=form)).status_code == 404
        assert (await jane.get(f"/api/tickets/{ticket['id']}")).data["priority"] == "medium"

    async def test_a_label_goes_on_and_off(self, fetch: Fetch, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        for names in (["bug"], []):
            await fetch("jane", "/tickets/bulk", "POST", data={"ticket": ticket["key"], "change": "label:label_1"})
            labels = (await jane.get(f"/api/tickets/{ticket['id']}")).data["labels"]
            assert [label["name"] for label in labels] == names

    async def test_to_the_trash(self, fetch: Fetch, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        form = {"ticket": ticket["id"], "change": "trash", "back": "/projects/WEB/list"}
        reply = await fetch("jane", "/tickets/bulk", "POST", data=form)
        assert (reply.status_code, reply.headers["location"]) == (303, "/projects/WEB/list")
        assert (await jane.get(f"/api/tickets/{ticket['id']}")).status == 404

    async def test_nothing_changed_is_said(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket(status="todo")
        form = {"ticket": ticket["id"], "change": "status:todo"}
        reply = await fetch("jane", "/tickets/bulk", "POST", data=form, headers={"hx-request": "true"})
        assert "undo" not in json.loads(reply.headers["hx-trigger"])["toast"]

    @pytest.mark.parametrize(
        "change", ["", "title:x", "status:", "status:tood", "assignee:user_eve", "label:label_sec"]
    )
    async def test_what_cannot_be_is_refused(self, fetch: Fetch, new_ticket: AsyncCall[Any], change: str) -> None:
        ticket = await new_ticket()
        form = {"ticket": ticket["id"], "change": change}
        assert (await fetch("jane", "/tickets/bulk", "POST", data=form)).status_code == 400

    async def test_none_and_too_many_are_refused(self, fetch: Fetch) -> None:
        for tickets in ([], [f"ticket_{number}" for number in range(501)]):
            form = {"ticket": tickets, "change": "status:done"}
            assert (await fetch("jane", "/tickets/bulk", "POST", data=form)).status_code == 400


class TestChoosing:
    async def test_the_tickets_and_the_way_back_are_kept(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        first, second = [(await new_ticket())["id"] for _ in range(2)]
        form = {"ticket": [first, second, first], "field": "label", "back": "/tickets?status=todo"}
        page = await fetch("jane", "/tickets/bulk/choose", method="POST", data=form)
        assert re.findall(r'name="ticket"\s+value="([^"]*)"', page.text) == [first, second]
        assert re.findall(r'name="back"\s+value="([^"]*)"', page.text) == ["/tickets?status=todo"]
        assert 'value="label:label_1"' in page.text

    @pytest.mark.parametrize(("form", "status"), [({"field": "label"}, 400), ({"ticket": "x", "field": "colour"}, 404)])
    async def test_what_cannot_be_chosen_is_said(self, fetch: Fetch, form: dict[str, Any], status: int) -> None:
        assert (await fetch("jane", "/tickets/bulk/choose", method="POST", data=form)).status_code == status
