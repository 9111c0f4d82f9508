"""What holds for any text, tried on bodies of the corpus and on what people put together from the marks of Markdown."""

import re
from html import unescape
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from codimir.kit.newlines import normalize_newlines
from codimir.kit.text import asked, words_in
from codimir.web.markdown import read_text
from codimir.web.tasks import with_task
from tests.reality.bodies import TITLES, body_of

SEEDS = st.integers(0, 10_000)
LINES = (
    "- [ ] a", "* [x] b", "1. [ ] c", "10) [X] d", "> - [ ] e", "  - [ ] f", "    - [ ] g", "\t- [ ] h", "- - [ ] i",
    "- [ ]", "-   [ ] j", "- [ ] [ ] k", "- **[ ]** l", "- \\[ ] m", "> [ ] n", "- > [ ] o", "[^1]: - [ ] p", "q[^1]",
    "words", "", "===", "```", "<details>", "<summary>- [ ] r</summary>", "</details>", "| - [ ] s |", "|---|", "<!--",
    "-->", "- [\u00a0] t", "\x0c- [ ] u", "\u2028- [ ] v",
)  # fmt: skip
bodies = SEEDS.map(body_of).map(normalize_newlines)
lines = st.lists(st.sampled_from(LINES), min_size=1, max_size=8).map("\n".join)
scraps = st.builds(str.__add__, st.sampled_from(("", "\ufeff")), lines)
leaves = st.sampled_from(
    (
        "{w} {w}", "# {w}", "{w}\n===", "| {w} | {w} |\n|---|:-:|\n| {w} | **{w}** |", "```py\n{w}\n```",
        "{w}\n\n    {w}",
        "`{w}` **{w}** _{w}_ ~~{w}~~ [{w}](http://a.example) <kbd>{w}</kbd>", "<!-- hint -->\n{w}", "{w}  \n{w}\\\n{w}",
    )
)  # fmt: skip


def _in_front(marks: tuple[str, str], text: str) -> str:
    first, others = marks
    return first + text.replace("\n", f"\n{others}")


def _around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    marks = st.sampled_from((("> ", "> "), ("- [ ] ", "  "), ("1. ", "   "), ("{w}[^{n}]\n\n[^{n}]: ", "    ")))
    several = st.lists(inner, min_size=1, max_size=3).map("\n\n".join)
    details = several.map("<details>\n<summary>{{w}}</summary>\n\n{}\n\n</details>".format)
    return st.builds(_in_front, marks, several) | details


nested = st.recursive(leaves, _around, max_leaves=8)


def _numbered(text: str) -> str:
    """Write another word, and another name of a note, wherever one belongs."""
    number, note = count(1), count(1)
    named = re.sub(r"\{n\}(.*?)\{n\}", lambda found: f"n{(at := next(note))}{found[1]}n{at}", text, flags=re.DOTALL)
    return re.sub(r"\{w\}", lambda _: f"w{next(number)}z", named)


def shown(text: str) -> str:
    """Return what a page says of a text."""
    return unescape(re.sub(r"<[^>]*>", " ", "".join(read_text(text).pieces)))


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(scraps | bodies)
def test_every_box_that_is_shown_is_ticked_and_nothing_else_changes(text: str) -> None:
    reading = read_text(text)
    lines = [int(line) for line in re.findall(r'data-line="(\d+)"', "".join(reading.pieces))]
    assert len(set(lines)) == len(lines) == reading.tasks[1]
    for line in lines:
        done, still_open = (with_task(text, line, done=done) for done in (True, False))
        assert done is not None
        assert still_open is not None
        assert sum(one != other for one, other in zip(done, still_open, strict=True)) == 1
        assert read_text(done).tasks == (read_text(still_open).tasks[0] + 1, len(lines))


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(nested.map(_numbered))
def test_no_word_is_lost_on_the_page_or_in_the_line_of_it(text: str) -> None:
    words = re.findall(r"w\d+z", text)
    assert re.findall(r"w\d+z", shown(text)) != []
    assert set(re.findall(r"w\d+z", shown(text))) == set(words)
    said = read_text(text).plain
    assert said
    assert set(re.findall(r"w\d+z", said)) <= set(words)
    assert not re.search(r"<!--|</|\[\^|\*\*|\]\(", said)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(bodies | st.sampled_from(tuple(TITLES)))
def test_every_word_that_is_asked_for_as_it_is_written_is_in_the_index(text: str) -> None:
    known = set(words_in(text))
    for written in set(text.split()):
        for spelling in (written, written.lower(), written.upper(), written.strip(".,:;()[]`'\"")):
            for wanted in asked(spelling):
                parts = [each for each in wanted.parts if each not in known]
                assert wanted.word in known or (wanted.parts and not parts), (written, wanted)
