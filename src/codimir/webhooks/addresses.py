"""Which addresses a webhook may have: never one inside a network, however it is written.

What is refused are the ranges of the IANA registries of special-purpose addresses (RFC 6890 and its successors), every
form of IPv6 that carries an IPv4 address inside it, and the address at which one cloud answers its machines. A name is
checked when it is resolved, right before the connection to the very address that was checked.
"""

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import SplitResult, quote, urlsplit

import idna

from codimir.kit.networks import Address, Networks
from codimir.problems.problem import InvalidValue, Problem

MAX_URL_LENGTH = 2_048
PORTS = {"http": 80, "https": 443}
MIN_PORT = 1_024
MAX_PORT = 65_535
AS_WRITTEN = "%/:?#[]@!$&'()*+,;=~"
"""What stays as it is in a path and a query; anything else, such as a letter with an accent, is encoded."""

NOT_PUBLIC = Networks(
    "0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 168.63.129.16/32, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24,"
    "192.0.2.0/24, 192.31.196.0/24, 192.52.193.0/24, 192.88.99.0/24, 192.168.0.0/16, 192.175.48.0/24, 198.18.0.0/15,"
    "198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/4, 240.0.0.0/4,"
    "2001::/23, 2001:db8::/32, 2002::/16, 2620:4f:8000::/48, 3fff::/20"
)
"""What is refused of IPv4, and of the part of IPv6 that is in use."""
IN_USE = Networks("2000::/3")
"""The only part of IPv6 from which public addresses are given (RFC 4291 and IANA's registry)."""
OTHER_SERVICES = frozenset(
    {1433, 1521, 1719, 1720, 1723, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432,
     5900, 5984, 6000, 6379, 6443, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9042, 10080, 10250, 11211, 27017}
)  # fmt: skip
"""Ports of services that are no receivers: those that browsers refuse (Fetch standard), and databases."""


class AddressRefused(Exception):
    """A request may not go there."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def usable_url(text: str) -> str:
    """Return the address in its plain form, its host in ASCII.

    Raises ValueError when no webhook may have it. Names are not resolved here.
    """
    if len(text) > MAX_URL_LENGTH:
        raise InvalidValue("too_long_has", limit=MAX_URL_LENGTH, length=len(text))
    if not text.isprintable() or " " in text or "\\" in text:
        raise InvalidValue("address_has_spaces")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise InvalidValue("address_malformed") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise InvalidValue("address_scheme")
    if parts.username is not None or parts.password is not None:
        raise InvalidValue("address_has_password")
    if parts.fragment:
        raise InvalidValue("address_has_fragment")
    _refuse_port(port)
    path, query = (quote(part, safe=AS_WRITTEN) for part in (parts.path, parts.query))
    return parts._replace(netloc=_netloc(parts, port), path=path or "/", query=query).geturl()


def host_of(url: str) -> str:
    """Name the host of an address that `usable_url` gave."""
    return urlsplit(url).hostname or ""


def shown(url: str) -> str:
    """Show where an address leads without its path, which may be a secret of the receiver's."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" + ("/…" if len(parts.path) > 1 or parts.query else "")


def is_public(address: Address) -> bool:
    """Return whether an address is one of the open Internet."""
    return address not in NOT_PUBLIC and (address.version == 4 or address in IN_USE)  # noqa: PLR2004 - the version


def written_address(host: str) -> Address | None:
    """Return the address that a host is, in any of the ways to write one (decimal, octal, hexadecimal, short)."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return None
    return ipaddress.ip_address(found[0][4][0])


def refuse_private(host: str, allowed: Networks) -> None:
    """Raise AddressRefused for a host that is written as an address that may not be used, or that names this machine.

    Other names are found out when they are resolved.
    """
    address = written_address(host)
    if address is None and f".{host.rstrip('.')}".endswith(".localhost"):
        address = ipaddress.ip_address("127.0.0.1")
    if address is not None:
        refuse_unless_allowed(host, [address], allowed)


def refuse_unless_allowed(host: str, addresses: Iterable[Address], allowed: Networks) -> None:
    """Raise AddressRefused when one of the addresses of a host may not be used."""
    for address in addresses:
        if not is_public(address) and address not in allowed:
            raise AddressRefused(_inside(host, address))


def _inside(host: str, address: Address) -> Problem:
    if host == str(address):
        return Problem("address_inside_network", host=host)
    return Problem("name_inside_network", host=host, address=str(address))


def _refuse_port(port: int | None) -> None:
    if port is None or port in PORTS.values():
        return
    if not MIN_PORT <= port <= MAX_PORT or port in OTHER_SERVICES:
        raise InvalidValue("address_port", port=port, min=MIN_PORT)


def _netloc(parts: SplitResult, port: int | None) -> str:
    host = parts.hostname or ""
    name = f"[{_ipv6(host)}]" if "[" in parts.netloc else _in_ascii(host)
    return name if port is None or port == PORTS[parts.scheme] else f"{name}:{port}"


def _ipv6(host: str) -> str:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError as error:
        raise InvalidValue("address_ipv6_malformed") from error
    if address.scope_id is not None:
        raise InvalidValue("address_has_zone")
    return str(address)


def _in_ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise InvalidValue("address_host_malformed") from error
