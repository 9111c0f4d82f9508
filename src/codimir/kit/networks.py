"""Ranges of network addresses."""

import ipaddress

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
