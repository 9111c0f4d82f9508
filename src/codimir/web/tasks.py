"""The tasks of a text, `- [ ] open` and `- [x] done`: ticked where they stand."""

import hashlib
import re

from codimir.kit.newlines import normalize_newlines

_BOX = re.compile(r"\[[ xX]\]")
_TASK = re.compile(r"\ufeff?(?:[\s>]|[-*+](?=\s)|\d{1,9}[.)](?=\s)|\[\^[^\]\s\[]{1,64}\]:)*+\[([ xX])\](?=\s|$)")
"""The box of a task, behind the marks of quotations, lists and notes; its words may begin in the next line."""
BYTES_OF_FINGERPRINT = 12


def may_have_tasks(text: str) -> bool:
    """Return whether a box stands in a text, which may be that of a task."""
    return _BOX.search(text) is not None


def fingerprint(text: str) -> str:
    """Return what tells a text from others: the same for all texts that differ in nothing but their ticks."""
    words = _BOX.sub("[ ]", normalize_newlines(text)).encode(errors="surrogatepass")
    return hashlib.blake2b(words, digest_size=BYTES_OF_FINGERPRINT).hexdigest()


def with_task(text: str, line: int, *, done: bool) -> str | None:
    """Return a text with the task that begins in a line (from 0 on) done or open; None where none begins."""
    lines = normalize_newlines(text).split("\n")
    found = _TASK.match(lines[line]) if 0 <= line < len(lines) else None
    if found is None:
        return None
    before, after = lines[line][: found.start(1)], lines[line][found.end(1) :]
    if (found[1] != " ") != done:
        lines[line] = f"{before}{'x' if done else ' '}{after}"
    return "\n".join(lines)
