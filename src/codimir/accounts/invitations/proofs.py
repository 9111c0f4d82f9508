"""The link of an invitation that is mailed proves the e-mail of whoever opens it; the one that is shown does not.

The mailed one has a proof after its token, which only this instance can make: who sees the link on a page, and hands it
on or opens it, never gets it.
"""

import hmac

from codimir.authentication.tokens import hash_of

PROOF_LENGTH = 43
"""Characters of a SHA-256 in hexadecimal that are kept: 172 bits"""


def with_proof(token: str, secret: str) -> str:
    """Return the token for the mail."""
    return f"{token}.{_proof(token, secret)}"


def proves_email(token: str, secret: str) -> bool:
    """Check that a token is one that was mailed."""
    plain, _, given = token.partition(".")
    return hmac.compare_digest(given.encode(), _proof(plain, secret).encode())


def hash_of_invitation(token: str) -> str:
    """Return what is stored of a token, whether it comes with a proof or without."""
    return hash_of(token.partition(".")[0])


def _proof(token: str, secret: str) -> str:
    return hmac.digest(secret.encode(), f"e-mail of invitation {token}".encode(), "sha256").hex()[:PROOF_LENGTH]
