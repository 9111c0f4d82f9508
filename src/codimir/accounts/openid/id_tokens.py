"""Verify an ID token (OpenID Connect Core 1.0, section 3.1.3.7)."""

import math
from typing import Any

from codimir.accounts.openid.issuers import Issuer
from codimir.kit.libraries import jose_errors, jwk, jwt
from codimir.kit.values import Values

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures that only the provider can make: neither `none` nor a shared secret."""
TOLERANCE_SECONDS = 60
MAX_SUBJECT_LENGTH = 255


class WrongToken(Exception):
    """An ID token is not for us, not from this provider, or not of this sign-in; the message is for the log."""


async def verified_claims(issuer: Issuer, id_token: str, client_id: str, nonce: str, now: float) -> Values:
    """Return the claims of an ID token whose signature and claims are right.

    Raises WrongToken, and ProviderFailed where the keys cannot be had.
    """
    try:
        claims = _signed_claims(id_token, await issuer.keys())
    except (jose_errors.InvalidKeyIdError, ValueError):
        try:
            claims = _signed_claims(id_token, await issuer.keys(anew=True))
        except (jose_errors.JoseError, ValueError) as error:
            raise WrongToken(f"the signature is not right: {error}") from error
    except jose_errors.JoseError as error:
        raise WrongToken(f"the signature is not right: {error}") from error
    wrong = _wrong_claim(claims, (await issuer.metadata()).issuer, client_id, nonce, now)
    if wrong:
        raise WrongToken(f"the claim {wrong} is not right")
    return claims


def _signed_claims(id_token: str, keys: "jwk.KeySet") -> Values:
    claims: Values = jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims
    return claims


def _wrong_claim(claims: Values, issuer: str, client_id: str, nonce: str, now: float) -> str | None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    expires, issued, subject = claims.get("exp"), claims.get("iat"), claims.get("sub")
    right = {
        "iss": claims.get("iss") == issuer,
        "aud": client_id in audiences,
        "azp": claims.get("azp", client_id) == client_id and (len(audiences) == 1 or "azp" in claims),
        "exp": _number(expires, 0) > now - TOLERANCE_SECONDS,
        "iat": _number(issued, math.inf) < now + TOLERANCE_SECONDS,
        "nonce": claims.get("nonce") == nonce,
        "sub": isinstance(subject, str) and 1 <= len(subject) <= MAX_SUBJECT_LENGTH and subject.isprintable(),
    }
    return next((name for name, is_right in right.items() if not is_right), None)


def _number(value: Any, otherwise: float) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else otherwise
