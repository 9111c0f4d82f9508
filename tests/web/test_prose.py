"""Texts of people on pages: turned into HTML beside the server, within limits."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar

from codimir.kit.worker_process import WorkerError
from codimir.tickets.schemas import MAX_DESCRIPTION
from codimir.web import prose
from codimir.web.markdown_meaning import Reading
from codimir.web.prose import MadeBefore, ProseWriter
from tests.calls import AsyncCall
from tests.clients import Client
from tests.web.conftest import Fetch

NOTICE = {"en": "This text is too long, or takes too long,", "de": "Dieser Text ist zu lang oder braucht zu lange,"}
LONG = "**bold** <b>" + " and more" * 100
"""Too long to be turned in place."""
SLOW = LONG + "*a* " * 5_000
"""Not so slow that it is not shown, but slower than the clock of the processor is fine."""
TOO_LONG = "**bold** <b>" + " and more" * 7_300


class TestTicketPage:
    async def test_short_and_long_texts_are_formatted(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        for text in ("**bold**", LONG):
            ticket = await new_ticket(description=text)
            html = (await fetch("jane", f"/tickets/{ticket['key']}")).text
            assert "<strong>bold</strong>" in html
            assert NOTICE["en"] not in html

    async def test_what_is_too_long_stands_there_as_it_was_written(
        self, fetch: Fetch, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(description=TOO_LONG)
        for language, notice in NOTICE.items():
            html = (await fetch("jane", f"/tickets/{ticket['key']}", headers={"accept-language": language})).text
            assert notice in html
            assert '<div class="as-written">**bold** &lt;b&gt; and more' in html

    async def test_what_takes_too_long_is_shown_as_written_and_not_tried_again(
        self, fetch: Fetch, new_ticket: AsyncCall[Any], app: Litestar, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ticket = await new_ticket(description=SLOW)
        monkeypatch.setattr(prose, "CPU_SECONDS", 0.000_001)
        assert NOTICE["en"] in (await fetch("jane", f"/tickets/{ticket['key']}")).text
        monkeypatch.undo()
        assert NOTICE["en"] in (await fetch("jane", f"/tickets/{ticket['key']}")).text
        await new_ticket(description=SLOW + ".")
        assert "<strong>" in (await fetch("jane", "/tickets/WEB-2")).text

    async def test_a_text_is_turned_once_and_again_when_what_it_names_has_changed(
        self, fetch: Fetch, new_ticket: AsyncCall[Any], jane: Client, app: Litestar
    ) -> None:
        await new_ticket(title="The first title")
        ticket = await new_ticket(description=f"See WEB-1. {LONG}")
        assert 'title="The first title"' in (await fetch("jane", f"/tickets/{ticket['key']}")).text
        await jane.put("/api/tickets/WEB-1", {"title": "The second title"})
        assert 'title="The second title"' in (await fetch("jane", f"/tickets/{ticket['key']}")).text
        app.state.prose.stop()
        html = (await fetch("jane", f"/tickets/{ticket['key']}")).text
        assert 'title="The second title"' in html
        assert NOTICE["en"] not in html

    async def test_without_a_process_a_text_is_shown_as_written_until_there_is_one(
        self, fetch: Fetch, new_ticket: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ticket = await new_ticket(description=LONG)
        with monkeypatch.context() as patched:
            patched.setattr(sys, "executable", "/nowhere/python")
            assert NOTICE["en"] in (await fetch("jane", f"/tickets/{ticket['key']}")).text
        assert "<strong>" in (await fetch("jane", f"/tickets/{ticket['key']}")).text

    async def test_a_server_that_stops_waits_for_no_text(
        self, fetch: Fetch, new_ticket: AsyncCall[Any], app: Litestar
    ) -> None:
        ticket = await new_ticket(description=LONG)
        app.state.prose.stop()
        assert NOTICE["en"] in (await fetch("jane", f"/tickets/{ticket['key']}")).text

    async def test_the_newest_comments_are_formatted_where_not_all_can_be(
        self, fetch: Fetch, new_ticket: AsyncCall[Any], jane: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ticket = await new_ticket()
        for number in range(4):
            await jane.post(f"/api/tickets/{ticket['id']}/comments", {"content": f"**comment {number}**"})
        monkeypatch.setattr(prose, "MAX_FORMATTED_ON_PAGE", 2 * len("**comment 0**"))
        html = (await fetch("jane", f"/tickets/{ticket['key']}")).text
        assert html.count(NOTICE["en"]) == 2
        for number in (2, 3):
            assert f"<strong>comment {number}</strong>" in html

    async def test_of_more_names_than_a_page_looks_up_those_of_the_first_texts_are(
        self, fetch: Fetch, new_ticket: AsyncCall[Any], jane: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ticket = await new_ticket(description="@jane")
        for number in range(3):
            await jane.post(f"/api/tickets/{ticket['id']}/comments", {"content": f"{number} @john"})
        monkeypatch.setattr(prose, "MAX_NAMES_ON_PAGE", 2)
        html = (await fetch("jane", f"/tickets/{ticket['key']}")).text
        assert html.count('class="mention"') == 2
        for words in (
            'title="Jane Smith">@jane</span>',
            '<p>2 <span class="mention"',
            "<p>1 @john</p>",
            "<p>0 @john</p>",
        ):
            assert words in html

    async def test_a_comment_that_is_written_comes_back_formatted(
        self, fetch: Fetch, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        reply = await fetch(
            "jane", f"/tickets/{ticket['key']}/comments", "POST", data={"content": LONG}, headers={"hx-request": "true"}
        )
        assert "<strong>bold</strong>" in reply.text


class TestPreview:
    async def test_a_viewer_sees_how_a_text_will_look(self, fetch: Fetch) -> None:
        reply = await fetch("victor", "/markdown", "POST", data={"text": LONG})
        assert reply.text.strip().startswith(
            '<div class="prose" dir="auto"><p><strong>bold</strong> &lt;b&gt; and more'
        )

    async def test_what_a_page_would_show_as_written_is_shown_so(self, fetch: Fetch) -> None:
        reply = await fetch("victor", "/markdown", "POST", data={"text": "*" * MAX_DESCRIPTION})
        assert reply.status_code == 200
        assert NOTICE["en"] in reply.text

    @pytest.mark.parametrize(
        ("accepted", "encoding"),
        [("gzip", "gzip"), ("br, gzip;q=0.5", "gzip"), ("identity", "identity"), ("identity, gzip;q=0", "identity")],
    )
    async def test_a_large_one_is_compressed_for_who_takes_that(
        self, fetch: Fetch, accepted: str, encoding: str
    ) -> None:
        text, headers = "word " * 50_000, {"accept-encoding": accepted}
        reply = await fetch("victor", "/markdown", "POST", data={"text": text}, headers=headers)
        assert reply.headers.get("content-encoding", "identity") == encoding
        assert text in reply.text

    @pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}])
    async def test_longer_than_a_description_is_refused(self, fetch: Fetch, headers: Any) -> None:
        reply = await fetch("victor", "/markdown", "POST", data={"text": "*" * (MAX_DESCRIPTION + 1)}, headers=headers)
        assert reply.status_code == 400
        assert "Must have at most 262,144 characters, has 262,145" in reply.text


@pytest.fixture
async def writer() -> AsyncIterator[ProseWriter]:
    made = ProseWriter()
    yield made
    await made.close()


async def is_plain(writer: ProseWriter, text: str, who: str = "jane") -> bool:
    return (await writer.read({"text": text}, who))["text"] is None


class TestProseWriter:
    async def test_who_has_many_texts_lets_another_through(self, writer: ProseWriter) -> None:
        done: list[str] = []

        async def write(who: str, number: int) -> None:
            await writer.read({"text": f"{LONG} {number}"}, who)
            done.append(who)

        await asyncio.gather(*(write("many", number) for number in range(6)), write("one", 7))
        assert done.index("one") <= 1

    async def test_of_one_person_only_so_many_wait(self, writer: ProseWriter) -> None:
        texts = (is_plain(writer, f"{LONG} {number}", "many") for number in range(14))
        assert await asyncio.gather(*texts) == [False] * prose.MAX_WAITING_OF_ONE + [True] * 4
        assert not await is_plain(writer, f"{LONG} 15", "many")

    async def test_a_page_that_has_waited_long_enough_is_shown_and_its_text_kept_for_the_next(
        self, writer: ProseWriter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(prose, "PATIENCE_SECONDS", 0.000_1)
        assert await is_plain(writer, LONG)
        monkeypatch.undo()
        assert not await is_plain(writer, LONG)

    async def test_the_same_text_of_two_pages_at_once_is_turned_once(self, writer: ProseWriter) -> None:
        pages = await asyncio.gather(*(writer.read({"text": LONG}, "jane") for _ in range(3)))
        assert len({id(page["text"]) for page in pages}) == 1


class TestMentions:
    async def test_they_are_those_of_the_page_however_long_it_takes(
        self, writer: ProseWriter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(prose, "PATIENCE_SECONDS", 0.000_1)
        texts = [f"@ed {LONG} `@ada` @jane", "no one", TOO_LONG + " @ed"]
        assert await writer.mentions_in(texts) == {texts[0]: [["ed"], ["jane"]], texts[1]: [], texts[2]: []}

    async def test_a_text_that_takes_too_long_mentions_nobody_as_nothing_is_marked(
        self, writer: ProseWriter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(prose, "CPU_SECONDS", 0.000_001)
        assert await writer.mentions_in([f"@ed {SLOW}"]) == {f"@ed {SLOW}": []}

    async def test_what_cannot_be_read_now_is_not_taken_for_nothing(
        self, writer: ProseWriter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(sys, "executable", "/nowhere/python")
            with pytest.raises(WorkerError):
                await writer.mentions_in(["@ed"])
        assert await writer.mentions_in(["@ed"]) == {"@ed": [["ed"]]}


def reading(size: int) -> Reading:
    return Reading(["x" * size])


class TestMadeBefore:
    def test_what_was_not_used_for_longest_goes_first(self) -> None:
        made = MadeBefore(1_500)
        for key in (b"a", b"b"):
            made.keep(key, reading(300))
        made.get(b"a")
        made.keep(b"c", reading(300))
        assert [key in made for key in (b"a", b"b", b"c")] == [True, False, True]

    def test_what_is_made_twice_counts_once(self) -> None:
        made = MadeBefore(1_500)
        for _ in range(9):
            made.keep(b"a", reading(300))
        made.keep(b"b", reading(300))
        assert b"a" in made

    def test_what_is_larger_than_all_is_not_kept(self) -> None:
        made = MadeBefore(1_500)
        made.keep(b"a", reading(3_000))
        assert b"a" not in made
        made.keep(b"b", reading(300))
        assert b"b" in made

    def test_what_cannot_be_read_takes_room_too(self) -> None:
        made = MadeBefore(1_500)
        for number in range(9):
            made.keep(bytes([number]), None)
        assert sum(bytes([number]) in made for number in range(9)) == 5
