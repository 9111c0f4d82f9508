"""Markdown as people write it, turned into HTML that nobody can do harm with.

CommonMark with tables, strikethrough, task lists and bare addresses as links (markdown-it-py); keys such as WEB-45 lead
to their tickets where the reader sees those, and mentions are marked. A picture elsewhere becomes a link to it: nobody
learns who reads a text. nh3 cleans what comes out, whatever went in.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

import nh3
import sqlalchemy as sa
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.tasklists import tasklists_plugin

from codimir.access.actor import Actor
from codimir.access.scoping import visible_containers
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.tickets.tables import tickets
from codimir.users.mentions import MENTION, find_mentioned, handles_in
from codimir.users.schemas import Person

KEY = re.compile(r"(?<![\w/-])([A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8})(?![\w-])")
MOST_KEYS = 200
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
_CHECKBOX = '<input class="task-list-item-checkbox"'
_CHECKBOX_WITH_NAME = f'{_CHECKBOX} aria-label="Task"'
_OWN_PICTURE = re.compile(r"/(?![/\\]|%5C)", re.IGNORECASE)
_SCHEMES = {"http", "https", "mailto"}


def plain(text: str) -> str:
    """Give what a text says in one line, without what it quotes and without its marks."""
    own = [line for line in text.splitlines() if not line.lstrip().startswith((">", "```"))]
    return " ".join(" ".join(_MARKS.sub("", line) for line in own or text.splitlines()).split())


class Meaning:
    """What the keys and the handles of texts mean to whoever reads them."""

    def __init__(self, titles: Mapping[str, str], people: Mapping[str, Person]) -> None:
        self.titles = titles
        self.people = people


async def find_meaning(tx: Transaction, actor: Actor, workspace_id: str, texts: Sequence[str]) -> Meaning:
    """Look up which keys in texts are tickets that the actor sees, and who is mentioned."""
    keys = sorted({key for text in texts for key in KEY.findall(text)})[:MOST_KEYS]
    values = {"keys": keys, "actor_id": actor.id, "workspaces": list(actor.workspaces)}
    rows = await tx.all(_titles(all_of_them=actor.is_admin), **values) if keys else []
    handles = {handle for text in texts for handle in handles_in(text)}
    return Meaning({row[0]: row[1] for row in rows}, await find_mentioned(tx, workspace_id, handles))


def to_html(text: str, meaning: Meaning) -> Markup:
    """Write a text as HTML."""
    tokens = _markdown().parse(text)
    for token in tokens:
        if token.children is not None:
            token.children = _with_meaning(token.children, meaning)
    raw = _markdown().renderer.render(tokens, _markdown().options, {}).replace(_CHECKBOX, _CHECKBOX_WITH_NAME)
    clean = nh3.clean(raw, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener nofollow")
    return Markup(clean)  # noqa: S704 - nh3 has cleaned it


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
    person = meaning.people.get((found[2] or "").lower())
    return _element("span", found[0], {"class": "mention", "title": person.name}) if person else []


def _element(tag: str, text: str, attributes: Mapping[str, str]) -> list[Token]:
    return [Token("link_open", tag, 1, attrs={**attributes}), _text(text), Token("link_close", tag, -1)]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
    made.enable(["table", "strikethrough", "linkify"])
    return made.use(tasklists_plugin)


@cache
def _titles(*, all_of_them: bool) -> Statement:
    found = sa.select(tickets.c.key, tickets.c.title).where(
        is_any_of(tickets.c.key, "keys"), tickets.c.deleted_at.is_(None)
    )
    return Statement(found if all_of_them else found.where(tickets.c.container_id.in_(visible_containers())))
