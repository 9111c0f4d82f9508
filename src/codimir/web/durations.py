"""Spans of time as people write and read them: `1h 30m`."""

import re

_WRITTEN = re.compile(r"(?:(\d{1,4}(?:[.,]\d{1,2})?)\s*h)?\s*(?:(\d{1,5})\s*m(?:in)?)?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)")
HOUR = 60


def minutes_in(text: str) -> int | None:
    """Read `1h 30m`, `90m`, `1.5h`, `1:30` or plain minutes; None for anything else, and for no time at all."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return int(text[:6]) or None
    if clock := _CLOCK.fullmatch(text):
        return int(clock[1]) * HOUR + int(clock[2]) or None
    written = _WRITTEN.fullmatch(text)
    if written is None or not (written[1] or written[2]):
        return None
    hours = float((written[1] or "0").replace(",", "."))
    return round(hours * HOUR) + int(written[2] or 0) or None


def as_text(minutes: int) -> str:
    """Write minutes as `1h 30m`."""
    hours, rest = divmod(minutes, HOUR)
    return " ".join(filter(None, (f"{hours}h" if hours else "", f"{rest}m" if rest or not hours else "")))
