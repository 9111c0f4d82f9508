r"""Names in texts: the keys of tickets and the handles of people, found in what Markdown was parsed to.

It is the only place that finds them: what a page links and marks, whom it tells, and what is looked up follow from it.
Code, links, addresses, comments, escaped characters (`\@ed`) name nothing, and a quotation mentions nobody: it repeats
what somebody else wrote.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from codimir.users.handles import MENTION, handles_in
from codimir.web.markdown_meaning import KEY, Name

MAX_NAMES = 500
"""Of one text so many names are found; further ones are text, and tell nobody."""
NAME = "name"
"""The type of a token that holds a name."""
SILENT_TAGS = frozenset({"a", "code", "pre", "kbd", "samp", "tt"})
"""What stands in one of these tags names nothing."""
QUOTE = "blockquote"
_SPECIAL = re.compile(f"{KEY.pattern}|{MENTION.pattern}")


def mark_names(state: StateCore) -> None:
    """Give each name a token of its own."""
    finder = _Finder()
    for token in state.tokens:
        if token.type in ("blockquote_open", "blockquote_close"):
            finder.quotes += token.nesting
        elif token.children and token.type in ("inline", "html_block"):
            token.children = list(finder.split(token.children))


class _Finder:
    """Finds names in the tokens of one text, one after the other."""

    def __init__(self) -> None:
        self.quotes = 0
        self._links = 0
        self._silent_tags = 0
        self._found = 0

    def split(self, children: list[Token]) -> Iterator[Token]:
        """Yield the tokens, with those of texts cut at their names."""
        run: list[Token] = []
        for token in children:
            if token.type in ("text", "text_special") and not self._links and not self._silent_tags:
                run.append(token)
                continue
            yield from self._split(run)
            run = []
            self._follow(token)
            yield token
        yield from self._split(run)

    def _follow(self, token: Token) -> None:
        """Notice what begins or ends at a token."""
        self._links += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        tag, change = token.meta.get("tag"), token.meta.get("change", 0)
        if tag in SILENT_TAGS:
            self._silent_tags = max(0, self._silent_tags + change)
        elif tag == QUOTE:
            self.quotes = max(0, self.quotes + change)

    def _split(self, run: list[Token]) -> Iterator[Token]:
        text = "".join(token.content for token in run)
        escaped = _escaped_in(run)
        end = 0
        for found in _SPECIAL.finditer(text):
            if self._found >= MAX_NAMES:
                break
            name = self._name(found)
            if name is None or bisect_left(escaped, found.start()) < bisect_left(escaped, found.end()):
                continue
            self._found += 1
            yield Token("text", "", 0, content=text[end : found.start()])
            yield Token(NAME, "", 0, content=name.text, meta={"name": name})
            end = found.start() + len(name.text)
        yield Token("text", "", 0, content=text[end:])

    def _name(self, found: "re.Match[str]") -> Name | None:
        if found[1]:
            return Name(found[0], key=found[1])
        handles = [] if self.quotes else handles_in(found[2])
        return Name(found[0][: 1 + len(handles[0])], handles=handles) if handles else None


def _escaped_in(run: list[Token]) -> list[int]:
    """Return where in a run the characters stand that a backslash or an entity wrote."""
    places, at = [], 0
    for token in run:
        if token.type == "text_special":
            places.append(at)
        at += len(token.content)
    return places
