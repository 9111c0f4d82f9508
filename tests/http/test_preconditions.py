"""If-Match: nobody writes over what they have not seen."""

import asyncio
from typing import Any

import pytest

from codimir.revisions import etags
from codimir.revisions.versions import Viewer
from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People

TICKET = "/api/tickets/WEB-1"


@pytest.fixture
def write() -> AsyncCall[Any]:
    """Write on a condition: `await write(jane, "PUT", path, body, tag)`."""

    async def on_condition(who: Any, method: str, path: str, body: Any, tag: str) -> Any:
        return await who.request(method, path, body, headers={"if-match": tag})

    return on_condition


@pytest.fixture
async def tag(jane: Client, new_ticket: AsyncCall[Any]) -> str:
    """The tag of WEB-1, as Jane has read it."""
    await new_ticket()
    return str((await jane.get(TICKET)).headers["etag"])


class TestHolds:
    async def test_while_nothing_has_changed(self, jane: Client, write: AsyncCall[Any], tag: str) -> None:
        reply = await write(jane, "PUT", TICKET, {"title": "Fix logout"}, tag)
        assert (reply.status, reply.data["title"]) == (200, "Fix logout")

    async def test_for_every_write_to_it(self, jane: Client, write: AsyncCall[Any], tag: str) -> None:
        for path, body in (
            (f"{TICKET}/status", {"status": "done"}),
            (f"{TICKET}/assignee", {"assigneeId": "user_102"}),
        ):
            tag = (await write(jane, "PUT", path, body, tag)).headers["etag"]
        assert (await write(jane, "PUT", TICKET, {}, tag)).status == 200
        assert (await write(jane, "DELETE", TICKET, None, tag)).status == 204

    async def test_with_the_tag_of_the_last_write(self, jane: Client, write: AsyncCall[Any], tag: str) -> None:
        first = await write(jane, "PUT", TICKET, {"title": "a"}, tag)
        second = await write(jane, "PUT", TICKET, {"title": "b"}, first.headers["etag"])
        assert (second.status, second.data["title"]) == (200, "b")
        assert (await write(jane, "PUT", TICKET, {"title": "c"}, first.headers["etag"])).status == 412

    async def test_with_the_tag_of_its_creation(self, jane: Client, write: AsyncCall[Any]) -> None:
        created = await jane.post("/api/tickets", {"title": "a"})
        path = created.headers["location"]
        assert (await write(jane, "PUT", path, {"title": "b"}, created.headers["etag"])).status == 200

    async def test_when_other_things_have_changed(
        self, jane: Client, new_ticket: AsyncCall[Any], write: AsyncCall[Any], tag: str
    ) -> None:
        await new_ticket()
        await jane.put("/api/tickets/WEB-2", {"title": "Other"})
        await jane.post(f"{TICKET}/comments", {"content": "a"})
        assert (await write(jane, "PUT", TICKET, {"title": "Fix logout"}, tag)).status == 200

    async def test_with_a_star(self, jane: Client, write: AsyncCall[Any], tag: str) -> None:
        await jane.put(TICKET, {"title": "a"})
        assert (await write(jane, "PUT", TICKET, {"title": "b"}, "*")).status == 200

    async def test_with_one_of_several_tags(self, jane: Client, write: AsyncCall[Any], tag: str) -> None:
        assert (await write(jane, "PUT", TICKET, {"title": "b"}, f'"other", {tag}')).status == 200

    async def test_for_a_comment(self, jane: Client, write: AsyncCall[Any], tag: str) -> None:
        path = (await jane.post(f"{TICKET}/comments", {"content": "a"})).headers["location"]
        read = (await jane.get(path)).headers["etag"]
        changed = await write(jane, "PUT", path, {"content": "b"}, read)
        assert changed.status == 200
        assert (await write(jane, "DELETE", path, None, read)).details["content"]["now"] == "b"
        assert (await write(jane, "DELETE", path, None, changed.headers["etag"])).status == 204

    async def test_for_a_comment_read_by_who_is_in_several_workspaces(
        self, client: People, jane: Client, write: AsyncCall[Any], tag: str, join: AsyncCall[None]
    ) -> None:
        await join("ada", "MEMBER", "workspace_globex")
        path = (await jane.post(f"{TICKET}/comments", {"content": "a"})).headers["location"]
        for who in ("ada", "root"):
            read = (await client(who).get(path)).headers["etag"]
            assert (await write(client(who), "PUT", path, {"content": who}, read)).status == 200
            assert (await write(client(who), "PUT", path, {"content": "z"}, read)).status == 412


