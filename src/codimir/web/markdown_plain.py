"""What a text in Markdown says in one line: for lists, the inbox and mails."""

from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from codimir.web.markdown_meaning import CLIP, MAX_PLAIN
from codimir.web.markdown_names import NAME

_SAID = frozenset({"text", "text_special", "code_inline", NAME})
_ENDS_WORD = frozenset({"softbreak", "hardbreak"})


def plain(tokens: Iterable[Token]) -> str:
    """Return what a parsed text says, without what it quotes unless it says nothing else."""
    own: list[str] = []
    quoted: list[str] = []
    quotes = 0
    for token in tokens:
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        (quoted if quotes else own).extend(_words(token))
    return _line(own) or _line(quoted)


def _words(token: Token) -> Iterator[str]:
    if token.type in ("fence", "code_block"):
        yield token.content
    yield "".join(_said(child) for child in token.children or ())


def _said(token: Token) -> str:
    if token.type in _SAID:
        return token.content
    if token.type == "image":
        name = token.content.strip() or str(token.attrs["src"]).rpartition("/")[2]
        return f" {CLIP} {name} "
    is_break = token.type in _ENDS_WORD or token.meta.get("tag") in (
        "br",
        "p",
        "li",
        "summary",
        "td",
        "th",
        "div",
        "hr",
    )
    return " " if is_break else ""


def _line(words: list[str]) -> str:
    line = " ".join(" ".join(words).split())
    return line if len(line) <= MAX_PLAIN else line[: MAX_PLAIN - 1].rstrip() + "…"
