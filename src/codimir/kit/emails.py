"""E-mail addresses: what is accepted, and when two are the same."""

import re
import unicodedata

MAX_EMAIL_LENGTH = 254
_NOT_IN_ADDRESS = r'\s@<>()\[\],;:\\"\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff'
_ADDRESS = rf"[^{_NOT_IN_ADDRESS}]{{1,64}}@[^{_NOT_IN_ADDRESS}.]+(\.[^{_NOT_IN_ADDRESS}.]+)*"
EMAIL_PATTERN = f"^{_ADDRESS}$"


def email_key(email: str) -> str:
    """Return the form in which addresses are compared: two that read the same are the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email.strip()).casefold())


def is_email(text: str) -> bool:
    """Return whether a text could be an address; whether mail arrives there only mail can tell."""
    return len(text) <= MAX_EMAIL_LENGTH and text.isprintable() and re.fullmatch(_ADDRESS, text) is not None
