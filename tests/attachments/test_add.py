"""POST …/attachments."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar

from codimir.database.core import Database, Unavailable
from codimir.database.forwarding import ForwardingDatabase
from tests.attachments.conftest import LIMIT
from tests.calls import AsyncCall, Call, Recorded
from tests.clients import Client, People

PATH = "/api/tickets/WEB-1/attachments"
FORM = {"content-type": "multipart/form-data; boundary=frontier"}
HEAD = b'--frontier\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
TAIL = b"\r\n--frontier--\r\n"


class Sent:
    """A body that is sent piece by piece and counts how much of it was taken."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.taken += 1
            yield piece


class TestWho:
    async def test_who_may(
        self, client: People, new_ticket: AsyncCall[Any], attach: AsyncCall[Any], stored: Call[list[int]]
    ) -> None:
        ticket = await new_ticket()
        statuses = {}
        for who in (None, "eve", "victor", "mia", "john", "ada", "root"):
            reply = await attach(f"/api/tickets/{ticket['id']}/attachments", by=client(who))
            statuses[who] = reply.status
        refused = {None: 401, "eve": 404, "victor": 403, "mia": 403}
        assert statuses == {**refused, "john": 201, "ada": 201, "root": 201}
        assert len(stored()) == 3

    async def test_the_bytes_of_who_may_not_are_not_even_read(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        body = Sent(HEAD, b"x", TAIL)
        reply = await client("victor").request("POST", PATH, content=body, headers=FORM)
        assert (reply.status, body.taken) == (403, 0)

    async def test_an_odd_key_is_refused_before_the_bytes_are_read(
        self, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        body = Sent(HEAD, b"x", TAIL)
        reply = await jane.request("POST", PATH, content=body, headers={**FORM, "idempotency-key": "x" * 256})
        assert (reply.status, reply.details.keys(), body.taken) == (400, {"Idempotency-Key"}, 0)


class TestAdd:
    async def test_member_attaches_a_file(
        self, jane: Client, new_ticket: AsyncCall[Any], attach: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket()
        reply = await attach(PATH, b"\x89PNG", "shot.png", "image/png")
        attachment = reply.data
        url = f"/api/tickets/{ticket['id']}/attachments/{attachment['id']}"
        assert reply.status == 201
        assert reply.headers["location"] == attachment["url"] == url
        assert (attachment["filename"], attachment["contentType"], attachment["size"]) == ("shot.png", "image/png", 4)
        assert (attachment["ticketId"], attachment["authorId"]) == (ticket["id"], "user_101")
        assert attachment["author"]["name"] == "Jane Smith"
        after = (await jane.get("/api/tickets/WEB-1")).data
        assert after["_count"] == {"comments": 0, "attachments": 1, "timeLogs": 0}
        assert after["updatedAt"] == attachment["createdAt"]
        changes = {"filename": [None, "shot.png"], "contentType": [None, "image/png"], "size": [None, 4]}
        assert await recorded(attachment["id"]) == [("attachment.added", changes)]

    @pytest.mark.parametrize("size", [0, 1, 65_536, LIMIT])
    async def test_every_size_up_to_the_limit(
        self, jane: Client, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any], size: int
    ) -> None:
        content = bytes(range(251)) * (size // 251 + 1)
        attachment = await new_file(await new_ticket(), content[:size])
        reply = await jane.http.get(attachment["url"])
        assert attachment["size"] == size
        assert (reply.headers["content-length"], reply.content) == (str(size), content[:size])

    async def test_bytes_that_look_like_a_boundary_are_kept(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        content = b"\r\n--fronti\r\r\n--frontie\n--frontier--"
        pieces = [bytes([byte]) for byte in HEAD + content + TAIL]
        reply = await jane.request("POST", PATH, content=Sent(*pieces), headers=FORM)
        assert (await jane.http.get(reply.data["url"])).content == content

    async def test_a_kind_that_is_none_becomes_bytes(
        self, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        kinds = [(await new_file(ticket, kind=kind))["contentType"] for kind in ("Text/HTML; charset=x", "nonsense")]
        assert kinds == ["text/html", "application/octet-stream"]


class TestNames:
    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\jane\\plan.txt", "plan.txt"),
            ("C:/fake\\path/plan.txt", "plan.txt"),
            ('say "hi".txt', 'say "hi".txt'),
            ("a\r\nSet-Cookie: b\x7f.txt", "aSet-Cookie: b.txt"),
            ("דו״ח.pdf", "דו״ח.pdf"),
            ("photo\u202egpj.exe", "photogpj.exe"),
            ("👩\u200d👩\u200d👧 семья 家族.png", "👩\u200d👩\u200d👧 семья 家族.png"),
            ("100%25 done; a=b, c'd.txt", "100%25 done; a=b, c'd.txt"),
            (" .gitignore ", ".gitignore"),
            ("x" * 300 + ".tar.gz", "x" * 252 + ".gz"),
            ("é" * 255, "é" * 255),
            ("x." + "y" * 300, "x." + "y" * 253),
        ],
    )
    async def test_names_are_kept_without_paths_and_control_characters(
        self, jane: Client, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any], sent: str, kept: str
    ) -> None:
        attachment = await new_file(await new_ticket(), name=sent)
        listed = await jane.get(PATH)
        assert attachment["filename"] == listed.data[0]["filename"] == kept

    @pytest.mark.parametrize("name", ["..", ".", "folder/", "a\\", "\n", "\u202e", " "])
    async def test_a_file_needs_a_name(
        self, new_ticket: AsyncCall[Any], attach: AsyncCall[Any], stored: Call[list[int]], name: str
    ) -> None:
        await new_ticket()
        reply = await attach(PATH, name=name)
        assert (reply.status, reply.details) == (400, {"file": ["The file needs a name"]})
        assert stored() == []


class TestRefused:
    @pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain", ""])
    async def test_only_forms_are_taken(self, jane: Client, new_ticket: AsyncCall[Any], kind: str) -> None:
        await new_ticket()
        reply = await jane.request("POST", PATH, content=b"{}", headers={"content-type": kind})
        assert (reply.status, reply.error["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
        assert "multipart/form-data" in reply.error["message"]

    @pytest.mark.parametrize(
        ("parts", "details"),
        [
            (
                [("other", ("a.txt", b"x"))],
                {"other": ["Unknown field; known here: file"], "file": ["File is required"]},
            ),
            ([("file", (None, b"\xff\xfe"))], {"file": ["File is required"]}),
            ([("file", ("", b""))], {"file": ["File is required"]}),
            ([("file", ("a", b"x")), ("file", ("b", b"y"))], {"file": ["Send one file at a time"]}),
            ([("file", ("a", b"x")), ("note", (None, b"y"))], {"note": ["Unknown field; known here: file"]}),
        ],
    )
    async def test_wrong_parts_are_named_and_nothing_is_kept(
        self, jane: Client, new_ticket: AsyncCall[Any], stored: Call[list[int]], parts: Any, details: Any
    ) -> None:
        await new_ticket()
        reply = await jane.request("POST", PATH, files=parts)
        assert (reply.status, reply.error["code"], reply.details) == (400, "VALIDATION_ERROR", details)
        assert stored() == []

    @pytest.mark.parametrize("body", [b"", b"nonsense", HEAD, HEAD + b"x" * 100_000, HEAD + b"x" + TAIL[:-4], TAIL[2:]])
    async def test_a_broken_form_leaves_nothing(
        self, jane: Client, new_ticket: AsyncCall[Any], stored: Call[list[int]], body: bytes
    ) -> None:
        await new_ticket()
        reply = await jane.request("POST", PATH, content=body, headers=FORM)
        assert (reply.status, reply.error["code"]) == (400, "VALIDATION_ERROR")
        assert stored() == []
        assert (await jane.get(PATH)).total == 0

    @pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary="])
    async def test_a_form_names_its_boundary(self, jane: Client, new_ticket: AsyncCall[Any], kind: str) -> None:
        await new_ticket()
        reply = await jane.request("POST", PATH, content=HEAD + TAIL, headers={"content-type": kind})
        assert (reply.status, list(reply.details)) == (400, ["body"])


class TestTooLarge:
    async def test_one_byte_too_many(
        self, jane: Client, new_ticket: AsyncCall[Any], attach: AsyncCall[Any], stored: Call[list[int]]
    ) -> None:
        await new_ticket()
        reply = await attach(PATH, b"x" * (LIMIT + 1))
        assert (reply.status, reply.error["code"]) == (413, "PAYLOAD_TOO_LARGE")
        assert reply.error["message"] == "A file may have at most 200,000 bytes"
        assert stored() == []
        assert (await jane.get(PATH)).total == 0

    async def test_what_announces_too_much_is_not_read(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        body = Sent(HEAD, b"x", TAIL)
        headers = {**FORM, "content-length": str(50 * 1024 * 1024 + 1)}
        reply = await jane.request("POST", PATH, content=body, headers=headers)
        assert (reply.status, body.taken) == (413, 0)

    @pytest.mark.parametrize("head", [HEAD, HEAD.replace(b'filename="a.bin"', b"a=b"), b"x" * 1000, b""])
    async def test_what_does_not_end_is_cut_off(
        self, jane: Client, new_ticket: AsyncCall[Any], stored: Call[list[int]], head: bytes
    ) -> None:
        await new_ticket()
        body = Sent(head, *[b"x" * 10_000] * 1000)
        reply = await jane.request("POST", PATH, content=body, headers=FORM)
        assert reply.status in (400, 413)
        assert body.taken < 40
        assert stored() == []


class TestFailure:
    async def test_bytes_are_let_go_when_the_ticket_disappears_meanwhile(
        self, jane: Client, new_ticket: AsyncCall[Any], stored: Call[list[int]]
    ) -> None:
        await new_ticket()

        async def body() -> AsyncIterator[bytes]:
            yield HEAD + b"x"
            await jane.delete("/api/tickets/WEB-1")
            yield TAIL

        reply = await jane.request("POST", PATH, content=body(), headers=FORM)
        assert (reply.status, stored()) == (404, [])

    async def test_bytes_are_let_go_when_the_row_cannot_be_written(
        self,
        jane: Client,
        app: Litestar,
        db: Database,
        new_ticket: AsyncCall[Any],
        attach: AsyncCall[Any],
        stored: Call[list[int]],
    ) -> None:
        await new_ticket()
        app.state.database = Failing(db)
        reply = await attach(PATH)
        app.state.database = db
        assert (reply.status, stored()) == (503, [])


class Failing(ForwardingDatabase):
    """A database that takes no writes."""

    async def write(self, _unit: Any) -> Any:
        raise Unavailable("no room")
