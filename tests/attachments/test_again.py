"""POST …/attachments with an Idempotency-Key: the bytes of an upload are kept once."""

import asyncio
from contextlib import nullcontext
from typing import Any

import pytest

from codimir.attachments.storage import FileStore
from codimir.revisions import idempotency
from tests.attachments.conftest import LIMIT
from tests.calls import AsyncCall, Call, Recorded
from tests.clients import Client

TICKET = "/api/tickets/WEB-1"
PATH = f"{TICKET}/attachments"
REPLAYED = "idempotent-replayed"


@pytest.fixture
async def upload(jane: Client, new_ticket: AsyncCall[Any]) -> AsyncCall[Any]:
    """Let Jane attach a file to a ticket with a key: `await upload(b"hello")`."""
    await new_ticket()

    async def send(content: Any = b"hello", name: str = "a.txt", kind: str = "text/plain", key: str = "a") -> Any:
        files = {"file": (name, content, kind)}
        return await jane.request("POST", PATH, files=files, headers={"idempotency-key": key})

    return send


class TestAgain:
    async def test_the_same_file_is_attached_once(
        self, jane: Client, upload: AsyncCall[Any], stored: Call[list[int]], recorded: Recorded
    ) -> None:
        first, second = await upload(), await upload()
        assert (first.status, second.status) == (201, 201)
        assert (REPLAYED in first.headers, second.headers[REPLAYED]) == (False, "true")
        assert first.response.content == second.response.content
        assert first.headers["location"] == second.headers["location"]
        assert first.headers["content-type"] == second.headers["content-type"]
        assert stored() == [5]
        assert (await jane.get(TICKET)).data["_count"]["attachments"] == 1
        assert len(await recorded(first.data["id"])) == 1

    @pytest.mark.parametrize("size", [0, LIMIT])
    async def test_whatever_its_size(self, upload: AsyncCall[Any], stored: Call[list[int]], size: int) -> None:
        first, second = await upload(b"x" * size), await upload(b"x" * size)
        assert first.response.content == second.response.content
        assert stored() == [size]

    async def test_its_bytes_are_not_stored_again(
        self, upload: AsyncCall[Any], stored: Call[list[int]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await upload()
        monkeypatch.delattr(FileStore, "put")
        assert (await upload()).headers[REPLAYED] == "true"

    @pytest.mark.parametrize("other", [{"content": b"hellO"}, {"name": "b.txt"}, {"kind": "text/csv"}], ids=str)
    async def test_another_file_is_refused(
        self, jane: Client, upload: AsyncCall[Any], stored: Call[list[int]], other: Any
    ) -> None:
        await upload()
        reply = await upload(**other)
        assert (reply.status, reply.error["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
        assert stored() == [5]
        assert (await jane.get(TICKET)).data["_count"]["attachments"] == 1

    async def test_another_key_is_another_file(self, upload: AsyncCall[Any], stored: Call[list[int]]) -> None:
        first, second = await upload(key="a"), await upload(key="b")
        assert first.data["id"] != second.data["id"]
        assert stored() == [5, 5]

    async def test_a_failure_is_not_kept(self, upload: AsyncCall[Any], stored: Call[list[int]]) -> None:
        assert (await upload(b"x" * (LIMIT + 1))).status == 413
        assert (await upload()).status == 201
        assert (await upload(b"x" * (LIMIT + 1))).status == 413
        assert stored() == [5]

    async def test_a_form_that_breaks_off_says_so(self, jane: Client, upload: AsyncCall[Any]) -> None:
        await upload()
        form = {"content-type": "multipart/form-data; boundary=frontier", "idempotency-key": "a"}
        assert (await jane.request("POST", PATH, content=b"--frontier\r\n", headers=form)).status == 400

    async def test_it_is_answered_when_the_ticket_is_gone(self, jane: Client, upload: AsyncCall[Any]) -> None:
        first = await upload()
        await jane.delete(TICKET)
        assert (await upload()).response.content == first.response.content
        assert (await upload(key="b")).status == 404


class TestAtOnce:
    async def test_one_process_says_that_the_first_still_runs(
        self, upload: AsyncCall[Any], stored: Call[list[int]]
    ) -> None:
        replies = await asyncio.gather(*(upload() for _ in range(4)))
        assert {reply.status for reply in replies} <= {201, 409}
        assert len({reply.data["id"] for reply in replies if reply.status == 201}) == 1
        assert stored() == [5]

    async def test_bytes_that_two_servers_stored_are_let_go_of(
        self, jane: Client, upload: AsyncCall[Any], stored: Call[list[int]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(idempotency.RunningAttempts, "alone", lambda *_: nullcontext())
        put, all_stored = FileStore.put, asyncio.Barrier(3)

        async def put_together(files: FileStore, chunks: Any) -> str:
            key = await put(files, chunks)
            await all_stored.wait()
            return key

        monkeypatch.setattr(FileStore, "put", put_together)
        replies = await asyncio.gather(upload(), upload(), upload(b"other"))
        done = [reply for reply in replies if reply.status == 201]
        assert {reply.status for reply in replies} == {201, 422}
        assert len({reply.response.content for reply in done}) == 1
        assert stored() == [done[0].data["size"]]
        assert (await jane.get(TICKET)).data["_count"]["attachments"] == 1
