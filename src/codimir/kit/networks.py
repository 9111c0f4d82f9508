"""Ranges of network addresses."""

import ipaddress
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Networks:
    """Ranges written as text with commas between them, such as `10.0.0.0/8, fd00::/8`.

    Raises ValueError for a text that names anything else.
    """

    def __init__(self, text: str = "") -> None:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        self._ranges = tuple(ipaddress.ip_network(part) for part in parts)

    def __contains__(self, address: object) -> bool:
        return any(address in known for known in self._ranges if known.version == getattr(address, "version", 0))

    def __str__(self) -> str:
        return ",".join(map(str, self._ranges))

    def __repr__(self) -> str:
        return f"Networks({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Networks) and self._ranges == other._ranges

    def __hash__(self) -> int:
        return hash(self._ranges)


IPV6_PREFIX = 64
"""What one household or one server gets of IPv6, and can choose its addresses from"""


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """Return what counts as one sender: an IPv4 address, or the /64 of an IPv6 address; anything else as it is."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = getattr(parsed, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    if parsed.version == 4:  # noqa: PLR2004 - the version
        return str(parsed)
    return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))
