"""The past is scoped as the present is: what was secret is shown by no route, of no moment, to who could not see it.

The routes are those of the running application: one that is added is asked here without a word, and one that takes
something of a new kind fails here until `THINGS` or `ASKED` says what to ask it for.
"""

import re
from itertools import product
from typing import Any

import msgspec
import pytest

from codimir.app import ROUTES
from codimir.database.core import Database
from codimir.http.routing import AnyRoute
from codimir.notifications.fanout import read_log
from codimir.revisions import etags
from codimir.web import api as web
from tests.access.past_story import HUSH, Story
from tests.calls import AsyncCall
from tests.clients import Client, People
from tests.http.test_preconditions import Person
from tests.prose import mentions_in

READS = [route for route in (*ROUTES, *web.ROUTES) if "GET" in route.methods]
ENDLESS = "/api/events/stream"
OUTSIDERS = ("mia", "victor", "eve")
INSIDERS = ("jane", "ada", "root")
ASKED: dict[str, str] = {"q": "reads", "search": "", "show": "", "field": "assignee"}
"""What routes are asked for, and what the fields of their queries need; the rest is left out."""


@pytest.fixture
async def seen() -> dict[str, list[str]]:
    """The tags of the first ticket that Mia had, in their order."""
    return {"tags": [], "cursors": []}


