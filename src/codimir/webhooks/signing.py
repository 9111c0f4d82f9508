"""Secrets and signatures: Standard Webhooks 1.0.0, and beside it the header of Codimir's own check."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from codimir import __version__
from codimir.problems.problem import InvalidValue

PREFIX = "whsec_"
SECRET_BYTES = 32
MIN_BYTES = 24
MAX_BYTES = 64
MIN_CHARACTERS = 16
MAX_CHARACTERS = 256
USER_AGENT = f"Codimir-Webhooks/{__version__}"


def new_secret() -> str:
    """Build a secret of 256 random bits, as the specification serialises it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def usable_secret(text: str) -> str:
    """Return a secret that a person chose.

    Raises ValueError when it is too short, or when it begins with `whsec_` and is not what that promises.
    """
    if text.startswith(PREFIX):
        if not MIN_BYTES <= len(_decoded(text) or b"") <= MAX_BYTES:
            raise InvalidValue("secret_malformed", prefix=PREFIX, min=MIN_BYTES, max=MAX_BYTES)
    elif not (text.isascii() and text.isprintable() and MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS):
        raise InvalidValue("secret_length", min=MIN_CHARACTERS, max=MAX_CHARACTERS)
    return text


def key_of(secret: str) -> bytes:
    """Return the key of the standard signature: what follows `whsec_`, or the secret itself where it has no prefix."""
    if secret.startswith(PREFIX) and (decoded := _decoded(secret)):
        return decoded
    return secret.encode()


def headers_for(message_id: str, moment: datetime, body: bytes, in_force: Sequence[str]) -> dict[str, str]:
    """Write the headers of one attempt, signed with every secret in force, the newest first.

    The header of Codimir's own check has room for one signature: the newest secret's, over the raw body.
    """
    seconds = int(moment.timestamp())
    signed = f"{message_id}.{seconds}.".encode() + body
    own = hmac.new(in_force[0].encode(), body, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(f"v1,{_signature(secret, signed)}" for secret in in_force),
        "x-codimir-signature": f"sha256={own}",
    }


def _signature(secret: str, signed: bytes) -> str:
    return base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def _decoded(secret: str) -> bytes | None:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
