"""Rules of Markdown whose time grows with the text and not with its square, and by which no words of it are lost.

They take the place of rules of markdown-it-py 4.3, linkify-it-py 2.2 and mdit-py-plugins 0.7, which look back or ahead
through the whole text at each item, each bracket of an address, each `://` and each short row.
"""

import re
from collections.abc import Callable, Iterator
from html import escape

from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block, reference, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from codimir.web.markdown_addresses import is_bare_address, is_harmless_address, without_closing_marks
from codimir.web.markdown_footnotes import gather_notes, read_note, read_reference
from codimir.web.markdown_names import SILENT_TAGS, mark_names
from codimir.web.markdown_tags import pair_tags, read_html_block, read_inline_tag

MAX_ADDRESS = 2048
"""A longer run of characters without a space is no address, however it begins."""
MAX_EXTRA_CELLS = 1000
"""How many more cells than characters the tables of a text may have; short rows are filled up to the widest."""

MAX_LEVEL = 17
"""How deep quotations, lists and notes are nested; what markdown-it finds below 20 levels it drops, here it is text."""

Rule = Callable[[StateBlock, int, int, bool], bool]
_DEFINITION = re.compile(r"\[[^\]]*\]:\s*(?:<|\S*[/#:.]|$)")
_TASK = re.compile(r"\[([ xX])\][ \t\n\v\f\r]+")
_CHECKBOX = '<input aria-label="{}"{} disabled="disabled" type="checkbox" data-line="{}">'
_MAX_LABEL_LENGTH = 100
_TOO_LONG = re.compile(rf"\S{{{MAX_ADDRESS + 1},}}")
_SCHEME = re.compile(r"(?:^|[^a-z0-9.+-])((?:https?|ftp))$", re.IGNORECASE)
_MAX_SCHEME_LENGTH = 5
_SCHEME_OF_NONE = "http://"


