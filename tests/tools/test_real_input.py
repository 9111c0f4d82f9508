"""Real issues are nasty; they go through the API and come back as they were."""

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.calls import Call
from tests.clients import Client
from tools.real_input import load, read_issues

TRACE = 'Traceback (most recent call last):\r\n  File "a.py", line 1, in <module>\r\n\traise KeyError(\'"x"\')\r\n'
ROWS = {
    "Markdown [with](http://e.com/a?b=c&d) *everything*": "# A\n\n| a | b |\n|---|---|\n\n```py\nx = `1`\n```\n",
    "Crash on Windows, lines end with CRLF": TRACE,
    "Emoji 👩🏽‍💻 in titles 🦊": "🏳️‍🌈 e\u0301 \u202eltr\u202c \u200b\ufeff ﷽",
    "  Spaces around stay outside  ": "  inside they stay \t\n ",
    '\'; DROP TABLE tickets; -- 100% "quoted" \\n': "<script>alert(1)</script> &amp; %s {0} ${x} \x01\x1b[31m",
    "Привет, 日本語のタイトル": "Добрый день\u2028и вечер",
    "#": ".",
    ".": "A title without a word, to be found by what stands below it",
    "Empty below": "",
    "Long " * 60: "of which the title is cut",
    "Large": "at TypeError: x is undefined (main.js:28171:41)\r\n" * 4_000,
}


@pytest.fixture
def file(tmp_path: Path) -> Call[Path]:
    """Write rows into a CSV."""

    def write(rows: dict[str, str]) -> Path:
        path = tmp_path / "issues.csv"
        with path.open("w", newline="", encoding="utf-8") as lines:
            writer = csv.writer(lines)
            writer.writerow(("repo", "label", "title", "body"))
            writer.writerows(("x/y", "bug", title, body) for title, body in rows.items())
        return path

    return write


class TestLoad:
    async def test_every_row_comes_back_and_is_found(self, jane: Client, file: Call[Path]) -> None:
        issues = read_issues(file(ROWS))
        report = await load(jane.http, issues, "WEB")
        assert (report.refused, report.changed, report.not_found) == ({}, {}, {})
        assert len(report.created) == len(ROWS)
        assert [issues[row - 1].title for row in report.wordless] == ["#"]
        assert [issue.title for issue in issues if issue.is_cut] == ["Long " * 50 + "Long…"]
        [cut] = [issue for issue in issues if issue.is_cut]
        assert cut.description == "Long " * 60 + "\n\nof which the title is cut"

    async def test_what_cannot_be_kept_is_refused_with_a_reason(self, jane: Client, file: Call[Path]) -> None:
        report = await load(jane.http, read_issues(file({"NUL": "a\0b", " ": "no title", "Good": "one"})))
        assert report.refused == {
            1: "400 description: Must not contain the NUL character",
            2: "400 title: Title is required",
        }
        assert [issue.title for issue in report.created.values()] == ["Good"]
        assert report.is_good

    async def test_a_change_on_the_way_would_be_noticed(
        self, jane: Client, file: Call[Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        issues = read_issues(file({"A title": "a\tb"}))
        send = jane.http.post

        async def mangle(path: str, json: Any) -> Any:
            return await send(path, json={**json, "description": json["description"].replace("\t", "")})

        monkeypatch.setattr(jane.http, "post", mangle)
        report = await load(jane.http, issues)
        assert report.changed == {1: r"description: sent 'a\tb', came back 'ab'"}
        assert not report.is_good