class TestFails:
    async def test_it_says_what_differs_and_who_did_it(
        self, jane: Client, client: People, write: AsyncCall[Any], tag: str, recorded: Recorded
    ) -> None:
        john = client("john")
        await john.put(TICKET, {"title": "Fix signup", "priority": "high"})
        await client("ada").put(TICKET, {"title": "Fix sign-in"})
        before = (await jane.get(TICKET)).data
        reply = await write(jane, "PUT", TICKET, {"title": "Fix logout"}, tag)
        assert (reply.status, reply.error["code"]) == (412, "PRECONDITION_FAILED")
        assert reply.details.keys() == {"title", "priority"}
        title, priority = reply.details["title"], reply.details["priority"]
        assert (title["was"], title["now"]) == ("Fix login", "Fix sign-in")
        assert title["changedBy"] == {"id": "user_ada", "name": "Ada Owner"}
        assert (priority["was"], priority["now"]) == ("medium", "high")
        assert priority["changedBy"] == {"id": "user_102", "name": "John Doe"}
        assert priority["changedAt"] < title["changedAt"]
        assert (await jane.get(TICKET)).data == before
        assert len(await recorded(before["id"])) == 3

    async def test_for_every_write_to_it(self, jane: Client, write: AsyncCall[Any], tag: str) -> None:
        await jane.put(f"{TICKET}/status", {"status": "todo"})
        for method, path, body in (
            ("PUT", TICKET, {"title": "a"}), ("PATCH", TICKET, {"title": "a"}), ("PUT", TICKET, {}),
            ("PUT", f"{TICKET}/status", {"status": "done"}), ("PUT", f"{TICKET}/assignee", {"assigneeId": "user_101"}),
            ("DELETE", TICKET, None), ("POST", f"{TICKET}/comments", {"content": "a"}),
        ):  # fmt: skip
            reply = await write(jane, method, path, body, tag)
            assert (reply.status, reply.details["status"]["now"]) == (412, "todo"), (method, path)
        assert (await jane.get(TICKET)).data["_count"]["comments"] == 0

    async def test_of_two_at_once_one_wins(self, jane: Client, write: AsyncCall[Any], tag: str) -> None:
        replies = await asyncio.gather(*(write(jane, "PUT", TICKET, {"title": f"Title {n}"}, tag) for n in range(8)))
        assert sorted(reply.status for reply in replies) == [200] + [412] * 7
        [won] = [reply.data["title"] for reply in replies if reply.status == 200]
        assert (await jane.get(TICKET)).data["title"] == won

    async def test_with_the_tag_of_someone_else(self, client: People, write: AsyncCall[Any], tag: str) -> None:
        assert (await write(client("john"), "PUT", TICKET, {"title": "a"}, tag)).status == 412

    async def test_with_the_tag_of_another_thing(
        self, jane: Client, new_ticket: AsyncCall[Any], write: AsyncCall[Any], tag: str
    ) -> None:
        await new_ticket()
        assert (await write(jane, "PUT", "/api/tickets/WEB-2", {"title": "a"}, tag)).status == 412

    @pytest.mark.parametrize("other", ['""', '"x"', '"v.zz.1"', '"v.1.é"', '"v.ffffffffffffffffffffff.a"', ""])
    async def test_with_no_tag_of_ours(self, jane: Client, write: AsyncCall[Any], tag: str, other: str) -> None:
        assert (await write(jane, "PUT", TICKET, {"title": "a"}, other.encode("latin-1"))).status == 412

    async def test_with_a_weak_tag(self, jane: Client, write: AsyncCall[Any], tag: str) -> None:
        reply = await write(jane, "PUT", TICKET, {"title": "a"}, f"W/{tag}")
        assert (reply.status, reply.error["message"][:31]) == (412, "If-Match takes strong tags only")

    async def test_a_weak_tag_beside_a_strong_one_does_not_matter(
        self, jane: Client, write: AsyncCall[Any], tag: str
    ) -> None:
        assert (await write(jane, "PUT", TICKET, {"title": "a"}, f'W/"x", {tag}')).status == 200

    async def test_with_the_tag_of_a_list(self, jane: Client, write: AsyncCall[Any], tag: str) -> None:
        listed = (await jane.get("/api/tickets")).headers["etag"]
        assert (await write(jane, "PUT", TICKET, {"title": "a"}, listed)).status == 412

    @pytest.mark.parametrize("header", ["x", '"', '"a', 'a"', "W/", '"a" "b"', "*, *", "," * 5_000])
    async def test_what_is_no_list_of_tags_is_invalid(
        self, jane: Client, write: AsyncCall[Any], tag: str, header: str
    ) -> None:
        reply = await write(jane, "PUT", TICKET, {"title": "a"}, header)
        assert (reply.status, reply.details.keys()) == (400, {"If-Match"})

    async def test_what_would_fail_anyhow_says_so(
        self, jane: Client, client: People, write: AsyncCall[Any], tag: str
    ) -> None:
        await jane.put(TICKET, {"title": "a"})
        assert (await write(client("victor"), "PUT", TICKET, {"title": "b"}, tag)).status == 403
        assert (await write(client("eve"), "PUT", TICKET, {"title": "b"}, tag)).status == 404
        assert (await write(jane, "PUT", TICKET, {"assigneeId": "user_eve"}, tag)).status == 400