def use_rules(made: MarkdownIt) -> None:
    """Let a parser know task lists, addresses, tables, tags, footnotes and names."""
    made.linkify = LinkifyIt()
    made.validateLink = is_harmless_address  # type: ignore[assignment,method-assign]
    made.inline.ruler.at("linkify", link_scheme)
    made.inline.ruler.at("html_inline", read_inline_tag)
    made.inline.ruler.before("link", "footnotes", read_reference)
    made.core.ruler.at("linkify", link_addresses)
    for name, rule in (("pair_tags", pair_tags), ("footnotes", gather_notes), ("task_lists", mark_tasks)):
        made.core.ruler.before("linkify", name, rule)
    made.core.ruler.before("text_join", "names", mark_names)
    made.block.ruler.at("table", read_table, {"alt": ["paragraph", "reference"]})
    made.block.ruler.at("html_block", read_html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    made.block.ruler.at("blockquote", _not_too_deep(blockquote), {"alt": [*_ENDED_BY_QUOTES]})
    made.block.ruler.at("list", _not_too_deep(list_block), {"alt": ["paragraph", "reference", "blockquote"]})
    made.block.ruler.at("reference", read_definition)
    made.block.ruler.before("reference", "footnotes", _not_too_deep(read_note), {"alt": ["paragraph", "reference"]})


_ENDED_BY_QUOTES = ("paragraph", "reference", "blockquote", "list")


def read_definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as it calls it
    """Read what a name in brackets leads to, `[docs]: https://…`; `[note]: later` leads nowhere and is text."""
    at = state.bMarks[start] + state.tShift[start]
    return bool(_DEFINITION.match(state.src, at, state.eMarks[start])) and reference(state, start, end, silent)


def _not_too_deep(rule: Rule) -> Rule:
    """Return a rule that leaves what is nested too deep as text."""

    def read(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as markdown-it calls it
        return state.level < MAX_LEVEL and rule(state, start, end, silent)

    return read


def mark_tasks(state: StateCore) -> None:
    """Turn `[ ]` and `[x]` at the beginning of an item into a box, and mark the item and its list."""
    lists: list[Token] = []
    for item, paragraph, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if item.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(item)
        elif item.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif item.type == "list_item_open" and paragraph.type == "paragraph_open" and _mark_task(inline):
            item.attrSet("class", "task-list-item")
            tasks = state.env.setdefault("tasks", [])
            tasks.append(inline.content.startswith(("[x]", "[X]")))
            lists[-1].attrSet("class", "contains-task-list")


def _mark_task(inline: Token) -> bool:
    children = inline.children or []
    found = _TASK.match(inline.content)
    if found is None or children[0].type != "text":
        return False
    children[0].content = children[0].content[found.end(1) + 1 :]
    label = "".join(child.content for child in children if child.type in ("text", "code_inline"))[:_MAX_LABEL_LENGTH]
    checked = ' checked="checked"' if found[1] in "xX" else ""
    box = _CHECKBOX.format(escape(label.strip() or "Task"), checked, (inline.map or [0])[0])
    children.insert(0, Token("html_inline", "", 0, content=box))
    return True


def link_scheme(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as markdown-it calls it
    """Link an address that begins with its scheme, before the rules of emphasis see what it holds."""
    if silent or state.linkLevel > 0 or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.pending[-_MAX_SCHEME_LENGTH - 1 :])
    if scheme is None:
        return False
    start = state.pos - len(scheme[1])
    found = _linkify(state.md).match_at_start(state.src[start : start + MAX_ADDRESS + 1])
    if found is None or found.last_index > MAX_ADDRESS:
        return False
    address = without_closing_marks(found.url).rstrip("*")  # which may end an emphasis
    target = state.md.normalizeLink(address)
    if not state.md.validateLink(target):
        return False
    state.pending = state.pending[: -len(scheme[1])]
    state.push("link_open", "a", 1).attrs = {"href": target}
    state.push("text", "", 0).content = state.md.normalizeLinkText(address)
    state.push("link_close", "a", -1)
    state.pos = start + len(address)
    return True


def link_addresses(state: StateCore) -> None:
    """Link the addresses that stand in plain text, but not inside of links."""
    for token in state.tokens:
        if token.type in ("inline", "html_block") and token.children and _linkify(state.md).pretest(token.content):
            token.children = list(_with_links(state.md, token.children))


def _with_links(made: MarkdownIt, children: list[Token]) -> Iterator[Token]:
    depth = 0
    before = ""
    for token in children:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        depth += token.meta["change"] if token.meta.get("tag") in SILENT_TAGS else 0
        if token.type == "text" and depth == 0:
            yield from _split(made, token, is_escaped=before == "text_special")
        else:
            yield token
        before = token.type


def _split(made: MarkdownIt, token: Token, *, is_escaped: bool) -> Iterator[Token]:
    """Cut a text at its addresses; one right after an escaped character is none."""
    text, end = token.content, 0
    for found in _linkify(made).match(_TOO_LONG.sub(lambda run: " " * len(run[0]), text)) or []:
        _end_at_closing_mark(found)
        target = made.normalizeLink(found.url)
        is_none = not found.schema and not is_bare_address(found.text)
        if is_none or (is_escaped and found.index == 0) or not made.validateLink(target):
            continue
        yield Token("text", "", 0, content=text[end : found.index], level=token.level)
        yield from _link(target, _shown(made, found), token.level)
        end = found.last_index
    yield Token("text", "", 0, content=text[end:], level=token.level)


def _end_at_closing_mark(found: Match) -> None:
    left_out = len(found.text) - len(without_closing_marks(found.text))
    if left_out:
        found.last_index -= left_out
        found.text, found.url = found.text[:-left_out], found.url[:-left_out]


def _shown(made: MarkdownIt, found: Match) -> str:
    """Write an address as people read it: without escapes; one without a scheme is read with one for that."""
    if found.schema:
        return made.normalizeLinkText(found.text)
    return made.normalizeLinkText(_SCHEME_OF_NONE + found.text).removeprefix(_SCHEME_OF_NONE)


def _link(target: str, shown: str, level: int) -> list[Token]:
    return [
        Token("link_open", "a", 1, attrs={"href": target}, level=level),
        Token("text", "", 0, content=shown, level=level + 1),
        Token("link_close", "a", -1, level=level),
    ]


def read_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as markdown-it calls it
    """Read a table, unless it and those before it would have many more cells than the text has characters."""
    if not table(state, start, end, True):
        return False
    return silent or (not _is_blown_up(state, start) and table(state, start, end, False))


def _is_blown_up(state: StateBlock, start: int) -> bool:
    """Count the cells that a table has at most beyond its characters, together with those of the tables before it."""
    ends = state.env.get("paragraph_ends") or state.env.setdefault("paragraph_ends", _paragraph_ends(state.src))
    last = ends[start]
    columns = state.src.count("|", state.bMarks[start], state.eMarks[start]) + 1
    extra = columns * (last - start) - (state.eMarks[last - 1] - state.bMarks[start])
    state.env["extra_cells"] = state.env.get("extra_cells", 0) + max(0, extra)
    return bool(state.env["extra_cells"] > MAX_EXTRA_CELLS)


def _paragraph_ends(source: str) -> list[int]:
    """Return for each line the first line after it that is blank, or the end of the text."""
    lines = source.split("\n")
    ends, end = [0] * len(lines), len(lines)
    for number in range(len(lines) - 1, -1, -1):
        if not lines[number].strip():
            end = number
        ends[number] = max(end, number + 1)
    return ends


def _linkify(made: MarkdownIt) -> LinkifyIt:
    assert made.linkify is not None  # noqa: S101 - use_rules made it
    return made.linkify
