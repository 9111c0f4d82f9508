"""Libraries that many a server never needs, or only some time after its start: each is loaded when it is first used.

Together they take 25 MB and a quarter of the time to load (docs/decisions/0065-lazy-loading.md).
"""

from typing import TYPE_CHECKING

from codimir.kit.lazy import lazy_module

if TYPE_CHECKING:
    import aiosmtplib
    import asyncpg
    import httpcore
    import httpx
    from babel.messages import mofile, pofile
    from cryptography import exceptions as cryptography_exceptions
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers import aead
    from cryptography.hazmat.primitives.kdf import hkdf
    from joserfc import errors as jose_errors
    from joserfc import jwe, jwk, jwt
    from joserfc import util as jose_util
    from rapidfuzz import fuzz
    from rapidfuzz import process as fuzzy_search
    from rapidfuzz.distance import OSA
else:
    OSA = lazy_module("rapidfuzz.distance.OSA")
    aead = lazy_module("cryptography.hazmat.primitives.ciphers.aead")
    aiosmtplib = lazy_module("aiosmtplib")
    asyncpg = lazy_module("asyncpg")
    cryptography_exceptions = lazy_module("cryptography.exceptions")
    fuzz = lazy_module("rapidfuzz.fuzz")
    fuzzy_search = lazy_module("rapidfuzz.process")
    hashes = lazy_module("cryptography.hazmat.primitives.hashes")
    hkdf = lazy_module("cryptography.hazmat.primitives.kdf.hkdf")
    httpcore = lazy_module("httpcore")
    httpx = lazy_module("httpx")
    jose_errors = lazy_module("joserfc.errors")
    jose_util = lazy_module("joserfc.util")
    jwe = lazy_module("joserfc.jwe")
    jwk = lazy_module("joserfc.jwk")
    jwt = lazy_module("joserfc.jwt")
    mofile = lazy_module("babel.messages.mofile")
    pofile = lazy_module("babel.messages.pofile")

__all__ = [
    "OSA", "aead", "aiosmtplib", "asyncpg", "cryptography_exceptions", "fuzz", "fuzzy_search", "hashes", "hkdf",
    "httpcore", "httpx", "jose_errors", "jose_util", "jwe", "jwk", "jwt", "mofile", "pofile",
]  # fmt: skip
