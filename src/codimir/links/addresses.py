"""Where links lead: pages of the web interface, at the origin under which people open this instance."""


def setup_url(origin: str, token: str) -> str:
    """Give the address at which an empty instance is set up."""
    return f"{origin}/setup/{token}"


def invitation_url(origin: str, token: str) -> str:
    """Give the address at which an invitation is accepted."""
    return f"{origin}/invite/{token}"


def reset_url(origin: str, token: str) -> str:
    """Give the address at which a new password is chosen."""
    return f"{origin}/reset/{token}"
