"""The mail server that the settings name."""

from urllib.parse import SplitResult, unquote, urlsplit

from codimir.kit.values import Values

PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def connection_of(url: str) -> Values:
    """Return what `aiosmtplib.send` needs to connect.

    `smtps` speaks TLS from the start. `smtp` turns to TLS where the server offers it, and insists on it before a
    password leaves the machine.
    """
    parts = urlsplit(url)
    return {
        "hostname": parts.hostname,
        "port": parts.port or PORTS[parts.scheme],
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": parts.scheme == "smtps",
        "start_tls": _start_tls(parts),
    }


def _start_tls(parts: SplitResult) -> bool | None:
    if parts.scheme == "smtps":
        return False
    return True if parts.password and parts.hostname not in LOOPBACK else None
