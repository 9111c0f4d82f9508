"""Tags of HTML in Markdown: those that do no harm are kept, comments are not seen, all others stand there as text.

A tag is written anew with the attributes that it may have, so that no text brings classes, ids or styles of its own.
Tags of formatting count in pairs within a paragraph; one without its other half is text. A text in which `<String>` or
an unfinished `<!--` is meant as it stands loses nothing.
"""

import re
from collections import Counter
from html import escape, unescape

from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from codimir.web.markdown_addresses import is_harmless_address

FORMATTING = frozenset({
    "a", "abbr", "b", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small",
    "strike", "strong", "sub", "sup", "tt", "u", "var",
})  # fmt: skip
VOID = frozenset({"br", "hr", "img", "wbr"})
BLOCKS = frozenset({
    "blockquote", "center", "dd", "details", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "summary", "ul",
})  # fmt: skip
TABLES = frozenset({"caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"})
"""These count only where a line begins with a tag: in the midst of a paragraph they would tear the text apart."""
NUMBER = re.compile(r"[0-9]{1,4}")
ALIGNMENT = re.compile("left|right|center")
ATTRIBUTES: dict[str, dict[str, "re.Pattern[str]"]] = {
    "a": {"title": re.compile(r".*", re.DOTALL)},
    "abbr": {"title": re.compile(r".*", re.DOTALL)},
    "details": {"open": re.compile(r".*", re.DOTALL)},
    "ol": {"start": NUMBER},
    "p": {"align": ALIGNMENT},
    "td": {"align": ALIGNMENT, "colspan": NUMBER, "rowspan": NUMBER},
    "th": {"align": ALIGNMENT, "colspan": NUMBER, "rowspan": NUMBER},
}
"""Which attributes a tag may have, and of what form; an address of a link is looked at by itself."""
_VALUE = r"""(?:[^\s"'=<>`]{1,2048}+|'[^']{0,2048}+'|"[^"]{0,2048}+")"""
_ATTRIBUTE = re.compile(rf"\s++([A-Za-z_:][\w:.-]{{0,63}}+)(?:\s*+=\s*+({_VALUE}))?+")
_TAG = re.compile(
    r"<(/?)([A-Za-z][A-Za-z0-9]{0,15}+)"
    rf"((?:\s++[A-Za-z_:][\w:.-]{{0,63}}+(?:\s*+=\s*+{_VALUE})?+){{0,32}}+)\s*+/?>"
)
_COMMENT, _COMMENT_END = "<!--", "-->"
_COMMENTS = re.compile(rf"(?:\s*+{_COMMENT}.*?{_COMMENT_END})*+\s*+")
_PRE_END = "</pre>"
_BLOCK = re.compile(rf"</?({'|'.join(sorted(BLOCKS | TABLES))})(?=[\s/>]|$)", re.IGNORECASE)
_PIECE = re.compile(rf"{_COMMENT}|{_TAG.pattern}")


