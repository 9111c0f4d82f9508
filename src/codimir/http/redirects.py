"""Where a reply leads: the one place that writes the address of a redirect."""

from urllib.parse import quote

_OF_ADDRESSES = "!#$%&'()*+,/:;=?@[]~"
"""What stands in an address as it is (RFC 3986, 2.2), and the percent sign of what was written for it before."""


def in_ascii(address: str) -> str:
    """Write an address as a header can hold it: everything that is no character of addresses in percent signs."""
    return quote(address, safe=_OF_ADDRESSES, errors="replace")


def leading_to(address: str, header: str = "location") -> dict[str, str]:
    """Return the header that leads to an address; htmx has another one than the browser."""
    return {header: in_ascii(address)}
