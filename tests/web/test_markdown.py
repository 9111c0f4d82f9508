"""Markdown on pages."""

from typing import Any

import pytest

from codimir.authorization.actor import Actor
from codimir.database.core import Database
from codimir.web.markdown import read_text, to_html
from codimir.web.markdown_meaning import Meaning, TicketLink
from codimir.web.markdown_rules import MAX_ADDRESS
from codimir.web.meaning import get_meaning
from tests.calls import AsyncCall, Call
from tests.cast import PEOPLE, WORKSPACE_MEMBERS

MEANING = Meaning({"WEB-45": TicketLink("WEB-45", 'Fix <b> & "quotes"')}, {"jane": "Jane Smith"})


class TestMarkdown:
    @pytest.mark.parametrize(
        ("text", "part"),
        [
            ("# Title\n\n**bold**", "<h1>Title</h1>"),
            ("| a |\n|---|\n| 1 |", '<td class="short">1</td>'),
            ("- [x] done", 'checked="checked"'),
            ("~~gone~~", "<s>gone</s>"),
            ("https://example.com/a", 'href="https://example.com/a"'),
            ("one\r\ntwo", "<br>"),
            ("see WEB-45.", 'href="/tickets/WEB-45"'),
            ("ask @jane!", '<span class="mention" title="Jane Smith">@jane</span>'),
            ("![a](/api/tickets/t/attachments/a)", '<img src="/api/tickets/t/attachments/a" alt="a">'),
        ],
    )
    def test_it_is_written_as_people_expect(self, text: str, part: str) -> None:
        assert part in to_html(text, MEANING)

    @pytest.mark.parametrize(
        "source",
        ["https://example.com/a.png", "http://example.com/a.png", "//example.com/a", "\\\\example.com", "/\\a.b", "x"],
    )
    def test_a_picture_elsewhere_is_a_link_that_nobody_follows_unasked(self, source: str) -> None:
        html = to_html(f"![a plan](<{source}>)", MEANING)
        assert "<img" not in html
        assert ">a plan</a>" in html

    def test_a_picture_elsewhere_inside_of_a_link_is_its_words(self) -> None:
        html = to_html("[![build](https://example.com/a.svg)](https://example.com/b)", MEANING)
        assert html == '<p><a href="https://example.com/b" rel="noopener nofollow">build</a></p>\n'

    @pytest.mark.parametrize(
        "text", ["`WEB-45`", "    WEB-45", "UTF-8", "WEB-46", "xWEB-45", "web-45", "`@jane`", "a@jane", "@nobody"]
    )
    def test_what_means_nothing_stays_text(self, text: str) -> None:
        html = to_html(text, MEANING)
        assert "/tickets/" not in html
        assert "mention" not in html

    def test_key_inside_of_a_link_stays_part_of_it(self) -> None:
        assert to_html("[WEB-45](https://example.com)", MEANING).count("<a ") == 1

    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))",
            "![a](data:text/html,x)", "<a href='javascript:alert(1)'>a</a>", "[a](vbscript:x)", "<style>*{}</style>",
            "[a](java\tscript:alert(1))", "<svg/onload=alert(1)>", "[a](&#106;avascript:alert(1))",
        ],
    )  # fmt: skip
    def test_nothing_of_it_runs(self, text: str) -> None:
        html = to_html(text, MEANING).lower()
        for harm in ("<script", "<svg", "<style", "<img src=x", 'href="javascript', 'href="vbscript', 'src="data'):
            assert harm not in html


@pytest.fixture
def actor_of() -> Call[Actor]:
    """Give the actor that someone of the cast is, as a request would."""

    def make(who: str) -> Actor:
        user_id, name, role = PEOPLE[who]
        mine = {workspace: role_there for workspace, person, role_there in WORKSPACE_MEMBERS if person == user_id}
        return Actor(user_id, name, role, mine)

    return make


