"""How many connections there may be, and who gives way to whom."""

from typing import Any

import pytest

from codimir.server.connections import group_of
from codimir.server.limits import Limits

FEW = Limits(connections=20)
HEAD = b"GET /later HTTP/1.1\r\nHost: x\r\n\r\n"


async def _open(here: Any, count: int, source: str = "127.0.0.1", data: bytes = b"") -> list[Any]:
    visitors = []
    for _ in range(count):
        visitors.append(await here.visit(source))
        visitors[-1].send(data)
    return visitors


class TestOfOneAddress:
    async def test_what_says_nothing_gives_way_to_the_next(self, start: Any) -> None:
        async with start(FEW) as here:
            first, *_ = await _open(here, 10)
            assert (await (await here.visit()).ask()).status == 200
            assert await first.rest() == b""

    async def test_what_has_said_half_gives_way_too(self, start: Any) -> None:
        async with start(FEW) as here:
            await _open(here, 50, data=b"GET / HTTP/1.1\r\n")
            assert (await (await here.visit()).ask()).status == 200
            assert here.open <= 11

    async def test_what_is_answered_gives_way_to_nobody(self, start: Any) -> None:
        async with start(FEW) as here:
            busy = await _open(here, 10, data=HEAD)
            await here.until(lambda: len(here.app.scopes) == 10)
            reply = await (await here.visit()).reply()
            assert (reply.status, reply.error["code"]) == (503, "UNAVAILABLE")
            assert reply.headers["retry-after"] == "2"
            here.app.go_on.set()
            assert {(await visitor.reply()).status for visitor in busy} == {200}
            assert (await (await here.visit()).ask()).status == 200

    async def test_another_address_has_its_own_place(self, start: Any) -> None:
        async with start(FEW) as here:
            await _open(here, 30, data=HEAD)
            assert (await (await here.visit("127.0.0.2")).ask()).status == 200

    async def test_a_proxy_is_bound_by_none(self, start: Any) -> None:
        async with start(FEW, proxy_headers=True, forwarded_allow_ips="127.0.0.0/30") as here:
            busy = await _open(here, 20, data=HEAD)
            await here.until(lambda: len(here.app.scopes) == 20)
            assert (await (await here.visit()).reply()).status == 503
            here.app.go_on.set()
            assert {(await visitor.reply()).status for visitor in busy} == {200}


class TestOfAll:
    async def test_the_one_with_the_most_gives_way(self, start: Any) -> None:
        async with start(FEW) as here:
            first, *others = await _open(here, 10, "127.0.0.2")
            mine = await _open(here, 4, "127.0.0.3") + await _open(here, 6, "127.0.0.4")
            assert (await (await here.visit("127.0.0.5")).ask()).status == 200
            assert await first.rest() == b""
            for each in (*others, *mine):
                assert (await each.ask()).status == 200

    async def test_places_are_free_again_when_clients_leave(self, start: Any) -> None:
        async with start(FEW) as here:
            for source in ("127.0.0.2", "127.0.0.3"):
                for each in await _open(here, 10, source, HEAD):
                    each.writer.transport.abort()
            await here.until(lambda: here.open == 0)
            assert [(await each.ask()).status for each in await _open(here, 10)] == [200] * 10


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
def test_whole_networks_of_ipv6_count_as_one(address: str, group: str) -> None:
    assert group_of(address) == group
