"""Whatever reads texts of people takes about twice as long for twice the text, whatever the text looks like."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from time import process_time
from urllib.parse import quote_plus

import pytest

from codimir.http.validation import parse_query
from codimir.kit.newlines import normalize_newlines
from codimir.kit.text import words_asked, words_in
from codimir.kit.urlencoded import parse_urlencoded
from codimir.quick.grammar import read
from codimir.tickets.schemas import TicketSearchQuery
from codimir.tickets.search.index import words_of_comment
from codimir.web.markdown import read_text
from codimir.web.markdown_meaning import Meaning, TicketLink, with_meaning
from codimir.web.notification_mail import one_line_excerpt
from codimir.web.tasks import fingerprint, with_task

Reader = Callable[[str], object]
MAX_RATIO = 2.5
TRIES = 25
RESOLUTION_SECONDS = 0.000_2
MEANING = Meaning({"WEB-45": TicketLink("WEB-45", "A title")}, {"jane": "Jane Smith"})

READERS: dict[str, tuple[int, Reader]] = {
    "Markdown": (4_096, lambda text: with_meaning(read_text(text), MEANING)),
    "fingerprint": (32_768, fingerprint),
    "task": (32_768, lambda text: with_task(text, 0, done=True)),
    "mail": (32_768, one_line_excerpt),
    "index": (32_768, words_in),
    "index of comments": (8_192, words_of_comment),
    "search": (32_768, words_asked),
    "quick line": (500, lambda text: read(text, date(2026, 3, 1))),
    "form": (32_768, lambda text: parse_urlencoded(quote_plus(text).encode(), 1_000)),
    "raw form": (32_768, lambda text: parse_urlencoded(text.encode(), 100_000)),
    "query": (1_024, lambda text: parse_query(TicketSearchQuery, b"q=" + quote_plus(text[:200]).encode())),
    "lines": (32_768, normalize_newlines),
}
"""Each with the length at which its growth shows"""

UNITS = [
    "a", "a ", "a\n", "a\n\n", " ", "\n", "\t", "\r", "aB", "A1-", "WEB-45 ", "@jane ", "@", "@a.", "a@b.co ", "1",
    "1.", "- a\n", "- [ ] a\n", "- [ ] a\n\n", "1. [x] a\n", "> a\n", ">", "- ", "# a\n", "a\n=\n", "|a|b|\n|-|-|\n",
    "|", "|-|\n", "*", "*a", "**a ", "_a_", "a**b", "~~a", "`", "`a", "```\n", "[", "]", "[]", "[a](b)", "[a](",
    "[[a](b", "![", "![a](b)", "[a]: b\n", "[a\n", "[^1]", "(", '"', "'", "<", "<a", "<a>", "<!--", '<a b="', "<b>",
    "</b>", "<b></i>", "<p>", "<p>\n", "<p>\n\n", "<pre>\n\n", "<details><summary>", "<!--\n", "- <!--\n",
    "<!-- a --> ", "<!-- a -->\n\n", "[^1]: a\n", "[^1]: ", "[^1]: [^2]\n\n", "@中", "\uff20a", "@a/", "@a:b",
    "&#64;a ", "<http://a.b>", "&", "&amp;", "&#1;", "\\", "\\*", "http://", "http://a.b/c ", "http://a.b/(",
    "http://a.b/[", "http://a.b/{", "http://a.b/'", "a://", "//a.b ", "www.", "a.co ", "a.co\n", "mailto:", "xn--",
    "http://a:b@", "%", "%41", "&a=", "+", "!", "!high ", "#bug ", "due ", '#"', "~done ", "ä", "e\u0301", "中", "ก",
    "😀", "\u200b", "\u202e", "\x1b[",
]  # fmt: skip
SHAPES: dict[str, Callable[[int], str]] = {
    **{repr(unit): lambda length, unit=unit: (unit * length)[:length] for unit in UNITS},
    "nested brackets": lambda length: "[" * (length // 2) + "]" * (length // 2),
    "nested emphasis": lambda length: "*a " * (length // 6) + "a* " * (length // 6),
    "nested lists": lambda length: "".join("  " * (line % 30) + "- a\n" for line in range(length // 33))[:length],
    "nested quotes": lambda length: "".join(">" * (line % 30) + "a\n" for line in range(length // 16))[:length],
    "growing backticks": lambda length: "".join("`" * (run % 90) + " " for run in range(length // 45))[:length],
    "different words": lambda length: " ".join(f"w{number:05}" for number in range(length // 7)),
    "different notes": lambda length: "".join(f"[^{number:05}]: [^{number:05}]\n" for number in range(length // 19)),
    "open tags": lambda length: "<b>" * (length // 7) + "</i>" * (length // 7),
    "different links": lambda length: "".join(f"[a{number:05}]: b\n" for number in range(length // 12)),
    "one wide row": lambda length: (
        "|a" * (length // 8) + "|\n" + "|-" * (length // 8) + "|\n|\n" + "|b" * (length // 8)
    ),
    "short rows": lambda length: "|a" * 20 + "|\n" + "|-" * 20 + "|\n" + "|\n" * (length // 2 - 42),
    "an open fence": lambda length: "```\n" + "a\n" * (length // 2 - 2),
    "spaces before a letter": lambda length: " " * (length - 1) + "a",
    "prose": lambda length: ("The *quick* fox, see https://a.co/b and WEB-45.\n\n" * length)[:length],
}


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the collector of garbage from taking time for what others left."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _seconds(reader: Reader, text: str) -> float:
    start = process_time()
    reader(text)
    return process_time() - start


def grows_linearly(reader: Reader, shape: Callable[[int], str], length: int) -> bool:
    """Say whether twice the text takes at most 2.5 times the processor time.

    Whatever else the machine does can only make one reading slower, so the fastest of up to 25 readings count.
    """
    once, twice = shape(length), shape(2 * length)
    fastest_once = fastest_twice = float("inf")
    with _no_collection():
        for _ in range(TRIES):
            fastest_once = min(fastest_once, _seconds(reader, once))
            fastest_twice = min(fastest_twice, _seconds(reader, twice))
            if fastest_twice <= MAX_RATIO * fastest_once + RESOLUTION_SECONDS:
                return True
    return False


@pytest.mark.parametrize("name", READERS)
def test_twice_the_text_takes_about_twice_the_time(name: str) -> None:
    length, reader = READERS[name]
    slow = [shape for shape, make in SHAPES.items() if not grows_linearly(reader, make, length)]
    assert slow == []


def test_the_square_of_the_length_is_noticed() -> None:
    def looks_back(text: str) -> int:
        return sum(text.count("b", 0, end) for end in range(0, len(text), 8))

    assert not grows_linearly(looks_back, lambda length: "a" * length, 16_384)
