"""Where the pictures of people are found: under a digest, in the file store and in addresses.

An uploaded picture is known by what is in it, the copy of one from elsewhere by its address there.
"""

import hashlib
import re
from functools import lru_cache

UPLOADED = "/api/pictures/"
COPIED = "/pictures/"
DIGEST_LENGTH = 40
DIGEST = re.compile(f"[0-9a-f]{{{DIGEST_LENGTH}}}")
ELSEWHERE = ("https://", "http://")


def digest_of(content: bytes) -> str:
    """Return what a picture, or the address of one, is known by."""
    return hashlib.sha256(content).hexdigest()[:DIGEST_LENGTH]


@lru_cache(maxsize=4_096)
def digest_of_address(address: str) -> str:
    """Return what the copy of the picture at an address elsewhere is known by."""
    return digest_of(address.encode())


def storage_key(digest: str) -> str:
    """Return the key of a picture in the file store."""
    return f"pictures/{digest[:2]}/{digest}"


def storage_key_of(image: str) -> str | None:
    """Return the key under which the picture that a person names is stored, or None where it is not ours to store."""
    if image.startswith(ELSEWHERE):
        return storage_key(digest_of_address(image))
    digest = image.removeprefix(UPLOADED)
    return storage_key(digest) if image.startswith(UPLOADED) and DIGEST.fullmatch(digest) else None


def shown_address(image: str | None) -> str | None:
    """Return the address on this origin at which pages show a person's picture, or None without one.

    A picture elsewhere is shown from its copy, so that no other host learns who looks at a page.
    """
    if image is None:
        return None
    if image.startswith(ELSEWHERE):
        return f"{COPIED}{digest_of_address(image)}"
    return image if image.startswith("/") else None
