"""Nothing is sent into a network, however its address is written, and whatever a name leads to."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from codimir.kit.networks import Networks
from codimir.webhooks.addresses import AddressRefused, host_of, is_public, refuse_private, usable_url
from codimir.webhooks.resolver import Resolver

NOWHERE = Networks()


class TestUrls:
    @pytest.mark.parametrize(
        ("given", "plain"),
        [
            ("https://example.com", "https://example.com/"),
            ("HTTPS://Example.COM:443/a?b=c", "https://example.com/a?b=c"),
            ("http://example.com:8080/ü", "http://example.com:8080/%C3%BC"),
            ("https://bücher.example/%2f", "https://xn--bcher-kva.example/%2f"),
            ("https://[2606:4700:0:0::1]/", "https://[2606:4700::1]/"),
        ],
    )
    def test_is_kept_in_its_plain_form(self, given: str, plain: str) -> None:
        assert usable_url(given) == plain
        assert usable_url(plain) == plain

    @pytest.mark.parametrize(
        "url",
        [
            "", "example.com", "//example.com", "ftp://example.com/", "file:///etc/passwd", "http://", "http:///x",
            "https://jane:pw@example.com/", "https://@example.com/", "https://example.com/#part", "http://a b.com/",
            "http://example.com\\@127.0.0.1/", "http://example.com/\r\nhost:x", "http://exam\u200bple.com/",
            "http://example.com:0/", "http://example.com:22/", "http://example.com:6379/", "http://example.com:70000/",
            "http://example.com:x/", "http://[::1", "http://[fe80::1%25eth0]/", "http://[v1.x]/",
            "http://-bücher-.example/", "https://example.com/" + "x" * 2_048,
        ],
    )  # fmt: skip
    def test_what_is_none_is_refused(self, url: str) -> None:
        with pytest.raises(ValueError, match=r"\S"):
            usable_url(url)


class TestNetworks:
    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
            "http://0x7f.1/", "http://017700000001/", "http://0/", "http://0.0.0.0/", "http://10.1.2.3/",
            "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.0.1/", "http://169.254.169.254/",
            "http://100.64.0.1/", "http://100.100.100.200/", "http://168.63.129.16/", "http://192.0.0.192/",
            "http://224.0.0.1/", "http://255.255.255.255/", "http://198.18.0.1/", "http://localhost/",
            "http://LOCALHOST./", "http://a.localhost/", "http://[::1]/", "http://[::]/", "http://[::127.0.0.1]/",
            "http://[::ffff:127.0.0.1]/", "http://[::ffff:8.8.8.8]/", "http://[fe80::1]/", "http://[fc00::1]/",
            "http://[fd00:ec2::254]/", "http://[ff02::1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::1]/",
            "http://[2002:7f00:1::]/", "http://[2001:0:1::]/", "http://[2001:db8::1]/", "http://[100::1]/",
            "http://[fec0::1]/", "http://[5f00::1]/", "http://①②⑦.⓪.⓪.①/",
        ],
    )  # fmt: skip
    def test_an_address_inside_one_is_refused_however_it_is_written(self, url: str) -> None:
        with pytest.raises(AddressRefused):
            refuse_private(host_of(usable_url(url)), NOWHERE)

    @pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450::1", "172.32.0.1"])
    def test_one_of_the_internet_is_taken(self, address: str) -> None:
        assert is_public(ipaddress.ip_address(address))
        refuse_private(address, NOWHERE)

    def test_a_range_can_be_allowed(self) -> None:
        refuse_private("10.1.2.3", Networks("10.0.0.0/8"))
        refuse_private("localhost", Networks("127.0.0.1"))
        with pytest.raises(AddressRefused):
            refuse_private("::ffff:10.1.2.3", Networks("10.0.0.0/8"))
        with pytest.raises(ValueError, match="host bits"):
            Networks("10.0.0.1/8")


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    made = Resolver(NOWHERE)
    yield made
    made.close()


class TestResolving:
    async def test_a_name_that_leads_inside_is_refused(self, resolver: Resolver) -> None:
        with pytest.raises(AddressRefused, match=r"localhost leads to (127\.0\.0\.1|::1)"):
            await resolver.resolve("localhost", 80)

    async def test_one_wrong_answer_among_good_ones_refuses_the_name(
        self, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def answers(_host: str, port: int, **_: Any) -> list[Any]:
            return [(socket.AF_INET, 1, 6, "", (address, port)) for address in ("8.8.8.8", "10.0.0.1")]

        monkeypatch.setattr(socket, "getaddrinfo", answers)
        with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
            await resolver.resolve("rebinding.example", 80)

    async def test_what_is_no_name_leads_nowhere(self, resolver: Resolver) -> None:
        for name in ("a" * 64 + ".example", "a..b"):
            with pytest.raises(OSError, match=r"\S"):
                await resolver.resolve(name, 80)
