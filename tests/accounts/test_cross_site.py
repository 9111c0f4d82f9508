"""A page of another site can make a browser send the cookie, and nothing comes of it."""

from typing import Any

import msgspec
import pytest
from litestar import Litestar

from codimir.app import ROUTES
from codimir.config import Settings
from codimir.http.routing import takes_actor
from tests.accounts.conftest import Browser
from tests.apps import RunApp
from tests.calls import AsyncCall, RowCounts
from tests.clients import Client, People

WRITES = [
    (method, route)
    for route in ROUTES
    for method in route.methods
    if method not in ("GET", "HEAD") and takes_actor(route)
]
FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "SAME-ORIGIN "},
    {"origin": "null"},
    {"origin": "https://evil.example"},
    {"origin": "http://codimir.test.evil.example"},
    {"origin": "https://codimir.test"},
    {"origin": "http://codimir.test:81"},
    {"origin": ""},
    {"origin": "http://codimir.test", "sec-fetch-site": "cross-site"},
    {"origin": "null", "sec-fetch-site": "same-origin"},
]
OWN = [{}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": "http://codimir.test"}]


def url_of(path: str) -> str:
    return path.replace(":str", "").replace("{ref}", "WEB-1").replace("{", "").replace("}", "")


class TestWrites:
    async def test_every_write_by_cookie_is_refused_from_there(self, client: People, row_counts: RowCounts) -> None:
        root, before = client("root"), await row_counts()
        assert len(WRITES) > 20
        for method, route in WRITES:
            for headers in FOREIGN:
                reply = await root.request(method, url_of(route.path), {}, headers=headers)
                assert (reply.status, reply.error["code"]) == (403, "FORBIDDEN"), (method, route.path, headers)
        assert await row_counts() == before

    @pytest.mark.parametrize("headers", OWN, ids=str)
    async def test_own_pages_and_programs_write(self, jane: Client, headers: Any) -> None:
        assert (await jane.request("POST", "/api/tickets", {"title": "a"}, headers=headers)).status == 201

    async def test_reading_is_left_to_the_browser(self, jane: Client) -> None:
        headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        reply = await jane.request("GET", "/api/tickets", headers=headers)
        assert reply.status == 200
        assert "access-control-allow-origin" not in reply.headers

    async def test_origin_is_that_of_the_address_that_people_open(self, settings: Settings, run_app: RunApp) -> None:
        async with run_app(msgspec.structs.replace(settings, base_url="https://Tickets.example/")) as app:
            jane = Client(app, {"cookie": "next-auth.session-token=session-of-jane"})
            for origin, status in (("https://tickets.example", 201), ("http://codimir.test", 403)):
                reply = await jane.request("POST", "/api/tickets", {"title": "a"}, headers={"origin": origin})
                assert reply.status == status
            await jane.http.aclose()


class TestBodies:
    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
    )
    async def test_what_a_plain_form_can_send_is_refused(
        self, jane: Client, new_ticket: AsyncCall[Any], kind: str
    ) -> None:
        await new_ticket()
        for method, route in WRITES:
            if route.body is not None:
                path, headers = url_of(route.path), {"content-type": kind}
                reply = await jane.request(method, path, content=b'{"title":"a"}', headers=headers)
                assert reply.status == 415, (method, route.path)

    async def test_files_come_as_multipart_alone(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        for method, route in WRITES:
            if route.takes_files:
                reply = await jane.request(method, url_of(route.path), {"file": "a"})
                assert reply.status == 415


class TestSigningIn:
    @pytest.mark.parametrize("headers", FOREIGN, ids=str)
    async def test_nobody_is_signed_in_or_out_from_there(self, app: Litestar, browser: Browser, headers: Any) -> None:
        token = await browser.csrf_token()
        for path in ("callback/credentials", "signout", "signin/credentials"):
            assert (await browser.post(path, headers=headers, csrfToken=token)).status_code == 403
        sent = {"csrfToken": token}
        assert (await browser.http.post("/api/auth/session", json=sent, headers=headers)).status_code == 403