class TestMeaning:
    async def test_only_what_the_reader_sees_is_linked(
        self, db: Database, new_ticket: AsyncCall[Any], actor_of: Call[Actor]
    ) -> None:
        await new_ticket()
        await new_ticket(projectId="SEC")
        both = {"WEB-1", "SEC-1"}
        for who, seen in (("jane", both), ("mia", {"WEB-1"}), ("eve", set()), ("root", both)):
            actor = actor_of(who)
            text = read_text("WEB-1 SEC-1 EVIL-9")
            found = await db.read(lambda tx, a=actor, t=text: get_meaning(tx, a, "workspace_789", [t]))
            assert set(found.tickets) == seen, who

    async def test_handles_name_members_in_every_way(self, db: Database, actor_of: Call[Actor]) -> None:
        jane = actor_of("jane")
        texts = [read_text("@jane @Jane.Smith @ADA, @eve @root @nobody (@john)"), None]
        found = await db.read(lambda tx: get_meaning(tx, jane, "workspace_789", texts))
        assert found.people == {
            "jane": "Jane Smith", "jane.smith": "Jane Smith", "ada": "Ada Owner", "john": "John Doe",
        }  # fmt: skip

    def test_addresses_and_paths_are_no_mentions(self) -> None:
        names = read_text("jane@example.com /@jane @ @@x a@b @jane. @x-y!").names
        assert [name.handles for name in names] == [["jane"], ["x-y"]]


class TestRules:
    @pytest.mark.parametrize(
        ("text", "part"),
        [
            ("- [ ] open\n  - [x] done\n- none", '<li class="task-list-item"><input aria-label="open" disabled'),
            ("- [ ] open\n  - [x] done\n- none", 'type="checkbox" data-line="1"> done'),
            ("1. [X]\tdone", '<li class="task-list-item"><input aria-label="done" checked'),
            ("> - [x] quoted", 'checked="checked"'),
            ("see example.com and a@b.co", '<a href="http://example.com" rel="noopener nofollow">example.com</a>'),
            ("see example.com and a@b.co", '<a href="mailto:a@b.co" rel="noopener nofollow">a@b.co</a>'),
            ("mailto:a@b.co", '">mailto:a@b.co</a>'),
            ("*https://a.co/b_c_d*", '<em><a href="https://a.co/b_c_d" rel="noopener nofollow">https://a.co/b_c_d</a></em>'),
            ("HTTPS://a.co/%C3%A4", '">HTTPS://a.co/ä</a>'),
            ("![http://a.co://", '">http://a.co</a>'),
            ("[http://a.co](https://b.co)", '<p><a href="https://b.co" rel="noopener nofollow">http://a.co</a></p>'),
            ("|a|b|\n|-|-|\n|1", '<td class="short"></td>'),
        ],
    )  # fmt: skip
    def test_they_read_what_people_write(self, text: str, part: str) -> None:
        assert part in to_html(text, MEANING)

    @pytest.mark.parametrize(
        "text", ["[ ] a", "- [ ]a", "- [y] a", "\\http://a.co", "xhttp://a.co", "http://", "`http://a.co`", "a://b"]
    )
    def test_they_leave_what_is_none(self, text: str) -> None:
        html = to_html(text, MEANING)
        assert "<input" not in html
        assert "<a " not in html

    def test_a_run_of_characters_beyond_any_address_is_none(self) -> None:
        address = "http://a.co/" + "b" * (MAX_ADDRESS - len("http://a.co/"))
        assert to_html(f"{address} c", MEANING).count("<a ") == 1
        for text in (f"{address}b", f"*{address}b*", f"a.com/{address}b"):
            assert "<a " not in to_html(f"{text} c", MEANING)
        assert to_html(f"{address}b a.com", MEANING).endswith('rel="noopener nofollow">a.com</a></p>\n')

    def test_short_rows_do_not_blow_up_a_table(self) -> None:
        width = 32
        head = "|a" * width + "|\n" + "|-" * width + "|\n"
        assert to_html(head + "|\n" * 16, MEANING).count("<td") == width * 16
        assert "<table" not in to_html(head + "|\n" * 60, MEANING)
        assert to_html((head + "|\n" * 16 + "\n") * 9, MEANING).count("<table") < 9
        assert to_html(head + ("|b" * width + "|\n") * 60, MEANING).count("<td") == width * 60


class TestPlain:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("Looks **good** to `me`.", "Looks good to me."),
            ("> Is it?\n\nYes,\nit is.", "Yes, it is."),
            ("> Only a quote", "Only a quote"),
            ("## Steps\n\n1. Sign in\n2. Wait\n- [x] done", "Steps Sign in Wait done"),
            ("```\nx = 1\n```", "x = 1"),
            ("2 * 3 = 6, a_b and @demo", "2 * 3 = 6, a_b and @demo"),
            ("```", ""),
            ("", ""),
        ],
    )
    def test_it_says_a_text_in_a_line(self, text: str, said: str) -> None:
        assert read_text(text).plain == said
