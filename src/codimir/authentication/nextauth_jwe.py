"""Read the encrypted session cookies (JWE, RFC 7516) of a NextAuth site that shares its secret with us."""

from functools import lru_cache
from time import time

import msgspec

from codimir.authentication.cookies import MAX_SESSION_LENGTH, Family
from codimir.kit.libraries import hashes, hkdf, jose_errors, jose_util, jwe, jwk
from codimir.kit.values import Values

TOLERANCE_SECONDS = 15
SEGMENTS = 5
ENCODINGS = {"next-auth": "A256GCM", "authjs": "A256CBC-HS512"}
KEY_BYTES = {"next-auth": 32, "authjs": 64}
KNOWN_HEADERS = frozenset({"alg", "enc", "kid", "typ", "cty"})


class Claims(msgspec.Struct, frozen=True):
    """What such a cookie says of its bearer."""

    exp: float
    iat: float
    sub: str | None = None
    email: str | None = None
    nbf: float = 0
    jti: str | None = None


def looks_like_jwe(token: str) -> bool:
    """Tell such a cookie from a token of ours, which has no dot."""
    return "." in token


def read_jwe(token: str, secret: str, cookie: str, family: Family) -> Claims | None:
    """Return what a session cookie says, or None for one that is forged, expired, or of a kind that is not taken."""
    if len(token) > MAX_SESSION_LENGTH or not token.isascii() or not _is_taken(token, family):
        return None
    try:
        key = derived_key(secret, cookie, family)
        opened = jwe.decrypt_compact(token, key, algorithms=["dir", ENCODINGS[family]])
        claims = msgspec.json.decode(opened.plaintext or b"", type=Claims)
    except (jose_errors.JoseError, ValueError):
        return None
    return claims if _is_current(claims, time()) else None


@lru_cache(maxsize=16)
def derived_key(secret: str, cookie: str, family: Family) -> "jwk.OctKey":
    """Derive the key as NextAuth does: version 4 from the secret alone, version 5 from the name of the cookie too."""
    info, salt = b"NextAuth.js Generated Encryption Key", b""
    if family == "authjs":
        info, salt = f"Auth.js Generated Encryption Key ({cookie})".encode(), cookie.encode()
    return jwk.OctKey.import_key(hkdf.HKDF(hashes.SHA256(), KEY_BYTES[family], salt, info).derive(secret.encode()))


def _is_taken(token: str, family: Family) -> bool:
    """Look at the header before anything is decrypted: one way to encrypt, no compression, nothing critical."""
    parts = token.split(".")
    if len(parts) != SEGMENTS or parts[1]:
        return False
    try:
        header: Values = msgspec.json.decode(jose_util.urlsafe_b64decode(parts[0].encode()), type=Values)
    except ValueError:
        return False
    return header.keys() <= KNOWN_HEADERS and (header.get("alg"), header.get("enc")) == ("dir", ENCODINGS[family])


def _is_current(claims: Claims, now: float) -> bool:
    latest = now + TOLERANCE_SECONDS
    return claims.exp > now - TOLERANCE_SECONDS and claims.nbf <= latest and claims.iat <= latest