@pytest.fixture
async def story(
    client: People,
    jane: Client,
    join: AsyncCall[None],
    db: Database,
    seen: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> Story:
    """Let everything happen; Mia looks at everything all the time."""
    await join("mia", "MEMBER", "workspace_789", "project_456")
    mia = client("mia")
    seen["cursors"].append((await mia.get("/api/events")).body["cursor"])

    async def look() -> None:
        if "out" in told.ids and "in" not in told.ids:
            reply = await mia.get(f"/api/tickets/{told.ids['out']}")
            seen["tags"] += [reply.headers["etag"]] if reply.status == 200 else []
        await read_log(db, mentions_in, mails=False)

    told = Story(jane, client("ada"), look)
    await told.tell()
    return told


@pytest.fixture
async def things(story: Story, client: People) -> dict[str, list[str]]:
    """Everything that there is, by what a path calls it; the log knows all of it."""
    log = await _everything_that_happened(client("ada"))
    ids = {name: list(dict.fromkeys(str(event[name]) for event in log if event[name])) for name in NAMES}
    keys = ["WEB-1", "WEB-2", "SEC-1", "SEC-2", "SEC-3", "HUSH-1", "HUSH-2", "NEW-1", "NEW-2"]
    kinds = {kind: [each for each in ids["subjectId"] if each.startswith(kind)] for kind in KINDS.values()}
    return {
        **{name: kinds[kind] for name, kind in KINDS.items()},
        "tickets": [*ids["ticketId"], *keys],
        "projects": ["project_456", "project_sec", story.ids["project"], "WEB", "SEC", "HUSH", "NEW"],
        "workspaces": ["workspace_789", "acme"],
        "event_id": ids["id"],
        "batch_id": ids["batchId"],
    }


NAMES = ("id", "subjectId", "ticketId", "batchId")
KINDS = {"comment_id": "comment", "attachment_id": "attachment", "time_log_id": "time", "label_id": "label"}
NOTHING = "nothing_01"
OTHERS = {
    "group_id": ["group_103"], "user_id": ["user_101", "user_mia"], "workspace_id": ["workspace_789"],
    "webhook_id": [NOTHING], "delivery_id": [NOTHING], "invitation_id": [NOTHING], "token": [NOTHING],
    "path": ["favicon.svg"], "digest": [NOTHING], "job_id": [NOTHING],
    "field": ["assignee", "label", "project", "group"],
}  # fmt: skip
"""What nothing of the story is, or what is no secret."""


def paths_of(route: AnyRoute, things: dict[str, list[str]]) -> list[str]:
    """Name every path of a route: for each thing that it takes, each that there is."""
    noun = {"project": "projects"}.get(route.path.split("/")[2 if route.path.startswith("/api/") else 1], "")
    noun = noun or route.path.split("/")[2 if route.path.startswith("/api/") else 1]
    choices = []
    for name in route.path_names:
        known = {**OTHERS, **things, "ref": things.get(noun, []), "key": things["projects"]}
        assert known.get(name), f"{route.path}: what is {name}?"
        choices.append(known[name])
    pattern = re.sub(r"{(\w+):\w+}", "{}", route.path)
    return [pattern.format(*chosen) for chosen in product(*choices)]


def queries_of(route: AnyRoute, story: Story, cursor: str) -> list[dict[str, str]]:
    """Give the queries that a route is asked with: at every moment, if it knows moments."""
    if route.query is None:
        return [{}]
    fields = {field.encode_name: field for field in msgspec.structs.fields(route.query)}
    needed = {name: ASKED[name] for name, field in fields.items() if field.required}
    wide = {"limit": "100"} if "limit" in fields else {}
    if "after" in fields:
        return [needed | wide | {"after": cursor}]
    moments = [{"asOf": moment} for moment in story.moments] if "asOf" in fields else []
    return [needed | wide | query for query in ({}, *moments)]


async def _everything_that_happened(ada: Any) -> list[Any]:
    log: list[Any] = []
    while not log or len(log) % 100 == 0:
        page = await ada.get("/api/workspaces/workspace_789/audit", limit="100", page=str(len(log) // 100 + 1))
        log += page.data
    return log


async def tells(someone: Any, path: str, query: dict[str, str]) -> bool:
    """Say whether a reply holds what is secret; what was asked for is said again by some pages."""
    response = await someone.http.get(path, params=query)
    assert response.status_code < 500, path
    headers = " ".join(response.headers.values())
    return HUSH in (response.text + headers).lower().replace(path.lower(), "")


class TestReads:
    async def test_no_route_tells_anybody_at_any_moment(
        self, client: People, story: Story, things: dict[str, list[str]], seen: dict[str, list[str]]
    ) -> None:
        telling = []
        outsiders = {who: client(who) for who in OUTSIDERS}
        for route in READS:
            if route.path == ENDLESS:
                continue
            for path in paths_of(route, things):
                for query in queries_of(route, story, seen["cursors"][0]):
                    telling += [(who, path, query) for who in OUTSIDERS if await tells(outsiders[who], path, query)]
        assert telling == []

    async def test_who_is_in_those_projects_reads_all_of_it(
        self, client: People, story: Story, things: dict[str, list[str]], seen: dict[str, list[str]]
    ) -> None:
        """Otherwise there would be nothing to hide, and the test above could not fail."""
        at = f"/api/tickets/{story.ids['out']}"
        for who in INSIDERS:
            someone = client(who)
            for path, query in (
                (at, {"asOf": story.made_at["out"]}), ("/api/tickets", {"asOf": story.made_at["out"]}),
                (f"{at}/history", {}),
                (f"/api/tickets/{story.ids['trashed']}", {"asOf": story.made_at["trashed"]}),
                ("/api/projects/NEW/activity", {}),
                ("/api/workspaces/workspace_789/activity", {"limit": "100"}), ("/api/trash", {}),
            ):  # fmt: skip
                assert await tells(someone, path, query), (who, path)
        told = await client("jane").get("/api/events", after=seen["cursors"][0], limit="500")
        assert told.status == 200

    async def test_list_details_and_numbers_agree(self, client: People, story: Story) -> None:
        ids = [story.ids[name] for name in ("out", "in", "stays", "trashed")]
        for who in ("mia", "jane", "root"):
            someone = client(who)
            for moment in story.moments:
                listed = await someone.get("/api/tickets", asOf=moment, limit="100")
                numbers = (await someone.get("/api/tickets/stats", asOf=moment)).data
                found = [each for each in ids if (await someone.get(f"/api/tickets/{each}", asOf=moment)).status == 200]
                assert ({each["id"] for each in listed.data}, listed.total) == (set(found), len(found)), (who, moment)
                assert numbers["total"] == listed.total

    async def test_what_is_public_then_and_now_is_shown(self, client: People, story: Story) -> None:
        mia, at = client("mia"), f"/api/tickets/{story.ids['out']}"
        shown = [(await mia.get(at, asOf=moment)).status for moment in story.moments]
        assert shown.count(200) > shown.count(404) > 0
        types = [event["type"] for event in (await mia.get(f"{at}/history")).data]
        assert "comment.created" in types
        moved = [event["changes"] for event in (await mia.get(f"{at}/history")).data if "projectId" in event["changes"]]
        assert [change["projectId"] for change in moved] == [[None, "project_456"]] * 2
        assert {old for change in moved for old, _ in change.values()} == {None}


class TestWrites:
    async def test_no_undo_brings_it_back(self, client: People, story: Story, things: dict[str, list[str]]) -> None:
        mia, root = client("mia"), client("root")
        public = [story.ids["out"], story.ids["stays"]]
        undone = 0
        for event_id in things["event_id"]:
            for kind in ("events", "batches"):
                reply = await mia.post(f"/api/{kind}/{event_id}/undo")
                assert HUSH not in reply.response.text.lower()
                undone += reply.status == 200
                for ticket_id in public:
                    ticket = await root.get(f"/api/tickets/{ticket_id}")
                    assert ticket.status == 404 or HUSH not in ticket.response.text.lower(), event_id
        assert undone > 0

    async def test_undoing_what_came_from_elsewhere_says_why_not(self, client: People, story: Story) -> None:
        mia, at = client("mia"), f"/api/tickets/{story.ids['out']}"
        moved = [event for event in (await mia.get(f"{at}/history")).data if "projectId" in event["changes"]]
        for event in moved:
            reply = await mia.post(f"/api/events/{event['id']}/undo")
            assert (reply.status, reply.error["message"][:12]) == (409, "It was moved")

    async def test_nothing_is_restored_that_was_deleted_there(self, client: People, story: Story) -> None:
        for name in ("deleted comment", "deleted time", "deleted file", "deleted in project", "trashed"):
            for who, status in (("mia", 404), ("john", 200)):
                reply = await client(who).post(f"/api/trash/{story.ids[name]}/restore")
                assert reply.status in (status, 403 if who == "john" else status), (who, name)

    async def test_no_tag_tells_what_changed_there(
        self, client: People, story: Story, seen: dict[str, list[str]]
    ) -> None:
        mia, at = client("mia"), f"/api/tickets/{story.ids['out']}"
        stale = list(dict.fromkeys(seen["tags"]))[:-1]
        assert len(stale) > 3
        for tag in stale:
            reply = await mia.request("PUT", at, {"priority": "low"}, headers={"if-match": tag})
            assert reply.status == 412
            assert HUSH not in reply.response.text.lower()
            assert "eventId" in reply.response.text

    async def test_no_tag_can_be_made(self, client: People, story: Story, seen: dict[str, list[str]]) -> None:
        mia, ticket_id = client("mia"), story.ids["out"]
        at = f"/api/tickets/{ticket_id}"
        guessed = etags.TagMaker("guessed")
        mark = seen["tags"][-1].strip('"').rpartition(".")[2]
        flipped = f"{int(mark[:16], 16) ^ 1:016x}{mark[16:]}"
        for tag in (guessed.with_revision("x", Person("user_mia"), 1, ticket_id), f"x.{flipped}", f"x.1.{mark[16:]}"):
            reply = await mia.request("PUT", at, {"priority": "low"}, headers={"if-match": f'"{tag}"'})
            assert (reply.status, "details" in reply.error) == (412, False), tag
