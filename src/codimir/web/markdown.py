"""Markdown as people write it, turned into HTML that nobody can do harm with.

CommonMark with tables, strikethrough, task lists and bare addresses as links (markdown-it-py); keys such as WEB-45 lead
to their tickets where the reader sees those, and mentions are marked. A picture elsewhere becomes a link to it: nobody
learns who reads a text. nh3 cleans what comes out, whatever went in.

It runs in a process of its own (web/prose.py), so it imports nothing of the server.
"""

import re
from collections.abc import Mapping
from functools import cache

import msgspec
import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from codimir.users.handles import MENTION, handles_in
from codimir.web.markdown_rules import use_rules

KEY = re.compile(r"([A-Z](?<![\w/-][A-Z])[A-Z0-9]{1,9}-[1-9][0-9]{0,8})(?![\w-])")
_SPECIAL = re.compile(f"{KEY.pattern}|{MENTION.pattern}")
_MARKS = re.compile(r"^\s*(?:>+|[-*+]|#{1,6}|\d+[.)])\s+(?:\[[ xX]\] )?|`+|(?<!\s)\*+|\*+(?!\s)")
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "input", "li", "ol",
    "p", "pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title", "class"},
    "code": {"class"},
    "img": {"src", "alt", "title"},
    "input": {"type", "checked", "disabled", "aria-label"},
    "li": {"class"},
    "ol": {"start"},
    "span": {"class", "title"},
    "ul": {"class"},
}
_OWN_PICTURE = re.compile(r"/(?![/\\]|%5C)", re.IGNORECASE)
_SCHEMES = {"http", "https", "mailto"}


def plain(text: str) -> str:
    """Give what a text says in one line, without what it quotes and without its marks."""
    own = [line for line in text.splitlines() if not line.lstrip().startswith((">", "```"))]
    return " ".join(" ".join(_MARKS.sub("", line) for line in own or text.splitlines()).split())


class Meaning(msgspec.Struct, frozen=True):
    """What the keys and the handles of texts mean to whoever reads them."""

    titles: dict[str, str] = {}
    """The titles of tickets by their keys"""
    people: dict[str, str] = {}
    """The names of people by their handles"""

    def of(self, text: str) -> "Meaning":
        """Return the part of it that a text needs."""
        keys = set(KEY.findall(text)) if self.titles else ()
        handles = handles_in(text) if self.people else ()
        return Meaning(
            {key: self.titles[key] for key in sorted(keys) if key in self.titles},
            {handle: self.people[handle] for handle in sorted(handles) if handle in self.people},
        )


def to_html(text: str, meaning: Meaning) -> str:
    """Write a text as HTML that is safe to show."""
    tokens = _markdown().parse(text)
    for token in tokens:
        if token.children is not None:
            token.children = _with_meaning(token.children, meaning)
    raw = _markdown().renderer.render(tokens, _markdown().options, {})
    return nh3.clean(raw, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener nofollow")


def _with_meaning(children: list[Token], meaning: Meaning) -> list[Token]:
    """Link keys and mark mentions in plain text, but not inside of links; show pictures that we keep."""
    result: list[Token] = []
    depth = 0
    for token in children:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and depth == 0:
            result += _split(token.content, meaning)
        elif token.type == "image" and not _OWN_PICTURE.match(str(token.attrs["src"])):
            result += _picture_elsewhere(token, inside_a_link=depth > 0)
        else:
            result.append(token)
    return result


def _picture_elsewhere(token: Token, *, inside_a_link: bool) -> list[Token]:
    source = str(token.attrs["src"])
    words = token.content or source
    return [_text(words)] if inside_a_link else _element("a", words, {"href": source})


def _split(text: str, meaning: Meaning) -> list[Token]:
    parts: list[Token] = []
    end = 0
    for found in _SPECIAL.finditer(text):
        special = _special(found, meaning)
        if special:
            parts += [_text(text[end : found.start()]), *special]
            end = found.end()
    return [*parts, _text(text[end:])]


def _special(found: "re.Match[str]", meaning: Meaning) -> list[Token]:
    if found[1] in meaning.titles:
        attributes = {"href": f"/tickets/{found[1]}", "title": meaning.titles[found[1]], "class": "ticket-link"}
        return _element("a", found[0], attributes)
    name = meaning.people.get((found[2] or "").lower())
    return _element("span", found[0], {"class": "mention", "title": name}) if name else []


def _element(tag: str, text: str, attributes: Mapping[str, str]) -> list[Token]:
    return [Token("link_open", tag, 1, attrs={**attributes}), _text(text), Token("link_close", tag, -1)]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
    made.enable(["table", "strikethrough", "linkify"])
    return made.use(use_rules)
