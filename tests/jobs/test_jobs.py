"""Changes of many tickets: everybody sees them at once, and what is left is done in portions in the background."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.config import Settings
from codimir.database.core import Database, Transaction
from codimir.database.opening import open_database
from codimir.database.statements import Statement, insert_into
from codimir.groups import actions as groups
from codimir.jobrunner import running
from codimir.kit.clock import utc_now
from codimir.labels import actions as labels
from codimir.model.events import events
from codimir.model.jobs import background_jobs
from codimir.model.projects import projects as projects_table
from codimir.model.tickets import past_tickets, tickets
from codimir.projects import actions as projects
from codimir.tickets.search.backend import Document
from codimir.tickets.search.index import BACKENDS
from codimir.trash.purging import empty_trash
from tests.calls import AsyncCall, Recorded, RowCounts
from tests.clients import Client, People

AT_ONCE = 2
PORTION = 2
MANY = 5
BATCHES = Statement(sa.select(events.c.type, events.c.batch_id, events.c.ticket_id).order_by(events.c.version))
PAST_COLUMNS = Statement(sa.select(past_tickets.c.id, past_tickets.c.label_ids, past_tickets.c.group_id))
DELETED = Statement(sa.select(tickets.c.deleted_at))
PROJECT_DELETED = Statement(sa.select(projects_table.c.deleted_at).where(projects_table.c.id == "project_456"))
JOBS = Statement(sa.select(background_jobs.c.id))


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    for actions in (labels, groups, projects):
        monkeypatch.setattr(actions, "DONE_AT_ONCE", AT_ONCE)
    monkeypatch.setattr(running, "TICKETS_AT_A_TIME", PORTION)
    monkeypatch.setattr(running, "SECONDS_OF_A_PORTION", -1)


@pytest.fixture
async def ada(client: People) -> Client:
    return client("ada")


@pytest.fixture
def many(new_ticket: AsyncCall[Any]) -> AsyncCall[list[str]]:
    """Make so many tickets that they are changed in portions; give their ids."""

    async def make(**fields: Any) -> list[str]:
        return [(await new_ticket(title=f"Fix {n}", **fields))["id"] for n in range(MANY)]

    return make


def just_now() -> str:
    return utc_now().isoformat().replace("+00:00", "Z")


async def updated_at(person: Any) -> dict[str, str]:
    """Give when the tickets that a person sees were updated last."""
    return {ticket["id"]: ticket["updatedAt"] for ticket in (await person.get("/api/tickets", limit=100)).data}


async def portion(db: Database) -> bool:
    return await db.write(running.do_a_portion)


async def told_since(db: Database, known: int) -> list[Any]:
    return (await db.read(lambda tx: tx.fetch_all(BATCHES)))[known:]


class TestDeleteLabel:
    async def test_it_is_hidden_at_once_everywhere(self, ada: Client, jane: Client, many: AsyncCall[list[str]]) -> None:
        ids = await many(labelIds=["label_1", "label_2"])
        assert (await ada.delete("/api/labels/label_1")).status == 204
        assert (await ada.delete("/api/labels/label_1")).status == 404
        assert (await jane.get("/api/labels/label_1")).status == 404
        assert "label_1" not in [label["id"] for label in (await jane.get("/api/labels", limit=100)).data]
        assert (await jane.get("/api/tickets", label="label_1")).details == {"label": ["Invalid label ID"]}
        shown = [*(await jane.get("/api/tickets")).data, (await jane.get(f"/api/tickets/{ids[0]}")).data]
        assert {tuple(label["id"] for label in ticket["labels"]) for ticket in shown} == {("label_2",)}
        assert "labelIds" in (await jane.put(f"/api/tickets/{ids[0]}", {"labelIds": ["label_1"]})).details
        choices = (await jane.http.get("/filters/label", headers={"hx-request": "true"})).text
        assert ("frontend" in choices, "label_1" in choices) == (True, False)

    async def test_its_name_is_free_at_once(self, ada: Client, many: AsyncCall[list[str]], db: Database) -> None:
        await many(labelIds=["label_1"])
        await ada.delete("/api/labels/label_1")
        again = await ada.post("/api/labels", {"name": "bug", "workspaceId": "workspace_789"})
        assert again.status == 201
        await running.run_jobs(db)
        assert (await ada.get(f"/api/labels/{again.data['id']}")).status == 200

    async def test_the_job_says_how_far_it_is(self, ada: Client, many: AsyncCall[list[str]], db: Database) -> None:
        await many(labelIds=["label_1"])
        await ada.delete("/api/labels/label_1")
        [job] = (await ada.get("/api/jobs")).data
        assert {name: job[name] for name in ("kind", "subjectId", "workspaceId", "done", "total")} == {
            "kind": "label.deletion", "subjectId": "label_1", "workspaceId": "workspace_789", "done": 0, "total": MANY
        }  # fmt: skip
        assert await portion(db)
        assert (await ada.get(f"/api/jobs/{job['id']}")).data["done"] == PORTION
        await running.run_jobs(db)
        assert (await ada.get(f"/api/jobs/{job['id']}")).status == 404
        assert (await ada.get("/api/jobs")).total == 0

    async def test_in_the_end_each_ticket_has_told_it_in_one_batch(
        self, ada: Client, many: AsyncCall[list[str]], db: Database, recorded: Recorded, row_counts: RowCounts
    ) -> None:
        ids = await many(labelIds=["label_1", "label_2"])
        before, known = await row_counts(), len(await told_since(db, 0))
        await ada.delete("/api/labels/label_1")
        await running.run_jobs(db)
        told = await told_since(db, known)
        assert sorted(row[0] for row in told) == ["label.deleted", *["ticket.updated"] * MANY]
        assert len({row[1] for row in told}) == 1
        for ticket_id in ids:
            assert (await recorded(ticket_id))[-1] == (
                "ticket.updated", {"labelIds": [["label_1", "label_2"], ["label_2"]]}
            )  # fmt: skip
        after = await row_counts()
        assert (after["labels"], after["ticket_labels"]) == (before["labels"] - 1, before["ticket_labels"] - MANY)
        kept = await db.read(lambda tx: tx.fetch_all(PAST_COLUMNS))
        assert sorted(row[0] for row in kept) == sorted(ids)
        assert {tuple(row[1]) for row in kept} == {("label_1", "label_2")}

    async def test_few_tickets_are_done_when_it_is_answered(
        self, ada: Client, new_ticket: AsyncCall[Any], db: Database, recorded: Recorded
    ) -> None:
        ticket = await new_ticket(labelIds=["label_1"])
        await ada.delete("/api/labels/label_1")
        assert await db.read(lambda tx: tx.fetch_all(JOBS)) == []
        assert (await recorded(ticket["id"]))[-1] == ("ticket.updated", {"labelIds": [["label_1"], []]})

    async def test_tickets_in_the_trash_lose_it_and_say_nothing(
        self,
        ada: Client,
        jane: Client,
        many: AsyncCall[list[str]],
        db: Database,
        recorded: Recorded,
        row_counts: RowCounts,
    ) -> None:
        ids = await many(labelIds=["label_1"])
        await jane.delete(f"/api/tickets/{ids[0]}")
        await ada.delete("/api/labels/label_1")
        await running.run_jobs(db)
        assert (await recorded(ids[0]))[-1][0] == "ticket.deleted"
        assert (await row_counts())["ticket_labels"] == 0

    async def test_a_ticket_can_be_changed_meanwhile(
        self, ada: Client, jane: Client, many: AsyncCall[list[str]], db: Database
    ) -> None:
        ids = await many(labelIds=["label_1"])
        await ada.delete("/api/labels/label_1")
        await portion(db)
        for ticket_id in ids:
            reply = await jane.put(f"/api/tickets/{ticket_id}", {"labelIds": ["label_2"], "title": "Other"})
            assert [label["id"] for label in reply.data["labels"]] == ["label_2"]
        await running.run_jobs(db)
        assert (await jane.get("/api/tickets", label="label_2")).total == MANY

    async def test_the_past_is_shown_between_two_portions(
        self, ada: Client, jane: Client, many: AsyncCall[list[str]], db: Database
    ) -> None:
        ids = await many(labelIds=["label_1", "label_2"])
        await ada.delete("/api/labels/label_1")
        await portion(db)
        between = db.now().isoformat().replace("+00:00", "Z")
        await running.run_jobs(db)
        listed = await jane.get("/api/tickets", asOf=between)
        assert sorted(ticket["id"] for ticket in listed.data) == sorted(ids)
        assert {tuple(label["id"] for label in ticket["labels"]) for ticket in listed.data} == {("label_2",)}
        one = (await jane.get(f"/api/tickets/{ids[0]}", asOf=between)).data
        assert [label["id"] for label in one["labels"]] == ["label_2"]

    @pytest.mark.parametrize("portions", [0, 1, 9])
    async def test_its_batch_cannot_be_undone(
        self, ada: Client, many: AsyncCall[list[str]], db: Database, row_counts: RowCounts, portions: int
    ) -> None:
        """Nobody has to wait until that is found out: it is said before any ticket is changed back."""
        await many(labelIds=["label_1"])
        known = len(await told_since(db, 0))
        await ada.delete("/api/labels/label_1")
        for _ in range(portions):
            await portion(db)
        batch_id, before = (await told_since(db, known))[0][1], await row_counts()
        reply = await ada.post(f"/api/batches/{batch_id}/undo")
        assert (reply.status, reply.details) == (409, {"type": ["label.deleted"]})
        assert await row_counts() == before


class TestDeleteGroup:
    async def test_it_is_hidden_at_once_and_left_in_portions(
        self,
        ada: Client,
        jane: Client,
        many: AsyncCall[list[str]],
        db: Database,
        recorded: Recorded,
        row_counts: RowCounts,
    ) -> None:
        ids = await many(groupId="group_103")
        known = len(await told_since(db, 0))
        assert (await ada.delete("/api/groups/group_103")).status == 204
        assert (await jane.get("/api/groups/group_103")).status == 404
        assert (await jane.get("/api/groups")).total == 0
        assert (await jane.get("/api/tickets", group="group_103")).status == 400
        shown = (await jane.get(f"/api/tickets/{ids[0]}")).data
        assert (shown["groupId"], shown["group"]) == (None, None)
        assert {ticket["groupId"] for ticket in (await jane.get("/api/tickets")).data} == {None}
        assert "groupId" in (await jane.put(f"/api/tickets/{ids[0]}", {"groupId": "group_103"})).details
        assert (await ada.post("/api/groups", {"name": "Platform", "workspaceId": "workspace_789"})).status == 201
        await running.run_jobs(db)
        told = await told_since(db, known)
        assert sorted(row[0] for row in told) == ["group.created", "group.deleted", *["ticket.updated"] * MANY]
        assert len({row[1] for row in told if row[0] != "group.created"}) == 1
        for ticket_id in ids:
            assert (await recorded(ticket_id))[-1] == ("ticket.updated", {"groupId": ["group_103", None]})
        assert {row[2] for row in await db.read(lambda tx: tx.fetch_all(PAST_COLUMNS))} == {"group_103"}
        assert (await row_counts())["groups"] == 2  # the new one, and the one of Globex


class TestChangeKey:
    async def test_both_keys_find_its_tickets_and_search_the_new_one_in_the_end(
        self, ada: Client, jane: Client, many: AsyncCall[list[str]], db: Database, recorded: Recorded
    ) -> None:
        ids = await many()
        assert (await ada.put("/api/project/WEB", {"key": "SITE"})).status == 200
        etag = (await jane.get("/api/tickets")).headers["etag"]
        await portion(db)
        for number, ticket_id in enumerate(ids, start=1):
            for key in (f"WEB-{number}", f"SITE-{number}"):
                assert (await jane.get(f"/api/tickets/{key}")).data["id"] == ticket_id
        new = await jane.post("/api/tickets", {"title": "New", "projectId": "SITE"})
        assert new.data["key"] == f"SITE-{MANY + 1}"
        await running.run_jobs(db)
        keys = {ticket["key"] for ticket in (await jane.get("/api/tickets", project="SITE")).data}
        assert keys == {f"SITE-{number}" for number in range(1, MANY + 2)}
        assert [found["id"] for found in (await jane.get("/api/tickets/search", q="SITE-3")).data][:1] == [ids[2]]
        kind, changes = (await recorded("project_456"))[-1]
        assert (kind, changes) == ("job.finished", {"kind": ["project.key_change", None], "tickets": [0, MANY + 1]})
        assert (await jane.get("/api/tickets")).headers["etag"] != etag

    async def test_its_tickets_have_changed_and_had_the_old_key_before(
        self, ada: Client, jane: Client, many: AsyncCall[list[str]], db: Database
    ) -> None:
        [first, *_] = await many()
        before = (await jane.get(f"/api/tickets/{first}")).data
        moment = just_now()
        await ada.put("/api/project/WEB", {"key": "SITE"})
        await running.run_jobs(db)
        after = (await jane.get(f"/api/tickets/{first}")).data
        assert (before["key"], after["key"]) == ("WEB-1", "SITE-1")
        assert after["updatedAt"] > before["updatedAt"]
        then = (await jane.get(f"/api/tickets/{first}", asOf=moment)).data
        assert (then["key"], then["updatedAt"]) == ("WEB-1", before["updatedAt"])

    async def test_a_second_change_comes_after_the_first(
        self, ada: Client, jane: Client, many: AsyncCall[list[str]], db: Database
    ) -> None:
        await many()
        await ada.put("/api/project/WEB", {"key": "SITE"})
        await portion(db)
        await ada.put("/api/project/SITE", {"key": "PAGE"})
        await running.run_jobs(db)
        keys = {ticket["key"] for ticket in (await jane.get("/api/tickets")).data}
        assert keys == {f"PAGE-{number}" for number in range(1, MANY + 1)}


class TestDeleteProject:
    @pytest.fixture
    async def trashed(self, ada: Client, many: AsyncCall[list[str]]) -> Any:
        """The ids of the tickets of WEB, which has been deleted, and none of them has followed yet."""
        ids = await many(labelIds=["label_2"])
        assert (await ada.delete("/api/project/WEB")).status == 204
        return ids

    @pytest.mark.parametrize("who", ["root", "ada", "jane", "mia"])
    async def test_its_tickets_are_hidden_at_once_from_everybody(self, client: People, trashed: Any, who: str) -> None:
        person = client(who)
        for path in (f"/api/tickets/{trashed[0]}", "/api/tickets/WEB-1", f"/api/tickets/{trashed[0]}/comments"):
            assert (await person.get(path)).status == 404
        assert (await person.put(f"/api/tickets/{trashed[0]}", {"title": "Other"})).status == 404
        for query in ({}, {"search": "fix"}, {"workspace": "workspace_789"}, {"status": "backlog"}, {"sort": "rank"}):
            assert (await person.get("/api/tickets", **query)).total == 0, query
        assert (await person.get("/api/tickets/search", q="fix")).data == []
        assert (await person.get("/api/tickets/stats")).data["total"] == 0
        assert [item["type"] for item in (await person.get("/api/trash")).data if who != "mia"] in ([], ["project"])

    async def test_they_follow_it_into_the_trash_in_portions(
        self, ada: Client, trashed: Any, db: Database, recorded: Recorded
    ) -> None:
        [job] = (await ada.get("/api/jobs")).data
        assert (job["kind"], job["total"]) == ("project.trashing", MANY)
        await portion(db)
        assert (await ada.get(f"/api/jobs/{job['id']}")).data["done"] == PORTION
        await running.run_jobs(db)
        assert {row[0] for row in await db.read(lambda tx: tx.fetch_all(DELETED))} == {
            row[0] for row in await db.read(lambda tx: tx.fetch_all(PROJECT_DELETED))
        }
        assert (await ada.get("/api/tickets")).total == 0
        assert (await recorded("project_456"))[-1] == (
            "job.finished", {"kind": ["project.trashing", None], "tickets": [0, MANY]}
        )  # fmt: skip
        assert len(trashed) == MANY

    async def test_lists_have_new_tags_when_it_begins_and_when_it_ends(
        self, ada: Client, many: AsyncCall[list[str]], db: Database
    ) -> None:
        await many()
        tags = [(await ada.get("/api/tickets")).headers["etag"]]
        await ada.delete("/api/project/WEB")
        tags.append((await ada.get("/api/tickets")).headers["etag"])
        await running.run_jobs(db)
        tags.append((await ada.get("/api/tickets")).headers["etag"])
        assert len(set(tags)) == len(tags)
        assert all(tag.startswith('"v') for tag in tags)

    async def test_it_comes_back_with_those_that_were_deleted_with_it(
        self, ada: Client, jane: Client, many: AsyncCall[list[str]], db: Database, recorded: Recorded
    ) -> None:
        ids = await many()
        await jane.delete(f"/api/tickets/{ids[0]}")
        await ada.delete("/api/project/WEB")
        await running.run_jobs(db)
        assert (await ada.post("/api/trash/project_456/restore")).status == 200
        assert (await ada.delete("/api/project/WEB")).error["message"].startswith("Its tickets are still being")
        assert (await jane.get("/api/project/WEB")).status == 200
        await running.run_jobs(db)
        assert (await jane.get("/api/tickets")).total == MANY - 1
        assert (await jane.get(f"/api/tickets/{ids[0]}")).status == 404
        assert (await recorded("project_456"))[-1][0] == "job.finished"
        assert (await ada.delete("/api/project/WEB")).status == 204

    @pytest.mark.parametrize("portions", [0, 1, 2])
    async def test_it_comes_back_whole_also_from_halfway(
        self, ada: Client, jane: Client, trashed: Any, db: Database, portions: int
    ) -> None:
        for _ in range(portions):
            await portion(db)
        in_the_trash = just_now()
        assert (await ada.post("/api/trash/project_456/restore")).status == 200
        await running.run_jobs(db)
        came_back = await updated_at(jane)
        assert set(came_back) == set(trashed)
        assert min(came_back.values()) > in_the_trash
        assert (await ada.get("/api/jobs")).total == 0

    @pytest.mark.parametrize("at_once", [AT_ONCE, MANY])
    async def test_its_tickets_went_when_it_went_and_have_changed_when_they_are_back(
        self,
        ada: Client,
        jane: Client,
        many: AsyncCall[list[str]],
        db: Database,
        monkeypatch: pytest.MonkeyPatch,
        at_once: int,
    ) -> None:
        monkeypatch.setattr(projects, "DONE_AT_ONCE", at_once)
        [first, *_] = await many()
        before, live = await updated_at(jane), just_now()
        await ada.delete("/api/project/WEB")
        gone = just_now()
        await running.run_jobs(db)
        assert (await ada.post("/api/trash/project_456/restore")).status == 200
        await running.run_jobs(db)
        after = await updated_at(jane)
        assert set(after) == set(before)
        assert min(after.values()) > gone
        then = (await jane.get("/api/tickets", asOf=live)).data
        assert {ticket["id"]: ticket["updatedAt"] for ticket in then} == before
        assert (await jane.get("/api/tickets", asOf=gone)).total == 0
        assert (await jane.get("/api/tickets/stats", asOf=gone)).data["total"] == 0
        assert (await jane.get(f"/api/tickets/{first}", asOf=gone)).status == 404
        assert (await jane.get("/api/tickets", asOf=just_now())).total == MANY

    async def test_who_asks_for_what_changed_since_gets_those_that_are_back(
        self, ada: Client, jane: Client, many: AsyncCall[list[str]], db: Database, new_ticket: AsyncCall[Any]
    ) -> None:
        ids = await many()
        await ada.delete("/api/project/WEB")
        await running.run_jobs(db)
        seen = await new_ticket(title="Elsewhere", projectId="SEC")
        await ada.post("/api/trash/project_456/restore")
        await running.run_jobs(db)
        newest_first = [ticket["id"] for ticket in (await jane.get("/api/tickets", sort="updatedAt")).data]
        assert set(newest_first[: newest_first.index(seen["id"])]) == set(ids)

    async def test_in_the_trash_they_are_shown_as_they_were_to_who_may_restore_them(
        self, ada: Client, jane: Client, many: AsyncCall[list[str]], db: Database
    ) -> None:
        [first, *_] = await many()
        shown, live = (await jane.get(f"/api/tickets/{first}")).data, just_now()
        await ada.delete("/api/project/WEB")
        await running.run_jobs(db)
        then = await ada.get(f"/api/tickets/{first}", asOf=live)
        assert (then.status, then.data["updatedAt"]) == (200, shown["updatedAt"])
        assert (await jane.get(f"/api/tickets/{first}", asOf=live)).status == 404

    async def test_it_is_not_erased_before_its_tickets_have_followed(
        self, trashed: Any, db: Database, app: Litestar, row_counts: RowCounts
    ) -> None:
        before = await row_counts()
        await empty_trash(db, app.state.files, timedelta(seconds=-1))
        assert (await row_counts())["tickets"] == before["tickets"]
        await running.run_jobs(db)
        await empty_trash(db, app.state.files, timedelta(seconds=-1))
        after = await row_counts()
        assert (after["tickets"], after["projects"]) == (0, before["projects"] - 1)
        assert len(trashed) == MANY


class TestRunning:
    async def test_a_portion_that_fails_leaves_nothing_behind(
        self,
        ada: Client,
        many: AsyncCall[list[str]],
        db: Database,
        monkeypatch: pytest.MonkeyPatch,
        row_counts: RowCounts,
    ) -> None:
        """As when the process is killed in it: what was committed before stays, and the rest is taken up again."""
        await many(labelIds=["label_1"])
        await ada.delete("/api/labels/label_1")
        await portion(db)
        before = await row_counts()

        class KilledError(Exception):
            pass

        async def killed(*_: Any) -> None:
            raise KilledError

        with monkeypatch.context() as patched:
            patched.setattr(running, "go_on", killed)
            with pytest.raises(KilledError):
                await portion(db)
        assert await row_counts() == before
        await running.run_jobs(db)
        after = await row_counts()
        assert (after["ticket_labels"], after["background_jobs"]) == (0, 0)

    async def test_another_process_takes_up_what_one_left(
        self, ada: Client, many: AsyncCall[list[str]], db: Database, settings: Settings, recorded: Recorded
    ) -> None:
        ids = await many(labelIds=["label_1"])
        await ada.delete("/api/labels/label_1")
        await portion(db)
        other = await open_database(settings)
        await asyncio.gather(running.run_jobs(other), running.run_jobs(db))
        await running.run_jobs(other)  # what one of them had locked, the other left alone
        await other.close()
        for ticket_id in ids:
            assert [kind for kind, _ in await recorded(ticket_id)] == ["ticket.created", "ticket.updated"]
        assert await db.read(lambda tx: tx.fetch_all(JOBS)) == []

    async def test_a_server_does_what_is_begun_while_it_runs(
        self, ada: Client, many: AsyncCall[list[str]], db: Database
    ) -> None:
        await many(labelIds=["label_1"])
        at_work = asyncio.ensure_future(running.keep_running_jobs(db))
        await ada.delete("/api/labels/label_1")
        async with asyncio.timeout(60):
            while (await ada.get("/api/jobs")).total:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        at_work.cancel()
        await asyncio.gather(at_work, return_exceptions=True)


class TestPage:
    @pytest.mark.parametrize(
        ("language", "said"),
        [("en", "A deleted label is being taken off its tickets"), ("de", "Ein gelöschtes Etikett wird")],
    )
    async def test_the_workspace_says_what_is_under_way(
        self, ada: Client, many: AsyncCall[list[str]], db: Database, language: str, said: str
    ) -> None:
        await many(labelIds=["label_1"])
        await ada.delete("/api/labels/label_1")
        headers = {"accept-language": language}
        assert said in (await ada.http.get("/settings/workspace", headers=headers)).text
        await running.run_jobs(db)
        assert "data-jobs" not in (await ada.http.get("/settings/workspace", headers=headers)).text


class TestList:
    async def test_members_see_what_they_began_and_administrators_all(
        self, client: People, ada: Client, jane: Client, many: AsyncCall[list[str]]
    ) -> None:
        await many(labelIds=["label_1"])
        await ada.delete("/api/labels/label_1")
        assert [(await client(who).get("/api/jobs")).total for who in ("ada", "root", "jane", "victor", "eve")] == [
            1, 1, 0, 0, 0
        ]  # fmt: skip
        assert (await client("ada").get("/api/jobs", workspace="workspace_globex")).status == 400
        assert (await client("root").get("/api/jobs", workspace="workspace_globex")).total == 0

    async def test_who_administers_a_project_sees_what_they_began(
        self, client: People, jane: Client, many: AsyncCall[list[str]]
    ) -> None:
        await many(projectId="project_sec", labelIds=["label_sec"])
        john = client("john")
        assert (await john.delete("/api/labels/label_sec")).status == 204
        assert [(await client(who).get("/api/jobs")).total for who in ("john", "ada", "jane")] == [1, 1, 0]


class TestReindexing:
    async def test_every_ticket_is_indexed_anew(
        self, ada: Client, jane: Client, many: AsyncCall[list[str]], db: Database
    ) -> None:
        """A migration begins it: the index has words that were cut in another way."""
        ids = await many(description="Call HTTPServer")
        other = Document("", "workspace_789", "project_456", None, ["fix"], [], ["call", "httpserver"], [])
        old = [other._replace(ticket_id=ticket_id) for ticket_id in ids]
        await db.write(lambda tx: BACKENDS[tx.dialect].put(tx, old))
        assert (await jane.get("/api/tickets/search", q="server")).data == []
        assert len((await jane.get("/api/tickets/search", q="httpserver")).data) == MANY
        await db.write(lambda tx: tx.execute(insert_into(background_jobs), **reindexing(tx)))
        assert [job["kind"] for job in (await ada.get("/api/jobs")).data] == ["search.reindexing"]
        page = await ada.http.get("/settings/workspace", headers={"accept": "text/html"})
        assert "Search is learning to find more" in page.text
        assert await portion(db)
        assert [job["done"] for job in (await ada.get("/api/jobs")).data] == [PORTION]
        while await portion(db):
            pass
        assert {ticket["id"] for ticket in (await jane.get("/api/tickets/search", q="server")).data} == set(ids)
        assert await db.read(lambda tx: tx.fetch_all(JOBS)) == []


def reindexing(tx: Transaction) -> dict[str, Any]:
    """Give the job as the migration begins it."""
    return {
        "id": "job_1", "workspace_id": "workspace_789", "kind": "search.reindexing", "subject_id": "workspace_789",
        "project_id": None, "actor_id": None, "batch_id": "batch_1", "position": 0, "moment": None, "done": 0,
        "total": MANY, "created_at": tx.now, "updated_at": tx.now,
    }  # fmt: skip
