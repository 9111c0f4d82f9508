"""Texts of people as tests read them: in place, with the same function as the server's process."""

from collections.abc import Iterable

from codimir.users.handles import Mentions
from codimir.web.markdown import read_text


async def mentions_in(texts: Iterable[str]) -> dict[str, Mentions]:
    """Return the mentions that a page marks in each of these texts."""
    return {text: [name.handles for name in read_text(text).names if name.handles] for text in texts}
