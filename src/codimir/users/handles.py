"""Handles: the words by which a text mentions people, such as `@jane` or `@jane.smith`."""

import re

MENTION = re.compile(r"@(?<![\w@/.]@)([^\W_][\w.+-]{0,63}(?<![.+-])|[^\W_])")
"""What stands before it is looked at from behind the @: a pattern that begins with a letter is searched for fast."""


def handles_in(text: str) -> set[str]:
    """Give every handle that a text mentions, in lower case."""
    return {found[1].lower() for found in MENTION.finditer(text)}
