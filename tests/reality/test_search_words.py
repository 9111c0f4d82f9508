"""What somebody types finds what stands in real titles: names of every shape, spellings, beginnings, every script."""

from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import Client, People

TITLES = {
    "HTTPServer drops requests": ["server", "http", "HTTPServer", "httpserver", "HTTP server"],
    "getUserName returns null": ["userName", "UserName", "getUser", "user name", "getusername", "name"],
    "LotAwardOutcome is wrong": ["AwardOutcome", "award", "lotAward"],
    "hasDPSTermination set twice": ["DPSTermination", "dps", "termination"],
    "UML2OWL mapping": ["owl", "uml", "UML2OWL", "uml2owl"],
    "OAuth2Token expires": ["oauth", "OAuth2", "token", "OAuth2Token"],
    "DepthwiseConv2D strides": ["Conv2D", "depthwise"],
    "List of clGetPlatformIDs": ["PlatformIDs", "IDs", "platform", "id"],
    "user_name and user-id in /usr/lib/libfoo-1.2.so": ["user_name", "user-id", "libfoo", "/usr/lib", "1.2", "userid"],
    "Send e-mail to all": ["email", "e-mail", "E-Mail", "mail", "e\u2011mail"],
    "Our email is late": ["e-mail", "email", "eMail"],
    "Wi-Fi settings": ["wifi", "wi-fi", "WiFi", "fi"],
    "wifi is gone": ["wi-fi", "wifi"],
    "Re-open closed ones": ["reopen", "re-open"],
    "OCO-2 granules": ["OCO2", "oco-2", "oco"],
    "OCO3 granules": ["oco-3", "OCO3"],
    "State-of-the-art layout": ["state-of-the-art", "state of the art", "stateoftheart", "state-of"],
    "Release v2.13.0-rc1": ["v2.13.0", "2.13.0", "2.13.0-rc1", "rc1", "v2"],
    "Authentication token is lost": ["auth token", "authentication token", "token auth", "token authe"],
    "Port C# code": ["C#", "c#", "C# code", "csharp"],
    "Port C++ code": ["C++", "c++ port"],
    "Vitamin C code": ["vitamin c", "c code"],
    "İstanbul ve ISPARTA": ["istanbul", "İSTANBUL", "\N{LATIN SMALL LETTER DOTLESS I}sparta", "isparta"],
    "Überprüfung der Straße": ["überprüfung", "UBERPRUFUNG", "strasse", "STRASSE"],
    "Łódź i Øresund": ["łódź", "lodz", "øresund", "oresund"],
    "東京都の天気を調べる": ["東京", "天気", "京都", "東京都"],
    "登录失败iPhone手机": ["登录", "失败", "手机", "iphone"],
}
FINDS_NO_OTHER = {
    "C#": {"Port C# code"},
    "C++": {"Port C++ code"},
    "e-mail": {"Send e-mail to all", "Our email is late"},
    "wi-fi": {"Wi-Fi settings", "wifi is gone"},
    "OCO2": {"OCO-2 granules"},
    "userName": {"getUserName returns null", "user_name and user-id in /usr/lib/libfoo-1.2.so"},
}


@pytest.fixture
async def titles(new_ticket: AsyncCall[Any]) -> None:
    for title in TITLES:
        await new_ticket(title=title)


async def found(someone: Any, text: str) -> set[str]:
    """Search and list; the list has all that search finds."""
    searched = await someone.get("/api/tickets/search", q=text, limit=100)
    listed = await someone.get("/api/tickets", search=text, limit=100)
    assert searched.status == listed.status == 200
    titles = {ticket["title"] for ticket in searched.data}
    assert {ticket["title"] for ticket in listed.data} == titles
    assert listed.total == len(titles)
    return titles


@pytest.mark.usefixtures("titles")
class TestTitles:
    async def test_everything_that_names_a_thing_finds_it(self, jane: Client) -> None:
        missed = [
            (text, title)
            for title, texts in TITLES.items()
            for text in (title, *texts)
            if title not in await found(jane, text)
        ]
        assert missed == []

    async def test_and_nothing_else(self, jane: Client) -> None:
        for text, expected in FINDS_NO_OTHER.items():
            assert await found(jane, text) == expected, text

    async def test_what_is_written_so_comes_before_what_has_its_parts(
        self, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(title="A user of that name")
        ranked = (await jane.get("/api/tickets/search", q="getUserName")).data
        assert ranked[0]["title"] == "getUserName returns null"
        ranked = (await jane.get("/api/tickets/search", q="userName")).data
        assert "A user of that name" in [ticket["title"] for ticket in ranked]

    async def test_a_whole_word_comes_before_a_longer_one(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket(title="Auth tokens")
        await new_ticket(title="Authenticate with tokens")
        ranked = [ticket["title"] for ticket in (await jane.get("/api/tickets/search", q="auth tokens")).data]
        assert ranked[0] == "Auth tokens"
        assert set(ranked) == {"Auth tokens", "Authenticate with tokens"}

    async def test_a_short_word_that_is_not_the_last_is_whole(self, jane: Client) -> None:
        assert await found(jane, "re closed") == {"Re-open closed ones"}
        assert await found(jane, "clo ones") == set()

    async def test_of_more_than_three_words_only_the_last_may_be_begun(self, jane: Client) -> None:
        assert await found(jane, "auth token is") == {"Authentication token is lost"}
        assert await found(jane, "authentication token is los") == {"Authentication token is lost"}
        assert await found(jane, "auth token is lost") == set()

    async def test_slips_are_forgiven_as_before(self, jane: Client) -> None:
        assert "Authentication token is lost" in await found(jane, "autentication tokn")
        assert "Release v2.13.0-rc1" in await found(jane, "relaese")


class TestElsewhere:
    async def test_descriptions_and_comments_are_cut_the_same_way(
        self, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(title="One", description="Call HTTPServer.sendE-Mail()")
        await jane.post(f"/api/tickets/{ticket['id']}/comments", {"content": "see LotAwardOutcome and C#"})
        for text in ("server", "AwardOutcome", "c#", "award outcome http"):
            assert await found(jane, text) == {"One"}, text

    async def test_projects_are_found_by_parts_too(self, jane: Client, client: People) -> None:
        await client("ada").post("/api/projects", {"name": "UserManagement e-mail", "visibility": "public"})
        for text in ("management", "user", "email", "e-mail", "usermanagement"):
            names = [each["name"] for each in (await jane.get("/api/projects", search=text)).data]
            assert names == ["UserManagement e-mail"], text
