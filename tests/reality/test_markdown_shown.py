"""Texts from other trackers are shown whole: nothing of them is lost, and nothing stands there that was not meant."""

import re

import pytest

from codimir.web.markdown import read_text, to_html
from codimir.web.markdown_meaning import Meaning
from codimir.web.markdown_rules import MAX_LEVEL


def html_of(text: str) -> str:
    return to_html(text, Meaning())


class TestAddresses:
    @pytest.mark.parametrize(
        "text",
        [
            "README.md, main.py, setup.sh", "configure.ac:45", "pb.cc/pb.h", "user.id is parent.id", "libm.so",
            "System.Net", "ASP.NET", "resume.so?", "e.g. this.is", "Makefile.am", "config.rs/x", "docs/README.md",
        ],
    )  # fmt: skip
    def test_names_of_files_are_text(self, text: str) -> None:
        assert html_of(text) == f"<p>{text}</p>\n"

    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("example.com", "http://example.com"),
            ("see forum.example.org/t/1?a=b.", "http://forum.example.org/t/1?a=b"),
            ("www.example.md", "http://www.example.md"),
            ("https://example.py/a", "https://example.py/a"),
            ("参照https://example.com/a。", "https://example.com/a"),
            ("https://example.com/a\u0964 हाँ", "https://example.com/a"),
            ("www.example.com/a\u061f نعم", "http://www.example.com/a"),
            ("https://example.com/a\u1362", "https://example.com/a"),
            ("https://example.com/a\u06d4", "https://example.com/a"),
            ("\uff08www.example.com/a\uff09\u3001", "http://www.example.com/a"),
            ("「https://example.com」と", "https://example.com"),
            ("me@example.co", "mailto:me@example.co"),
            ("<details>\nhttps://example.com\n</details>", "https://example.com"),
        ],
    )
    def test_what_is_meant_as_an_address_is_a_link(self, text: str, address: str) -> None:
        assert f'<a href="{address}"' in html_of(text)

    @pytest.mark.parametrize("address", ["tel:+49123", "ftp://example.com/a", "sftp://example.com", "mailto:a@b.co"])
    def test_addresses_of_other_kinds_lead_there(self, address: str) -> None:
        assert html_of(f"[a]({address})") == f'<p><a href="{address}" rel="noopener nofollow">a</a></p>\n'

    @pytest.mark.parametrize("address", ["vscode://file", "javascript:x", "data:text/html,x", "C:\\x", "localhost:80"])
    def test_what_leads_nowhere_is_no_link(self, address: str) -> None:
        assert "<a" not in html_of(f"[a]({address})") + html_of(f'<a href="{address}">a</a>')


class TestTags:
    @pytest.mark.parametrize(
        "text",
        [
            "<!-- hint -->\nhello", "hello\n\n<!-- several\n\n- lines\n\n-->", "<!-- hint --> hello", "he<!-- x -->llo",
            "<!-- a --><!-- b -->\nhello", "hello <!-- at\nthe end -->",
        ],
    )  # fmt: skip
    def test_comments_are_not_seen(self, text: str) -> None:
        assert html_of(text).replace("\n", "").replace(" ", "") == "<p>hello</p>"

    @pytest.mark.parametrize(
        "text", ["<!-- hello", "- <!-- hello\n\nworld -->", "a <!-- b", "`<!-- a -->`", "    <!-- a -->"]
    )
    def test_what_is_no_comment_is_not_lost(self, text: str) -> None:
        assert "&lt;!--" in html_of(text)

    def test_details_hold_markdown(self) -> None:
        html = html_of("<details open>\n<summary>Log <kbd>F1</kbd></summary>\n\n- **a**\n\n</details>\n\nafter")
        assert html.startswith('<details open="">\n<summary>Log <kbd>F1</kbd></summary>')
        assert "<strong>a</strong>" in html
        assert html.endswith("</details>\n<p>after</p>\n")

    @pytest.mark.parametrize(
        "html",
        ["<kbd>Ctrl</kbd>", "H<sub>2</sub>O", "x<sup>2</sup>", "a<br>b", "<b>a</b>", "<mark>a</mark>", "<u>a</u>"],
    )
    def test_harmless_tags_are_kept(self, html: str) -> None:
        assert html_of(html) == f"<p>{html}</p>\n"

    @pytest.mark.parametrize(
        "text",
        [
            "List<String> x",
            "<b>only begun",
            "ended</b>",
            "</kbd>",
            "a <table> b",
            "<T extends U>",
            "<std::vector>",
            "a < b",
        ],
    )
    def test_what_is_no_tag_that_we_know_is_text(self, text: str) -> None:
        html = html_of(text)
        assert html == f"<p>{text.replace('<', '&lt;').replace('>', '&gt;')}</p>\n"

    def test_a_tag_left_open_ends_with_its_paragraph(self) -> None:
        assert html_of("<code>a\n\nb").endswith("<p>b</p>\n")

    @pytest.mark.parametrize(
        "text", ['<p align="center">a</p>', '<table><tr><td align="right" colspan="2">a</td></tr></table>']
    )
    def test_alignment_of_raw_tags_is_kept(self, text: str) -> None:
        assert re.findall(r'(?:align|colspan)="\w+"', html_of(text)) == re.findall(r'(?:align|colspan)="\w+"', text)

    @pytest.mark.parametrize(
        "text",
        [
            '<kbd class="modal" id="content" style="position:fixed" onclick="x">a</kbd>',
            '<div class="modal" hx-get="/" data-panel hidden>a</div>',
            '<a href="https://a.co" class="button" target="_top" id="x">a</a>',
            '<details id="x" ontoggle="x"><summary class="y">a</summary></details>',
        ],
    )
    def test_a_text_brings_no_class_and_no_script_of_its_own(self, text: str) -> None:
        html = html_of(text)
        assert not re.search(r"\b(?:class|id|style|hx-\w+|data-\w+|on\w+|target|hidden)\b", html)

    def test_a_picture_elsewhere_is_a_link(self) -> None:
        html = html_of('<img width="50" src="https://example.com/a.png" alt="A plan">')
        assert html == '<p><a href="https://example.com/a.png" rel="noopener nofollow">A plan</a></p>\n'

    def test_a_picture_of_ours_is_shown_in_its_size(self) -> None:
        html = html_of('<img width="50" src="/api/tickets/t/attachments/a" onerror="x" alt="A plan">')
        assert html == '<p><img src="/api/tickets/t/attachments/a" alt="A plan" width="50"></p>\n'


