"""GET and DELETE …/attachments and …/attachments/{id}."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from codimir.attachments.storage import open_file_store
from codimir.config import Settings, SettingsError
from tests.calls import AsyncCall, Call, Recorded
from tests.clients import Client, People


class TestList:
    async def test_outsider_sees_no_ticket(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        assert (await client("eve").get(f"/api/tickets/{ticket['id']}/attachments")).status == 404

    async def test_oldest_first_in_pages(
        self, client: People, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        files = [await new_file(ticket, name=f"{n}.txt") for n in range(3)]
        await new_file(await new_ticket())
        page = await client("victor").get("/api/tickets/WEB-1/attachments", limit=2)
        assert page.data == files[:2]
        assert page.body["pagination"] == {"page": 1, "limit": 2, "total": 3, "totalPages": 2}


class TestDownload:
    async def test_who_may(self, client: People, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any]) -> None:
        attachment = await new_file(await new_ticket())
        statuses = {who: (await client(who).http.get(attachment["url"])).status_code for who in (None, "eve", "victor")}
        assert statuses == {None: 401, "eve": 404, "victor": 200}

    async def test_a_private_project_keeps_its_files(
        self, client: People, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any]
    ) -> None:
        attachment = await new_file(await new_ticket(projectId="project_sec"))
        statuses = {who: (await client(who).http.get(attachment["url"])).status_code for who in ("mia", "john")}
        assert statuses == {"mia": 404, "john": 200}

    async def test_who_has_it_is_not_sent_it_again(
        self, jane: Client, client: People, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        attachment, other = await new_file(ticket), await new_file(ticket)
        first = await jane.http.get(attachment["url"])
        tag = first.headers["etag"]
        assert tag == f'"{attachment["id"]}.5"'
        assert (await jane.http.head(attachment["url"])).headers["etag"] == tag
        for held in (tag, f'"x", W/{tag}', "*"):
            reply = await jane.http.get(attachment["url"], headers={"if-none-match": held})
            assert (reply.status_code, reply.content, reply.headers["etag"]) == (304, b"", tag)
            assert reply.headers["cache-control"] == "private, no-cache"
        headers = {"if-none-match": tag}
        assert (await jane.http.get(other["url"], headers=headers)).status_code == 200
        assert (await client("eve").http.get(attachment["url"], headers=headers)).status_code == 404
        await jane.http.delete(attachment["url"])
        assert (await jane.http.get(attachment["url"], headers=headers)).status_code == 404

    async def test_a_browser_saves_it_and_runs_nothing(
        self, jane: Client, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any]
    ) -> None:
        attachment = await new_file(await new_ticket(), b"<script>", "x.html", "text/html")
        reply = await jane.http.get(attachment["url"])
        assert reply.content == b"<script>"
        assert reply.headers.multi_items() == [
            ("content-type", "application/octet-stream"),
            ("content-length", "8"),
            ("accept-ranges", "bytes"),
            ("content-disposition", "attachment; filename=\"x.html\"; filename*=UTF-8''x.html"),
            ("content-security-policy", "sandbox"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "private, no-cache"),
            ("etag", f'"{attachment["id"]}.8"'),
            ("vary", "Cookie, Authorization"),
        ]

    @pytest.mark.parametrize(
        ("kind", "sent"),
        [
            ("image/png", "image/png"),
            ("text/plain", "text/plain"),
            ("image/svg+xml", "application/octet-stream"),
            ("text/javascript", "application/octet-stream"),
            ("application/xhtml+xml", "application/octet-stream"),
        ],
    )
    async def test_only_harmless_kinds_are_named(
        self, jane: Client, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any], kind: str, sent: str
    ) -> None:
        attachment = await new_file(await new_ticket(), kind=kind)
        assert (await jane.http.get(attachment["url"])).headers["content-type"] == sent

    @pytest.mark.parametrize(
        ("name", "plain"),
        [
            ('say "hi" 100%.txt', "say _hi_ 100_.txt"),
            ("a\\b", "b"),
            ("דו״ח.pdf", "____.pdf"),
            ("👩\u200d👧.png", "___.png"),
            ("a'b(c);d*.txt", "a'b(c);d*.txt"),
        ],
    )
    async def test_its_name_survives(
        self, jane: Client, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any], name: str, plain: str
    ) -> None:
        attachment = await new_file(await new_ticket(), name=name)
        header = (await jane.http.get(attachment["url"])).headers["content-disposition"]
        start, _, encoded = header.partition("; filename*=UTF-8''")
        assert start == f'attachment; filename="{plain}"'
        assert unquote(encoded) == attachment["filename"]
        assert not set(encoded) & set(" '\"()*;,")

    async def test_head_tells_the_size_only(
        self, jane: Client, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any]
    ) -> None:
        attachment = await new_file(await new_ticket())
        reply = await jane.http.head(attachment["url"])
        assert (reply.status_code, reply.headers["content-length"], reply.content) == (200, "5", b"")

    async def test_bytes_that_are_lost_are_not_found(
        self, jane: Client, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any], settings: Settings
    ) -> None:
        attachment = await new_file(await new_ticket())
        lose_bytes(settings)
        reply = await jane.get(attachment["url"])
        assert (reply.status, reply.error["message"]) == (404, "The content of this file is missing in the file store")


class TestDelete:
    async def test_only_who_attached_it_and_administrators_may(
        self, client: People, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        for who, status in [(None, 401), ("eve", 404), ("victor", 403), ("john", 403), ("jane", 204), ("ada", 204)]:
            attachment = await new_file(ticket)
            assert (who, (await client(who).delete(attachment["url"])).status) == (who, status)

    async def test_it_is_gone_but_its_bytes_wait_in_the_trash(
        self,
        jane: Client,
        new_ticket: AsyncCall[Any],
        new_file: AsyncCall[Any],
        recorded: Recorded,
        stored: Call[list[int]],
    ) -> None:
        attachment = await new_file(await new_ticket())
        reply = await jane.delete(attachment["url"])
        assert (reply.status, reply.body) == (204, None)
        for gone in (await jane.get(attachment["url"]), await jane.delete(attachment["url"])):
            assert (gone.status, gone.error["message"]) == (404, "Attachment not found")
        assert (await jane.get("/api/tickets/WEB-1/attachments")).total == 0
        assert (await jane.get("/api/tickets/WEB-1")).data["_count"]["attachments"] == 0
        assert [kind for kind, _ in await recorded(attachment["id"])] == ["attachment.added", "attachment.deleted"]
        assert stored() == [5]

    async def test_a_file_on_another_ticket_is_not_found(
        self, jane: Client, new_ticket: AsyncCall[Any], new_file: AsyncCall[Any]
    ) -> None:
        attachment = await new_file(await new_ticket())
        await new_ticket()
        there = f"/api/tickets/WEB-2/attachments/{attachment['id']}"
        unknown = await jane.get("/api/tickets/WEB-2/attachments/attachment_none")
        for reply in (await jane.get(there), await jane.delete(there)):
            assert (reply.status, reply.body) == (404, unknown.body)


class TestStore:
    async def test_a_folder_can_be_named(self, tmp_path: Path) -> None:
        for url in (str(tmp_path / "by path"), f"file://{tmp_path}"):
            files = open_file_store(Settings(files_url=url))
            key = await files.put(pieces(b"a", b"b"))
            assert [piece async for piece in await files.open(key)] == [b"ab"]
            await files.delete(key)
            await files.delete(key)

    @pytest.mark.parametrize("url", ["nonsense://x", "s3://"])
    def test_an_address_that_cannot_be_used_is_named(self, url: str) -> None:
        with pytest.raises(SettingsError, match="CODIMIR_FILES_URL"):
            open_file_store(Settings(files_url=url))


def lose_bytes(settings: Settings) -> None:
    for path in settings.files_dir.glob("*/*"):
        path.unlink()


async def pieces(*content: bytes) -> Any:
    for piece in content:
        yield piece