class TestWithKey:
    async def test_a_write_that_was_done_is_answered_as_it_was(self, jane: Client, tag: str) -> None:
        headers = {"if-match": tag, "idempotency-key": "a"}
        first = await jane.request("PUT", TICKET, {"title": "a"}, headers=headers)
        second = await jane.request("PUT", TICKET, {"title": "a"}, headers=headers)
        assert (first.status, second.status) == (200, 200)
        assert first.response.content == second.response.content

    async def test_a_write_that_failed_is_tried_again(self, jane: Client, tag: str) -> None:
        await jane.put(TICKET, {"title": "b"})
        headers = {"if-match": tag, "idempotency-key": "a"}
        assert (await jane.request("PUT", TICKET, {"title": "a"}, headers=headers)).status == 412
        headers["if-match"] = (await jane.get(TICKET)).headers["etag"]
        assert (await jane.request("PUT", TICKET, {"title": "a"}, headers=headers)).status == 200


class TestMark:
    def test_only_who_made_it_reads_how_far_and_what(self) -> None:
        ours, theirs = etags.TagMaker("ours"), etags.TagMaker("theirs")
        jane, john = Person("user_101"), Person("user_102")
        tag = ours.with_revision("v123", jane, 31, "ticket_1")
        mark = ours.revision_in(tag)
        assert mark is not None
        assert mark.version == 31
        assert ours.is_about(mark, jane, "ticket_1")
        assert not ours.is_about(mark, john, "ticket_1")
        assert not ours.is_about(mark, jane, "ticket_2")
        assert not ours.is_about(mark._replace(version=30), jane, "ticket_1")
        read_by_them = theirs.revision_in(tag)
        assert read_by_them is not None
        assert read_by_them.version != 31
        assert not theirs.is_about(mark, jane, "ticket_1")

    def test_versions_that_follow_each_other_look_alike_in_nothing(self) -> None:
        tags = etags.TagMaker("ours")
        texts = [
            tags.with_revision("v", Person("user_101"), version, "ticket_1").rpartition(".")[2] for version in range(64)
        ]
        assert {len(text) for text in texts} == {46}
        assert len({text[:15] for text in texts}) == 64

    @pytest.mark.parametrize(
        "tag", ["v123", "", "v.", "v123.1f.ab-_", "v." + "0" * 45, "v." + "g" * 46, "v." + "0" * 47]
    )
    def test_what_is_none_of_ours_says_nothing(self, tag: str) -> None:
        assert etags.TagMaker("ours").revision_in(tag) is None


class Person(Viewer):
    """Who asks."""

    versions: dict[str, int] = {}
    is_admin = False
    bound_to: str | None = None

    def __init__(self, user_id: str) -> None:
        self.id = user_id
