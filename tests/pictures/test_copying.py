"""Pictures of people that are on other hosts are copied once, and pages show the copies."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from litestar import Litestar

from codimir.database.core import Database
from codimir.database.forwarding import ForwardingDatabase
from codimir.kit.networks import Networks
from codimir.pictures import fetching
from codimir.pictures.addresses import shown_address
from codimir.pictures.copying import Copier
from codimir.pictures.fetching import NotFetched, PictureFetcher
from tests.calls import AsyncCall
from tests.clients import Client, People
from tests.pictures.samples import decoded, encoded, left_and_right

HERE = Networks("127.0.0.0/8")
PICTURE = encoded(left_and_right())
EMPTY = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


class Host:
    """A real HTTP server elsewhere that has pictures."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.replies: dict[str, bytes] = {}

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        self.asked.append(path)
        writer.write(self.replies.get(path, b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"))
        await writer.drain()
        writer.close()


def ok(content: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: %d\r\n\r\n%b" % (len(content), content)


def moved(address: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nlocation: {address}\r\ncontent-length: 0\r\n\r\n".encode()


class Later(ForwardingDatabase):
    """A database whose clock can be put forward."""

    moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    server = Host()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def fetcher() -> AsyncIterator[PictureFetcher]:
    made = PictureFetcher(HERE)
    yield made
    await made.close()


@pytest.fixture
def later(db: Database) -> Later:
    return Later(db)


@pytest.fixture
def copier(app: Litestar, later: Later, fetcher: PictureFetcher) -> Copier:
    return Copier(later, app.state.pictures, fetcher)


class TestCopy:
    async def test_pages_show_the_copy_and_never_the_address(
        self, jane: Client, host: Host, copier: Copier, set_user: AsyncCall[None]
    ) -> None:
        address = f"{host.address}/jane.png"
        host.replies["/jane.png"] = ok(PICTURE)
        await set_user("jane", image=address)
        await copier.copy_missing()
        page = await jane.http.get("/settings/profile")
        assert f'src="{shown_address(address)}"' in page.text
        assert "img-src 'self' data: blob:;" in page.headers["content-security-policy"]
        copy = await jane.http.get(shown_address(address))
        assert decoded(copy.content).format == "WEBP"
        assert (await jane.get("/api/user/profile")).data["image"] == address

    async def test_each_is_fetched_once(
        self, jane: Client, host: Host, copier: Copier, set_user: AsyncCall[None]
    ) -> None:
        host.replies["/a.png"] = ok(PICTURE)
        for who in ("jane", "john"):
            await set_user(who, image=f"{host.address}/a.png")
        await copier.copy_missing()
        await jane.put("/api/user/profile", {"name": "Jane S."})
        await copier.copy_missing()
        assert host.asked == ["/a.png"]

    async def test_until_there_is_one_the_initials_are_seen(self, jane: Client, client: People) -> None:
        address = shown_address("https://example.com/jane.jpg")
        reply = await jane.http.get(address)
        assert (reply.status_code, reply.content, reply.headers["cache-control"]) == (200, EMPTY, "private, max-age=60")
        assert (await client().http.get(address)).status_code == 401

    async def test_one_that_is_not_there_is_asked_for_less_and_less(
        self, host: Host, copier: Copier, later: Later, set_user: AsyncCall[None], caplog: pytest.LogCaptureFixture
    ) -> None:
        await set_user("jane", image=f"{host.address}/gone.png")
        gone = []
        for _ in range(60):
            await copier.copy_missing()
            gone.append(host.asked.count("/gone.png"))
            later.moment += timedelta(minutes=5)
        assert gone[-1] == 6  # at 0, 5, 15, 35, 75 and 155 minutes
        assert [record.getMessage() for record in caplog.records if "/…" in record.getMessage()] == [
            f"the picture of somebody at {host.address}/… is not shown: the answer is 404"
        ]

    async def test_what_is_no_picture_is_not_kept(
        self, jane: Client, host: Host, copier: Copier, set_user: AsyncCall[None]
    ) -> None:
        host.replies["/page"] = ok(b"<html>")
        await set_user("jane", image=f"{host.address}/page")
        await copier.copy_missing()
        assert (await jane.http.get(shown_address(f"{host.address}/page"))).content == EMPTY


class TestFetch:
    async def test_redirects_are_followed_a_few_times(self, host: Host, fetcher: PictureFetcher) -> None:
        host.replies |= {
            "/a": moved("/b"),
            "/b": moved(f"{host.address}/c"),
            "/c": ok(b"picture"),
            "/round": moved("/round"),
        }
        assert await fetcher.fetch(f"{host.address}/a") == b"picture"
        with pytest.raises(NotFetched, match="from one address to the next"):
            await fetcher.fetch(f"{host.address}/round")
        assert host.asked.count("/round") == 4

    async def test_never_from_inside_a_network(self, host: Host) -> None:
        guarded = PictureFetcher(Networks())
        with pytest.raises(NotFetched, match="inside a network"):
            await guarded.fetch(f"{host.address}/a")
        await guarded.close()
        assert host.asked == []

    async def test_not_by_a_redirect_either(self, host: Host, fetcher: PictureFetcher) -> None:
        host.replies["/a"] = moved("http://10.0.0.1/x")
        with pytest.raises(NotFetched, match="inside a network"):
            await fetcher.fetch(f"{host.address}/a")

    @pytest.mark.parametrize("address", ["http://", "ftp://example.com/a", "http://example.com:22/a"])
    async def test_addresses_that_are_none(self, fetcher: PictureFetcher, address: str) -> None:
        with pytest.raises(NotFetched):
            await fetcher.fetch(address)

    async def test_only_so_many_bytes(
        self, host: Host, fetcher: PictureFetcher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fetching, "MAX_BYTES", 100)
        host.replies["/large"] = ok(bytes(101))
        with pytest.raises(NotFetched, match="more than 100 bytes"):
            await fetcher.fetch(f"{host.address}/large")