def read_inline_tag(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as markdown-it calls it
    """Read a tag or a comment within a paragraph."""
    if state.src[state.pos] != "<":
        return False
    if state.src.startswith(_COMMENT, state.pos):
        return _skip_comment(state)
    found = _TAG.match(state.src, state.pos, state.posMax)
    if found is None or found[2].lower() in TABLES:
        return False
    token = _token(found[1], found[2].lower(), found[3], found[0])
    if token is None:
        return False
    if not silent:
        pushed = state.push(token.type, token.tag, 0)
        pushed.content, pushed.meta, pushed.attrs, pushed.children = (
            token.content, token.meta, token.attrs, token.children,
        )  # fmt: skip
        state.linkLevel += token.meta.get("change", 0) if token.meta.get("tag") == "a" else 0
    state.pos = found.end()
    return True


def read_html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as it calls it
    """Read a comment, or lines that begin with a tag of blocks, up to a blank line."""
    at = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith("<", at):
        return False
    if state.src.startswith(_COMMENT, at):
        return _read_comment(state, start, end, silent=silent)
    found = _BLOCK.match(state.src, at, state.eMarks[start])
    if found is None or silent:
        return found is not None
    last = start + 1
    closing = _find(state, start, end, _PRE_END, at) if found[1].lower() == "pre" else None
    while last < end and (closing is not None or not state.isEmpty(last)) and state.sCount[last] >= state.blkIndent:
        if closing is not None and last > closing[0]:
            break
        last += 1
    token = state.push("html_block", "", 0)
    token.map = [start, last]
    token.content = state.getLines(start, last, state.blkIndent, True)
    token.children = _tokens_of(token.content)
    state.line = last
    return True


def pair_tags(state: StateCore) -> None:
    """Turn each tag of formatting without its other half in the same paragraph into text."""
    for token in state.tokens:
        if token.children and token.type in ("inline", "html_block"):
            for lone in _unpaired(token.children):
                lone.type, lone.content, lone.meta = "text", lone.meta["source"], {}


def _skip_comment(state: StateInline) -> bool:
    if state.html_terminator_last(_COMMENT_END) < state.pos:
        return False
    end = state.src.find(_COMMENT_END, state.pos + len(_COMMENT), state.posMax)
    if end < 0:
        return False
    state.pos = end + len(_COMMENT_END)
    return True


def _read_comment(state: StateBlock, start: int, end: int, *, silent: bool) -> bool:
    """Skip a comment; what follows it in its last line is read on. One without an end is none."""
    at = state.bMarks[start] + state.tShift[start] + len(_COMMENT)
    found = _find(state, start, end, _COMMENT_END, at)
    if found is None:
        return False
    line, after = found
    rest = state.src[after : state.eMarks[line]].strip()
    rest = _COMMENTS.sub("", rest, count=1)
    if rest and line == start:
        return False  # a paragraph, which begins with a comment
    if not silent:
        state.line = line + 1
        _push_paragraph(state, rest, line)
    return True


def _push_paragraph(state: StateBlock, text: str, line: int) -> None:
    if text:
        state.push("paragraph_open", "p", 1).map = [line, line + 1]
        inline = state.push("inline", "", 0)
        inline.content, inline.map, inline.children = text, [line, line + 1], []
        state.push("paragraph_close", "p", -1)


def _find(state: StateBlock, start: int, end: int, words: str, at: int) -> tuple[int, int] | None:
    """Find words in the lines of the block that begins in a line: the line, and the place behind them.

    Where they were not found once, nobody looks again from a line in between.
    """
    missing = state.env.setdefault(words, {"until": -1, "indent": 0})
    if start < missing["until"] and state.blkIndent >= missing["indent"]:
        return None
    for line in range(start, end):
        if line > start and state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            break
        found = state.src.find(words, at if line == start else state.bMarks[line], state.eMarks[line])
        if found >= 0:
            return line, found + len(words)
    missing.update(until=end, indent=state.blkIndent)
    return None


def _tokens_of(html: str) -> list[Token]:
    """Cut HTML into tags and the text between them."""
    tokens, end = [], 0
    last_comment_end = html.rfind(_COMMENT_END)
    while found := _PIECE.search(html, end):
        tokens.append(_text(html[end : found.start()]))
        end = found.end()
        if found[0] != _COMMENT:
            tokens.append(_token(found[1], found[2].lower(), found[3], found[0]) or _text(found[0]))
        elif end <= last_comment_end:
            end = html.index(_COMMENT_END, end) + len(_COMMENT_END)
        else:
            tokens.append(_text(found[0]))
    return [*tokens, _text(html[end:])]


def _token(closing: str, tag: str, attributes: str, source: str) -> Token | None:
    """Build a token of a tag that may be there; None for any other."""
    if tag not in FORMATTING | VOID | BLOCKS | TABLES:
        return None
    values = {} if closing else {found[1].lower(): _value(found[2]) for found in _ATTRIBUTE.finditer(attributes)}
    if tag == "img":
        return _picture(values) if values.get("src") else None
    change = 0 if tag in VOID else -1 if closing else 1
    return Token(
        "html_inline", "", 0, content=_written(closing, tag, values),
        meta={"tag": tag, "change": change, "source": source},
    )  # fmt: skip


def _written(closing: str, tag: str, values: dict[str, str]) -> str:
    allowed = ATTRIBUTES.get(tag, {})
    kept = {name: value for name, value in values.items() if name in allowed and allowed[name].fullmatch(value)}
    if tag == "a" and not closing:
        if not is_harmless_address(values.get("href", "")):
            return ""
        kept["href"] = values["href"]
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in kept.items())
    return f"<{closing}{tag}{attributes}>"


def _picture(values: dict[str, str]) -> Token:
    words = values.get("alt", "")
    size = {name: values[name] for name in ("width", "height") if NUMBER.fullmatch(values.get(name, ""))}
    attributes: dict[str, str | int | float] = {"src": values["src"], "alt": "", **size}
    return Token("image", "img", 0, content=words, children=[Token("text", "", 0, content=words)], attrs=attributes)


def _value(written: str | None) -> str:
    value = written or ""
    return unescape(value[1:-1] if value[:1] in ("'", '"') else value)


def _unpaired(children: list[Token]) -> list[Token]:
    open_ones: list[Token] = []
    lone: list[Token] = []
    opened: Counter[str] = Counter()
    for token in children:
        tag = token.meta.get("tag")
        if tag not in FORMATTING:
            continue
        if token.meta["change"] > 0:
            open_ones.append(token)
            opened[tag] += 1
        elif not opened[tag]:
            lone.append(token)
        else:
            while (last := open_ones.pop()).meta["tag"] != tag:
                lone.append(last)
                opened[last.meta["tag"]] -= 1
            opened[tag] -= 1
    return lone + open_ones


def _text(html: str) -> Token:
    return Token("text", "", 0, content=unescape(html))
