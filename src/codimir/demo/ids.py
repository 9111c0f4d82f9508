"""Ids of rows that are made from a seed: TypeIDs as `kit.ids` makes them, with the time of their row."""

from datetime import datetime
from random import Random

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's, in lower case (github.com/jetify-com/typeid, version 0.3)."""

_PAIRS = [one + other for one in ALPHABET for other in ALPHABET]
_PLACES = range(120, -1, -10)
_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


def id_at(rng: Random, kind: str, moment: datetime) -> str:
    """Build the id of a row that was created at a moment: a UUIDv7 (RFC 9562) of its millisecond."""
    milliseconds = int(moment.timestamp() * 1000)
    bits = milliseconds << 80 | _VERSION_7 | rng.getrandbits(12) << 64 | _VARIANT | rng.getrandbits(62)
    return f"{kind}_" + "".join([_PAIRS[bits >> place & 1023] for place in _PLACES])
