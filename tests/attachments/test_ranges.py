"""GET …/attachments/{id} with Range: a part of a file, as players and download managers ask for it (RFC 9110, 14)."""

from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import Client, People

CONTENT = bytes(range(200))


@pytest.fixture
async def url(new_ticket: AsyncCall[Any], new_file: AsyncCall[Any]) -> str:
    return str((await new_file(await new_ticket(), CONTENT, "all.bin"))["url"])


class TestRange:
    @pytest.mark.parametrize(
        ("asked", "start", "end"),
        [
            ("bytes=0-99", 0, 100),
            ("bytes=100-", 100, 200),
            ("bytes=-10", 190, 200),
            ("bytes=0-0", 0, 1),
            ("bytes=150-9999", 150, 200),
            ("bytes=-9999", 0, 200),
            ("Bytes= 5-6 ", 5, 7),
        ],
    )
    async def test_a_part(self, jane: Client, url: str, asked: str, start: int, end: int) -> None:
        reply = await jane.http.get(url, headers={"range": asked})
        assert (reply.status_code, reply.content) == (206, CONTENT[start:end])
        assert reply.headers["content-range"] == f"bytes {start}-{end - 1}/200"
        assert reply.headers["content-length"] == str(end - start)

    @pytest.mark.parametrize("asked", ["bytes=200-", "bytes=500-600", "bytes=-0"])
    async def test_behind_the_end(self, jane: Client, url: str, asked: str) -> None:
        reply = await jane.http.get(url, headers={"range": asked})
        assert (reply.status_code, reply.json()["error"]["code"]) == (416, "RANGE_NOT_SATISFIABLE")
        assert reply.headers["content-range"] == "bytes */200"

    @pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=5-1", "bytes=-", "bytes=a-b", ""])
    async def test_what_is_no_single_range_is_the_whole(self, jane: Client, url: str, asked: str) -> None:
        reply = await jane.http.get(url, headers={"range": asked})
        assert (reply.status_code, reply.content, reply.headers["accept-ranges"]) == (200, CONTENT, "bytes")

    async def test_only_while_it_is_the_same_file(self, jane: Client, url: str) -> None:
        tag = (await jane.http.head(url)).headers["etag"]
        for if_range, status in (
            (tag, 206),
            ('"other"', 200),
            (f"W/{tag}", 200),
            ("Wed, 21 Oct 2015 07:28:00 GMT", 200),
        ):
            reply = await jane.http.get(url, headers={"range": "bytes=0-9", "if-range": if_range})
            assert (if_range, reply.status_code) == (if_range, status)

    async def test_who_does_not_see_it_gets_no_part(self, client: People, url: str) -> None:
        assert (await client("eve").http.get(url, headers={"range": "bytes=0-1"})).status_code == 404
