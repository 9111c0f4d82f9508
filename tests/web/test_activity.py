"""What happened to a ticket, as its page tells it."""

import re
from html import unescape
from typing import Any

import pytest

from codimir.web import activity
from tests.calls import AsyncCall
from tests.clients import People
from tests.web.conftest import Fetch

PATH = "/api/tickets/WEB-1"
HAPPENING = re.compile(r'<li class="happening">(.*?)</li>\s*(?=<li|</ol>)', re.DOTALL)


@pytest.fixture
async def ticket(new_ticket: AsyncCall[Any]) -> Any:
    return await new_ticket(status="backlog")


@pytest.fixture
def told(fetch: Fetch) -> AsyncCall[list[str]]:
    """Give the lines of the activity of WEB-1 as plain text: what happened, and who said what."""

    async def read(language: str = "en") -> list[str]:
        page = (await fetch("jane", "/tickets/WEB-1", headers={"accept-language": language})).text
        return [
            _plain(item) for item in re.findall(r'<li class="happening">(.*?)</li>\s*(?=<li|</ol>)', page, re.DOTALL)
        ]

    return read


def _plain(html: str) -> str:
    drawn = re.sub(r"<svg.*?</svg>|<time.*?</time>|<[^>]*>", "", html, flags=re.DOTALL)
    words = re.sub(r"\s+", " ", unescape(drawn)).strip()
    return words.removeprefix("JS").removeprefix("JD").strip()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing belong to what was before it."""
    monkeypatch.setattr(activity, "TOGETHER", -activity.TOGETHER)


class TestSentences:
    @pytest.mark.parametrize(
        ("before", "change", "said", "german"),
        [
            (
                {},
                {"status": "in_progress"},
                "moved this from Backlog to In progress",
                "hat das von Vorrat nach In Arbeit verschoben",
            ),
            ({}, {"assigneeId": "user_102"}, "assigned this to John Doe", "hat das John Doe zugewiesen"),
            ({}, {"assigneeId": "user_101"}, "took this on", "hat das übernommen"),
            (
                {"assigneeId": "user_102"},
                {"assigneeId": None},
                "unassigned John Doe",
                "hat John Doe die Zuständigkeit genommen",
            ),
            (
                {"assigneeId": "user_102"},
                {"assigneeId": "user_101"},
                "took this over from John Doe",
                "hat das von John Doe übernommen",
            ),
            (
                {"assigneeId": "user_101"},
                {"assigneeId": "user_102"},
                "reassigned this from Jane Smith to John Doe",
                "hat die Zuständigkeit von Jane Smith an John Doe gegeben",
            ),
            (
                {},
                {"priority": "high"},
                "changed the priority from Medium to High",
                "hat die Priorität von Mittel auf Hoch geändert",
            ),
            ({}, {"type": "BUG"}, "changed the type from Task to Bug", "hat die Art von Aufgabe auf Fehler geändert"),
            (
                {"title": "100 % <b>"},
                {"title": "%(who)s"},
                "renamed this from “100 % <b>” to “%(who)s”",
                "hat das von „100 % <b>“ in „%(who)s“ umbenannt",
            ),
            (
                {"dueDate": "2031-05-04T12:00:00Z"},
                {"dueDate": None},
                "removed the due date",
                "hat die Fälligkeit entfernt",
            ),
            (
                {},
                {"dueDate": "2031-05-04T12:00:00Z"},
                "set the due date to 4 May 2031",
                "hat die Fälligkeit auf 4. Mai 2031 gesetzt",
            ),
            (
                {},
                {"labelIds": ["label_1", "label_2"]},
                "added the labels bug, frontend",
                "hat die Etiketten bug, frontend hinzugefügt",
            ),
            (
                {"labelIds": ["label_1"]},
                {"labelIds": ["label_2"]},
                "added frontend and removed bug",
                "hat frontend hinzugefügt und bug entfernt",
            ),
            ({"labelIds": ["label_1"]}, {"labelIds": []}, "removed the label bug", "hat das Etikett bug entfernt"),
            ({}, {"description": "x"}, "added a description", "hat eine Beschreibung hinzugefügt"),
            ({"description": "x"}, {"description": None}, "removed the description", "hat die Beschreibung entfernt"),
            ({}, {"groupId": "group_103"}, "gave this to the group Platform", "hat das der Gruppe Platform gegeben"),
            (
                {},
                {"stage": "TESTING"},
                "changed the stage from Planning to Testing",
                "hat die Phase von Planung auf Test geändert",
            ),
            (
                {},
                {"projectId": "SEC"},
                "moved this from Website to Security",
                "hat das von Website nach Security verschoben",
            ),
        ],
    )
    async def test_a_change_is_told_in_a_sentence(
        self,
        told: AsyncCall[list[str]],
        client: People,
        ticket: Any,
        at_once: None,
        before: Any,
        change: Any,
        said: str,
        german: str,
    ) -> None:
        jane = client("jane")
        if before:
            assert (await jane.put(PATH, before)).status == 200
        assert (await jane.put(PATH, change)).status == 200
        assert (await told())[-1] == f"Jane Smith {said}"
        assert (await told("de"))[-1] == f"Jane Smith {german}"

    async def test_what_happened_besides_is_too(self, told: AsyncCall[list[str]], client: People, ticket: Any) -> None:
        assert await told() == ["Jane Smith created this ticket"]
        assert await told("de") == ["Jane Smith hat dieses Ticket angelegt"]
        await client("jane").post(f"{PATH}/time-logs", {"minutes": 5})
        assert (await told())[-1] == "Jane Smith logged time"


class TestTogether:
    async def test_what_one_person_changes_within_minutes_is_told_as_what_came_of_it(
        self, told: AsyncCall[list[str]], client: People, ticket: Any
    ) -> None:
        for status in ("todo", "in_progress", "in_review"):
            await client("jane").put(PATH, {"status": status})
        assert (await told())[1:] == ["Jane Smith moved this from Backlog to In review"]
        await client("jane").put(PATH, {"status": "backlog"})
        assert (await told())[1:] == []

    async def test_many_changes_fold_into_one_line(
        self, told: AsyncCall[list[str]], client: People, ticket: Any
    ) -> None:
        change = {"status": "todo", "priority": "high", "assigneeId": "user_102", "title": "New"}
        assert (await client("jane").put(PATH, change)).status == 200
        [line] = (await told())[1:]
        assert line.startswith("Jane Smith made 4 changes: ")
        assert set(re.split(r", and |, ", line.partition(": ")[2].partition(" Jane")[0])) == {
            "title", "status", "priority", "assignee",
        }  # fmt: skip
        assert "Jane Smith moved this from Backlog to To do" in line
        assert "Änderungen vorgenommen" in (await told("de"))[1]

    async def test_another_person_or_a_comment_parts_them(
        self, told: AsyncCall[list[str]], client: People, ticket: Any
    ) -> None:
        await client("jane").put(PATH, {"status": "todo"})
        await client("john").put(PATH, {"status": "in_progress"})
        await client("john").post(f"{PATH}/comments", {"content": "Mine"})
        await client("john").put(PATH, {"status": "done"})
        assert (await told())[1:] == [
            "Jane Smith moved this from Backlog to To do",
            "John Doe moved this from To do to In progress",
            "John Doe moved this from In progress to Done",
        ]

    async def test_comments_of_one_person_stand_together(self, fetch: Fetch, client: People, ticket: Any) -> None:
        for who in ("jane", "jane", "john", "jane"):
            await client(who).post(f"{PATH}/comments", {"content": "Hello"})
        page = (await fetch("jane", "/tickets/WEB-1")).text
        assert re.findall(r'<li class="(comment[^"]*)"', page) == [
            "comment",
            "comment is-continued",
            "comment",
            "comment",
        ]

    async def test_later_ones_stand_alone(self, fetch: Fetch, client: People, ticket: Any, at_once: None) -> None:
        for _ in range(2):
            await client("jane").post(f"{PATH}/comments", {"content": "Hello"})
        assert "is-continued" not in (await fetch("jane", "/tickets/WEB-1")).text
