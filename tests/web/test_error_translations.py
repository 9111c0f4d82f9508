"""What is wrong is said in the language of the page."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from codimir.problems.forms import Plural
from codimir.problems.sentences import SENTENCES
from codimir.web.languages import catalogue
from tests.calls import AsyncCall
from tests.web.conftest import Fetch

GERMAN = {"accept-language": "de"}
FRAGMENT = {"hx-request": "true", **GERMAN}
SHORTEST_SENTENCE = 12
"""In letters beside the values: shorter ones, such as `text`, are found in other words."""
TEMPLATES = Path(__file__).parents[2] / "src" / "codimir" / "web" / "templates"


def forms_in(sentence: str | Plural, language: str) -> Iterator[str]:
    known = catalogue(language)
    if isinstance(sentence, Plural):
        yield from (known.ngettext(sentence.one, sentence.many, count) for count in (1, 2))
    else:
        yield known.gettext(sentence)


def patterns(language: str) -> list[re.Pattern[str]]:
    """Return what finds the sentences of problems in a page, whatever their values are."""
    found = []
    for sentence in SENTENCES.values():
        for form in forms_in(sentence, language):
            parts = re.split(r"\{[^}]*\}", form)
            if sum(map(len, parts)) >= SHORTEST_SENTENCE:
                found.append(re.compile(".{1,200}?".join(map(re.escape, parts))))
    return found


ENGLISH_SENTENCES, GERMAN_SENTENCES = patterns("en"), patterns("de")


def sentences_in(page: str, known: list[re.Pattern[str]]) -> list[str]:
    text = html.unescape(re.sub(r"<script.*?</script>|<[^>]*>", " ", page, flags=re.DOTALL))
    return [found[0] for pattern in known if (found := pattern.search(text))]


class Wrong(NamedTuple):
    """A request of a page that is refused."""

    who: str
    path: str
    form: dict[str, Any] | None = None
    status: int = 400
    headers: dict[str, str] = GERMAN


REFUSED = (
    # what is asked for by an address
    Wrong("jane", "/tickets?status=x"),
    Wrong("jane", "/tickets?assignee=user_eve"),
    Wrong("jane", "/tickets?due=2024-02-02..2024-02-01"),
    Wrong("jane", "/tickets?due=someday"),
    Wrong("jane", "/tickets?created=someday&page=0&limit=many"),
    Wrong("jane", "/tickets?statsu=done"),
    Wrong("jane", "/tickets?page=1&page=2"),
    Wrong("jane", "/projects/WEB/list?page=999999999999999999999"),
    # projects
    Wrong("ada", "/projects", {"name": "", "visibility": "public"}),
    Wrong("ada", "/projects", {"name": "Two", "key": "1", "visibility": "public"}),
    Wrong("ada", "/projects", {"name": "Two", "key": "WEB", "visibility": "public"}, 409),
    Wrong("ada", "/projects", {"name": "x" * 300, "visibility": "secret"}),
    Wrong("victor", "/projects", {"name": "Mine", "visibility": "public"}, 403),
    # labels, groups, the workspace
    Wrong("ada", "/settings/labels", {"name": "Hot", "color": "red"}),
    Wrong("ada", "/settings/groups", {"name": ""}),
    Wrong("ada", "/settings/workspace", {"name": "Acme", "slug": "A B"}),
    Wrong("ada", "/settings/workspace/delete", {}, 409),
    # people
    Wrong("ada", "/settings/members/user_ada/remove", {}, 409),
    Wrong("ada", "/settings/invitations", {"email": "no e-mail", "role": "MEMBER"}),
    Wrong("ada", "/settings/projects/WEB/members", {"userId": "user_eve", "role": "MEMBER"}),
    Wrong("ada", "/settings/projects/WEB/members", {"userId": "user_101", "role": "MEMBER"}, 409),
    Wrong("jane", "/settings/profile", {"name": " "}),
    Wrong("jane", "/settings/password", {"current": "wrong", "new": "four random words", "again": "others"}),
    Wrong("jane", "/settings/tokens", {"name": ""}),
    # webhooks
    Wrong("ada", "/settings/webhooks", {"url": "ftp://example.com", "which": "*"}),
    Wrong("ada", "/settings/webhooks", {"url": "https://10.0.0.1/", "which": "*", "projectId": "project_evil"}),
    Wrong("ada", "/settings/webhooks", {"url": "https://example.com:25/", "which": "some"}),
    # tickets
    Wrong("ada", "/tickets/new", {"text": "!high"}),
    Wrong("victor", "/tickets/new", {"text": "Mine WEB"}, 403),
    Wrong("ada", "/tickets/bulk", {"ticket": "WEB-1", "change": "status:later"}, 400, FRAGMENT),
    Wrong("ada", "/tickets/bulk", {"change": "status:done"}, 400, FRAGMENT),
    Wrong("victor", "/tickets/WEB-1/edit", {"field": "title", "value": "Mine", "seen": "Fix login"}, 403, FRAGMENT),
    Wrong("ada", "/tickets/WEB-1/edit", {"field": "title", "value": ""}, 400, FRAGMENT),
    Wrong("ada", "/tickets/WEB-1/edit", {"field": "title", "value": "a\x07b"}, 400, FRAGMENT),
    Wrong("ada", "/tickets/WEB-1/edit", {"field": "due", "value": "soon"}, 400, FRAGMENT),
    Wrong("ada", "/tickets/WEB-1/edit", {"field": "nothing", "value": "x"}, 400, FRAGMENT),
    Wrong("ada", "/tickets/WEB-1/comments", {"content": " "}, 400, FRAGMENT),
    Wrong("ada", "/tickets/WEB-1/time", {"time": "ages"}, 400, FRAGMENT),
    Wrong("ada", "/tickets/WEB-1/tasks", {"line": "x"}, 400, FRAGMENT),
    Wrong("ada", "/theme", {"theme": "pink"}, 400, FRAGMENT),
    Wrong("ada", "/workspace", {"workspace": "workspace_globex"}, 400, FRAGMENT),
)


class TestGermanReader:
    @pytest.mark.parametrize("wrong", REFUSED, ids=lambda each: f"{each.path}-{each.form}")
    async def test_sees_no_english_sentence(self, fetch: Fetch, new_ticket: AsyncCall[Any], wrong: Wrong) -> None:
        await new_ticket()
        method = "GET" if wrong.form is None else "POST"
        page = await fetch(wrong.who, wrong.path, method=method, data=wrong.form, headers=wrong.headers)
        assert page.status_code == wrong.status
        assert sentences_in(page.text, ENGLISH_SENTENCES) == []
        assert sentences_in(page.text, GERMAN_SENTENCES)

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("status=x", "Muss eines davon sein: backlog, todo"),
            ("assignee=user_eve", "Das gibt es nicht, oder Sie dürfen es nicht sehen"),
            ("due=2024-02-02..2024-02-01", "Der Zeitraum endet, bevor er beginnt"),
        ],
    )
    async def test_reads_on_the_page_of_an_error_what_is_wrong(self, fetch: Fetch, query: str, said: str) -> None:
        assert said in (await fetch("jane", f"/tickets?{query}", headers=GERMAN)).text


class TestEnglishReader:
    async def test_reads_what_the_api_answers(self, fetch: Fetch) -> None:
        page = await fetch("ada", "/projects", method="POST", data={"name": "", "visibility": "public"})
        assert "Name is required" in page.text


def test_every_template_translates_the_problems_that_it_shows() -> None:
    shown = re.compile(r"\{\{(?![^}]*error_text)[^}]*?(?:\bproblems?\b(?:\[[^]]*\]|\.\w+)?|error\.message)\s*\}\}")
    found = {path.name: shown.findall(path.read_text()) for path in sorted(TEMPLATES.rglob("*.html"))}
    found.pop("sign_in.html")  # where the page itself says what is wrong
    assert {name: each for name, each in found.items() if each} == {}
