"""Whoever is marked on the page is told, and nobody else: one reading of a text for both."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.calls import AsyncCall
from tests.clients import Client, People

MARK = 'class="mention" title="John Doe"'
TELLS = {
    "plain": "@john look",
    "in any case": "@John.Doe!",
    "between Chinese letters": "你好@john请看",
    "behind Japanese": "この件は@johnさんに",
    "Korean particle": "@john님",
    "Thai": "ดู@johnนะ",
    "wide sign": "\uff20john お願いします",
    "in bold": "**@john**",
    "in a table": "| a |\n|---|\n| @john |",
    "in a footnote": "a[^1]\n\n[^1]: @john knows",
    "inside of details": "<details><summary>Log</summary>\n\n@john\n\n</details>",
    "in a summary": "<details><summary>for @john</summary>\n</details>",
    "in brackets": "(@john)",
    "before a slash and another": "@john/@nobody",
    "an unfinished comment": "<!-- @john",
    "line ends of Windows": "a\r\n@john\r\n",
    "long": "words " * 200 + "@john",
}
TELLS_NOBODY = {
    "fence of tildes": "~~~\n@john\n~~~",
    "fence of backticks": "```\n@john\n```",
    "indented code": "a\n\n    @john\n",
    "code over two lines": "`a\n@john b`",
    "words of a link": "[@john](https://x.example)",
    "reference": "[a][b]\n\n[b]: https://x.example/@john",
    "part of a path": "@john/ui-kit",
    "address of Mastodon": "@john@social.example",
    "address of Matrix": "@john:matrix.example",
    "mail": "john@john.example and a@john",
    "escaped": "\\@john",
    "written as an entity": "&#64;john",
    "quoted": "> @john said\n\nyes",
    "comment": "<!-- please ask @john -->\nhello",
    "comment of several lines": "<!--\n\n@john\n\n-->\nhello",
    "tag of code": "<code>@john</code> <kbd>@john</kbd>",
    "words of a raw link": '<a href="https://x.example">@john</a>',
    "name of a picture": "![@john](https://x.example/a.png)",
    "longer name": "@johnny @john_ @john-x",
    "too long to be read": "@john " * 11_000,
}


@pytest.fixture
def told(client: People, tell: Callable[[], Awaitable[None]]) -> AsyncCall[bool]:
    """Say whether John was told that he is mentioned."""

    async def is_told() -> bool:
        await tell()
        return bool((await client("john").get("/api/notifications", kind="mentioned")).total)

    return is_told


class TestMentions:
    @pytest.mark.parametrize("text", TELLS.values(), ids=TELLS)
    async def test_who_is_marked_is_told(
        self,
        new_ticket: AsyncCall[Any],
        page: Callable[..., Awaitable[httpx.Response]],
        told: AsyncCall[bool],
        text: str,
    ) -> None:
        await new_ticket(description=text)
        assert MARK in (await page("jane", "/tickets/WEB-1")).text
        assert await told()

    @pytest.mark.parametrize("text", TELLS_NOBODY.values(), ids=TELLS_NOBODY)
    async def test_who_is_not_marked_is_not_told(
        self,
        new_ticket: AsyncCall[Any],
        page: Callable[..., Awaitable[httpx.Response]],
        told: AsyncCall[bool],
        text: str,
    ) -> None:
        await new_ticket(description=text)
        assert MARK not in (await page("jane", "/tickets/WEB-1")).text
        assert not await told()

    @pytest.mark.parametrize("text", ["`a\n@john b`", "你好@john请看"])
    async def test_comments_too(
        self,
        jane: Client,
        new_ticket: AsyncCall[Any],
        page: Callable[..., Awaitable[httpx.Response]],
        told: AsyncCall[bool],
        text: str,
    ) -> None:
        await new_ticket()
        await jane.post("/api/tickets/WEB-1/comments", {"content": text})
        assert (MARK in (await page("jane", "/tickets/WEB-1")).text) == await told() == ("`" not in text)

    async def test_who_stood_in_code_and_is_written_out_is_told_then(
        self, jane: Client, new_ticket: AsyncCall[Any], told: AsyncCall[bool]
    ) -> None:
        await new_ticket(description="`@john`")
        assert not await told()
        await jane.put("/api/tickets/WEB-1", {"description": "@john"})
        assert await told()

    async def test_who_is_named_in_another_way_is_not_told_again(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], told: AsyncCall[bool]
    ) -> None:
        await new_ticket(description="@john")
        assert await told()
        await jane.put("/api/tickets/WEB-1", {"description": "> @john.doe\n\n@john.doe and more"})
        assert await told()
        assert (await client("john").get("/api/notifications")).total == 1

    @pytest.mark.parametrize(
        ("name", "mention", "text"),
        [
            ("राम शर्मा", "@राम", "नमस्ते @राम, देखो"),
            ("राम शर्मा", "@राम.शर्मा", "@राम.शर्मा"),
            ("สมชาย ใจดี", "@สมชาย", "ฝาก@สมชายดูหน่อย"),
            ("Ольга Иванова", "@ольга", "спроси @ольга!"),
            ("李雷", "@李雷", "请@李雷看"),
            ("محمد علي", "@محمد", "يا @محمد؟"),
            ("Ömer Ãkî", "@O\u0308mer", "hi @O\u0308mer, see"),
            ("O\u0308mer Ãkî", "@Ömer.Ãkî", "请@Ömer.Ãkî看"),
            ("Nguyễn Ánh", "@NGUYE\u0302\u0303N", "(@NGUYE\u0302\u0303N)"),
            ("İpek Şahin", "@I\u0307pek.S\u0327ahin", "@I\u0307pek.S\u0327ahin!"),
        ],
    )
    async def test_names_of_every_script(
        self,
        new_ticket: AsyncCall[Any],
        page: Callable[..., Awaitable[httpx.Response]],
        told: AsyncCall[bool],
        set_user: AsyncCall[None],
        name: str,
        mention: str,
        text: str,
    ) -> None:
        await set_user("john", name=name)
        await new_ticket(description=text)
        assert f'<span class="mention" title="{name}">{mention}</span>' in (await page("jane", "/tickets/WEB-1")).text
        assert await told()

    async def test_the_longest_name_that_somebody_has_is_meant(
        self, new_ticket: AsyncCall[Any], page: Callable[..., Awaitable[httpx.Response]], set_user: AsyncCall[None]
    ) -> None:
        await set_user("ada", email="john请@example.com")
        await new_ticket(description="@john请看 @john看")
        html = (await page("jane", "/tickets/WEB-1")).text
        assert '<span class="mention" title="Ada Owner">@john请</span>看' in html
        assert f"<span {MARK}>@john</span>看" in html