class TestByteOrderMark:
    @pytest.mark.parametrize("text", ["## a", "- [ ] a", "| a |\n|---|\n| b |", "> a", "~~~\na\n~~~", "a"])
    def test_what_stands_behind_it_is_read_as_without(self, text: str) -> None:
        assert html_of(f"\ufeff{text}") == html_of(text)
        assert read_text(f"\ufeff{text}").plain == read_text(text).plain


class TestNothingIsLost:
    def test_footnotes(self) -> None:
        html = html_of("Text[^1] and[^long] again[^1].\n\n[^long]: Two\n\n    paragraphs\n[^1]: *One*\n[^u]: unused")
        notes = re.findall(r'<li id="(note-\w+-\d)"><p>(.*?)</p>', html)
        assert [words.partition(" <a")[0] for _, words in notes] == ["<em>One</em>", "Two", "unused"]
        references = re.findall(r'<a href="#(note-\w+-\d)" class="footnote-ref"', html)
        assert references == [notes[0][0], notes[1][0], notes[0][0]]
        assert "paragraphs" in html

    def test_the_notes_of_two_texts_of_a_page_are_told_apart(self) -> None:
        first, second = (re.findall(r'id="(.*?)"', html_of(f"{text}[^1]\n\n[^1]: note")) for text in "ab")
        assert len({*first, *second}) == 4

    @pytest.mark.parametrize(
        "text",
        [
            "a[^x]\n\n[^x]: outer\n\n    [^y]: inner\n\n    more outer",
            "a[^x]\n\n[^x]: outer\n[^x]: inner\n\n    more outer",
        ],
    )
    def test_a_note_in_a_note_and_one_that_is_written_twice(self, text: str) -> None:
        html = html_of(text)
        assert all(words in html for words in ("outer", "inner", "more outer"))

    @pytest.mark.parametrize("text", ["[^1]", "[^1] [^ 2]: x", "a[^x]\n\n    [^x]: code"])
    def test_what_refers_to_no_note_is_text(self, text: str) -> None:
        assert "<sup>" not in html_of(text)

    @pytest.mark.parametrize("mark", ["> ", "- ", "1. ", ">", "[^1]: "])
    def test_what_is_nested_deeper_than_anybody_reads(self, mark: str) -> None:
        html = html_of(mark * 60 + "deep words")
        assert "deep words" in html
        assert html.count("<blockquote>") <= MAX_LEVEL

    @pytest.mark.parametrize("text", ["[TODO]: later", "[WEB-1]: done", "[^]: x"])
    def test_what_looks_like_a_definition_and_leads_nowhere(self, text: str) -> None:
        assert html_of(text) == f"<p>{text}</p>\n"

    def test_a_definition_that_leads_somewhere_is_none_of_the_text(self) -> None:
        assert html_of("[a]\n\n[a]: /b 'c'") == '<p><a href="/b" title="c" rel="noopener nofollow">a</a></p>\n'

    def test_columns_are_aligned(self) -> None:
        html = html_of("|a|b|c|d|\n|:-:|--:|:--|--|\n|1|2|3|4|")
        assert re.findall(r"<td(?: align=\"(\w+)\")?", html) == ["center", "right", "left", ""]

    def test_short_cells_stand_in_one_line_and_the_table_scrolls(self) -> None:
        html = html_of("|day|text|\n|-|-|\n|2024-12-08|" + "many words " * 9 + "|")
        assert html.startswith('<div class="table"><table>')
        assert '<td class="short">2024-12-08</td>' in html
        assert "<td>many" in html


class TestExcerpts:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("![image.png](https://x.example/a.png) **see**", "\N{PAPERCLIP} image.png see"),
            ("![](/api/tickets/t/attachments/shot.png)", "\N{PAPERCLIP} shot.png"),
            ('<img src="https://x.example/b.png">', "\N{PAPERCLIP} b.png"),
            ("[words](https://x.example)", "words"),
            ("<!-- template -->\n<b>a</b><br>b", "a b"),
            ("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2"),
            ("~~a~~ _b_ `c_d`", "a b c_d"),
            ("<details><summary>Log</summary>\n\n    x = 1\n\n</details>", "Log x = 1"),
            ("a\\*b &amp; c", "a*b & c"),
            ("> quoted\n\n- [ ] mine", "mine"),
            ("README.md @jane WEB-1", "README.md @jane WEB-1"),
        ],
    )
    def test_a_text_in_one_line_has_no_marks(self, text: str, said: str) -> None:
        assert read_text(text).plain == said
