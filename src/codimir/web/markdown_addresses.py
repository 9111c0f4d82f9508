"""Addresses in texts: which may be links."""

import re

SCHEMES = frozenset({
    "ftp", "ftps", "geo", "http", "https", "irc", "ircs", "mailto", "matrix", "news", "sftp", "sms", "ssh", "tel",
    "xmpp",
})  # fmt: skip
"""What a link may lead to; none of them runs anything in a browser."""
BARE_ENDINGS = frozenset({"com", "edu", "gov", "net", "org"})
"""What a name that is meant as an address without `http://` or `www.` ends with: `README.md`, `setup.py`, `user.id` and
`System.Net` are none, though there are such countries."""
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
_CLOSING = re.compile("[\u3001\u3002\u3008-\u3011\u3014-\u301f\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\uff5e]")
_FINAL = (
    "\u037e\u0589\u060c\u061b\u061f\u06d4\u0964\u0965\u104a\u104b\u1361\u1362\u1363\u1364\u1367\u1368\u17d4\u17d5\u2026"
)
"""Marks that end a clause before a space in Greek, Armenian, Arabic, Urdu, Hindi, Burmese, Amharic and Khmer"""
_HOST = re.compile(r"[^/:?#\s]+")


def is_harmless_address(address: str) -> bool:
    """Return whether an address is relative or has a scheme that a link may have."""
    if not address or _INVISIBLE.search(address):
        return False
    found = _SCHEME.match(address)
    return found is None or found[1].lower() in SCHEMES


def without_closing_marks(address: str) -> str:
    """Return an address up to the mark that ends a sentence or a clause in Chinese, Japanese or another script.

    They stand there without a space, and are written with percent signs where they belong to an address. Those of other
    scripts count at its end only.
    """
    return _CLOSING.split(address, maxsplit=1)[0].rstrip(_FINAL)


def is_bare_address(text: str) -> bool:
    """Return whether what stands in a text without a scheme is meant as an address and not as the name of a file."""
    host = _HOST.match(text)
    if host is None:
        return False
    return host[0].lower().startswith("www.") or host[0].rpartition(".")[2] in BARE_ENDINGS
