"""Markdown as people write it, turned into HTML that nobody can do harm with.

CommonMark with tables, strikethrough, task lists, footnotes, harmless tags and bare addresses as links (markdown-it-py,
with the rules of markdown_rules). A picture elsewhere becomes a link to it: nobody learns who reads a text. nh3 cleans
what comes out, whatever went in.

A text is read once: what it shows, which tickets and people it names, and what it says in a line come from the same
parse, and none of it depends on who reads. Between the pieces of the HTML stand the names; `with_meaning` says what
they mean to a reader (web/markdown_meaning.py). It runs in a process of its own (web/prose.py) and imports nothing of
the server.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from codimir.kit.values import Values
from codimir.web.markdown_addresses import SCHEMES
from codimir.web.markdown_footnotes import write_footnote
from codimir.web.markdown_meaning import Meaning, Reading, with_meaning
from codimir.web.markdown_names import NAME
from codimir.web.markdown_plain import plain
from codimir.web.markdown_rules import use_rules
from codimir.web.markdown_tags import BLOCKS, FORMATTING, TABLES, VOID

_TAGS = {*BLOCKS, *FORMATTING, *TABLES, *VOID, "input", "span"}
_ATTRIBUTES = {
    "a": {"href", "title", "class", "id"},
    "abbr": {"title"},
    "code": {"class"},
    "details": {"open"},
    "div": {"class"},
    "img": {"src", "alt", "title", "width", "height"},
    "input": {"type", "checked", "disabled", "aria-label", "data-line"},
    "li": {"class", "id"},
    "ol": {"start", "class"},
    "p": {"align"},
    "td": {"align", "class", "colspan", "rowspan"},
    "th": {"align", "class", "colspan", "rowspan"},
    "ul": {"class"},
}
_OWN_PICTURE = re.compile(r"/(?![/\\]|%5C)", re.IGNORECASE)
_ALIGNMENT = "text-align:"
_NOTHING = Token("", "", 0)
BYTE_ORDER_MARK = "\ufeff"
"""What programs of Windows put before a text: no part of it, as the reference implementation of CommonMark has it."""
MAX_SHORT_CELL = 20
"""So many characters of a cell stand in one line: a day, a number, a name."""
FOOTNOTES = ("footnote_ref", "footnotes_open", "footnotes_close", "note_open", "note_back", "note_close")


def read_text(text: str) -> Reading:
    """Read a text; its HTML is safe to show."""
    env: Values = {"names": [], "mark": secrets.token_hex(16), "prefix": f"note-{_short_hash(text)}-"}
    tokens = _markdown().parse(text.removeprefix(BYTE_ORDER_MARK), env)
    said = plain(tokens)
    for token, content in zip(tokens, [*tokens[1:], _NOTHING], strict=False):
        if token.children is not None:
            token.children = _with_pictures_we_keep(token.children)
        if token.type in ("th_open", "td_open"):
            _shape_cell(token, content.content)
    raw = _markdown().renderer.render(tokens, _markdown().options, env)
    html = nh3.clean(raw, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=set(SCHEMES), link_rel="noopener nofollow")
    pieces = html.split(env["mark"])
    tasks = env.get("tasks", [])
    return Reading(pieces, env["names"] if len(pieces) > 1 else [], said, (sum(tasks), len(tasks)))


def to_html(text: str, meaning: Meaning) -> str:
    """Return a text as HTML that is safe to show, with what its names mean."""
    return with_meaning(read_text(text), meaning)


def _with_pictures_we_keep(children: Sequence[Token]) -> list[Token]:
    """Replace each picture elsewhere by a link to it, or by its words inside of a link."""
    result: list[Token] = []
    depth = 0
    for token in children:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        depth += token.meta["change"] if token.meta.get("tag") == "a" else 0
        if token.type == "image" and not _OWN_PICTURE.match(str(token.attrs["src"])):
            result += _picture_elsewhere(token, inside_a_link=depth > 0)
        else:
            result.append(token)
    return result


def _picture_elsewhere(token: Token, *, inside_a_link: bool) -> list[Token]:
    source = str(token.attrs["src"])
    words = Token("text", "", 0, content=token.content or source)
    if inside_a_link:
        return [words]
    return [Token("link_open", "a", 1, attrs={"href": source}), words, Token("link_close", "a", -1)]


def _shape_cell(token: Token, content: str) -> None:
    """Say by attributes how a cell is aligned, as styles are cleaned away, and whether it stands in one line."""
    style = str(token.attrs.pop("style", ""))
    if style.startswith(_ALIGNMENT):
        token.attrs["align"] = style.removeprefix(_ALIGNMENT)
    if len(content) <= MAX_SHORT_CELL:
        token.attrs["class"] = "short"


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": True, "linkify": True, "breaks": True})
    made.enable(["table", "strikethrough", "linkify"])
    made.use(use_rules)
    made.add_render_rule(NAME, _write_name)
    made.add_render_rule("html_block", _write_html_block)
    made.add_render_rule("table_open", _open_table)
    made.add_render_rule("table_close", _close_table)
    for kind in FOOTNOTES:
        made.add_render_rule(kind, _write_footnote)
    return made


def _open_table(*_: Any) -> str:
    return '<div class="table"><table>\n'


def _close_table(*_: Any) -> str:
    return "</table></div>\n"


def _write_name(_: Any, tokens: Sequence[Token], at: int, __: Any, env: Values) -> str:
    """Write a mark that no text can hold, as it was made after the text, and remember what stands there."""
    env["names"].append(tokens[at].meta["name"])
    mark: str = env["mark"]
    return mark


def _write_html_block(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Values) -> str:
    html: str = renderer.renderInline(tokens[at].children or [], options, env)
    return html


def _write_footnote(_: Any, tokens: Sequence[Token], at: int, __: Any, env: Values) -> str:
    return write_footnote(tokens[at], env["prefix"])


def _short_hash(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=4).hexdigest()
