"""Where links lead: pages of the web interface, at the origin under which people open this instance."""

from urllib.parse import urlsplit

USUAL_ORIGIN = "http://127.0.0.1:3000"


def origin_of(base_url: str | None) -> str:
    """Return the origin of the address that the settings name, or the usual one."""
    if base_url is None:
        return USUAL_ORIGIN
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}"


def setup_url(origin: str, token: str) -> str:
    """Return the address at which an empty instance is set up."""
    return f"{origin}/setup/{token}"


def invitation_url(origin: str, token: str) -> str:
    """Return the address at which an invitation is accepted."""
    return f"{origin}/invite/{token}"


def sign_in_url(origin: str, token: str) -> str:
    """Return the address at which somebody is signed in, once."""
    return f"{origin}/enter/{token}"


def reset_url(origin: str, token: str) -> str:
    """Return the address at which a new password is chosen."""
    return f"{origin}/reset/{token}"
