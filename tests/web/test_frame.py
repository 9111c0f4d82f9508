"""What every page does: who sees it, how it is sent, and the forms of the frame."""

from typing import Any
from urllib.parse import unquote

import pytest

from codimir.database.core import Unavailable
from codimir.web import error_pages
from tests.calls import AsyncCall
from tests.clients import Client
from tests.web.conftest import Fetch

PAGES = ("/tickets", "/projects/WEB/list", "/filters/status", "/choices/assignee")


class TestAuthentication:
    @pytest.mark.parametrize("path", PAGES)
    async def test_anonymous_is_led_to_sign_in_and_back(self, fetch: Fetch, path: Any) -> None:
        reply = await fetch(None, f"{path}?search=a%26b")
        assert reply.status_code == 302
        assert reply.headers["location"] == f"/signin?callbackUrl={path.replace('/', '%2F')}%3Fsearch%3Da%2526b"

    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_a_piece_leaves_the_page_around_it_as_it_is(self, fetch: Fetch, method: str) -> None:
        reply = await fetch(None, "/theme" if method == "POST" else "/tickets", method, headers={"hx-request": "true"})
        assert reply.status_code == 401
        assert "data-error-message" in reply.text
        assert not {"hx-redirect", "location"} & set(reply.headers)

    async def test_who_is_signed_in_is_led_on(self, fetch: Fetch) -> None:
        reply = await fetch("jane", "/signin?callbackUrl=/tickets?status=todo")
        assert (reply.status_code, reply.headers["location"]) == (302, "http://codimir.test/tickets?status=todo")

    @pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
    async def test_nobody_is_led_to_another_site(self, fetch: Fetch, url: str) -> None:
        reply = await fetch("jane", "/signin", params={"callbackUrl": url})
        assert reply.headers["location"] in {"http://codimir.test", "http://codimir.test//evil.example/"}

    async def test_the_start_leads_to_the_tickets(self, fetch: Fetch) -> None:
        reply = await fetch("jane", "/")
        assert (reply.status_code, reply.headers["location"]) == (303, "/tickets")

    @pytest.mark.parametrize("path", ["/tickets", "/tickets/WEB-1", "/projects/WEB/list"])
    async def test_an_administrator_sees_a_workspace_in_which_they_are_nobody(
        self, fetch: Fetch, new_ticket: AsyncCall[Any], path: str
    ) -> None:
        await new_ticket()
        assert (await fetch("root", path)).status_code == 200


class TestFormOfWhoIsSignedOut:
    FORM = {"content": "First line\n\nHalf a day of <work>", "password": "correct horse"}
    SENT = {"referer": "http://codimir.test/tickets/WEB-1?a=%26", "origin": "http://codimir.test"}

    async def send(self, fetch: Any, path: str = "/tickets/WEB-1/comments", **headers: Any) -> Any:
        return await fetch(None, path, "POST", data=self.FORM, headers=self.SENT | headers)

    async def test_what_was_written_is_kept_to_be_sent_again(self, fetch: Fetch) -> None:
        reply = await self.send(fetch)
        assert reply.status_code == 401
        assert '<form method="post" action="/tickets/WEB-1/comments">' in reply.text
        assert reply.text.count("First line\n\nHalf a day of &lt;work&gt;") == 2
        assert 'href="/signin?callbackUrl=%2Ftickets%2FWEB-1%3Fa%3D%2526"' in reply.text
        assert reply.headers["cache-control"] == "private, no-store"

    async def test_a_password_is_not_given_back(self, fetch: Fetch) -> None:
        assert "correct horse" not in (await self.send(fetch)).text

    @pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
    async def test_what_a_foreign_page_made_a_browser_send_is_not_kept(
        self, fetch: Fetch, headers: dict[str, Any]
    ) -> None:
        reply = await self.send(fetch, **headers)
        assert (reply.status_code, "Half a day" in reply.text) == (302, False)

    async def test_one_in_which_nothing_is_written_leads_to_sign_in_and_back(self, fetch: Fetch) -> None:
        reply = await fetch(None, "/signout", "POST", headers=self.SENT)
        assert (reply.status_code, reply.headers["location"]) == (
            302,
            "/signin?callbackUrl=%2Ftickets%2FWEB-1%3Fa%3D%2526",
        )

    async def test_it_is_said_in_the_language_of_the_browser(self, fetch: Fetch) -> None:
        assert "Sie sind abgemeldet" in (await self.send(fetch, **{"accept-language": "de"})).text


class TestErrors:
    @pytest.mark.parametrize("path", ["/projects/NONE/list", "/projects/EVIL/list", "/projects/sec/list"])
    async def test_what_someone_may_not_see_is_not_there(self, fetch: Fetch, path: str) -> None:
        reply = await fetch("mia", path)
        assert reply.status_code == 404
        assert "There is nothing here" in reply.text
        assert "Security" not in reply.text

    @pytest.mark.parametrize("path", ["/nowhere", "/no/such/place", "/tickets/WEB-99", "/projects/NONE/list"])
    async def test_what_is_not_there_is_said_in_the_frame_to_who_is_signed_in(self, fetch: Fetch, path: str) -> None:
        reply = await fetch("jane", path)
        assert reply.status_code == 404
        assert 'href="/projects/WEB/' in reply.text
        assert 'data-viewer="user_101"' in reply.text
        assert reply.headers["cache-control"] == "private, no-store"

    async def test_and_without_it_to_who_is_not(self, fetch: Fetch) -> None:
        reply = await fetch(None, "/nowhere")
        assert (reply.status_code, "There is nothing here" in reply.text) == (404, True)
        assert "data-viewer" not in reply.text

    async def test_links_to_come_in_by_have_no_frame(self, fetch: Fetch) -> None:
        for path in ("/invite/none", "/reset/none", "/setup/none"):
            reply = await fetch("jane", path)
            assert (reply.status_code, "This link was used already" in reply.text) == (404, True)
            assert "data-viewer" not in reply.text

    @pytest.mark.parametrize(
        ("who", "path", "language", "said"),
        [
            ("jane", "/settings/instance", "en", "Only administrators of the instance see this"),
            ("jane", "/settings/people", "de", "Nur wer die Instanz verwaltet, sieht das"),
            ("jane", "/settings/audit", "en", "Only those who administer this workspace see this"),
            ("jane", "/settings/projects/WEB/end", "en", "Only those who administer this project see this"),
            ("jane", "/settings/projects/WEB/end", "de", "Nur wer dieses Projekt verwaltet, sieht das"),
        ],
    )
    async def test_what_someone_may_not_do_is_said_with_its_reason_in_the_frame(
        self, fetch: Fetch, who: str, path: str, language: str, said: str
    ) -> None:
        reply = await fetch(who, path, headers={"accept-language": language})
        assert reply.status_code == 403
        assert said in reply.text
        assert "data-viewer" in reply.text

    async def test_filters_that_do_not_work_can_be_cleared_from_the_frame(self, fetch: Fetch) -> None:
        reply = await fetch("jane", "/projects/WEB/list?page=0")
        assert reply.status_code == 400
        assert "<code>page</code>" in reply.text
        assert 'href="/projects/WEB/list">Clear filters' in reply.text
        assert 'data-viewer="user_101"' in reply.text

    async def test_when_the_database_cannot_be_asked_it_is_said_without_the_frame(
        self, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def is_away(_request: Any) -> None:
            raise Unavailable

        monkeypatch.setattr(error_pages, "find_session", is_away)
        reply = await fetch("jane", "/nowhere")
        assert (reply.status_code, "data-viewer" in reply.text) == (404, False)

    async def test_a_write_that_is_refused_changes_nothing_and_is_said_in_the_frame(
        self, fetch: Fetch, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        form, german = {"ticket": ticket["id"], "change": "status:done"}, {"accept-language": "de"}
        reply = await fetch("victor", "/tickets/bulk", "POST", data=form)
        assert reply.status_code == 403
        assert "Insufficient permissions to access this ticket" in reply.text
        assert "Someone who administers it can change that" in reply.text
        assert "data-viewer" in reply.text
        assert (
            "Sie können dieses Ticket lesen"
            in (await fetch("victor", "/tickets/bulk", "POST", data=form, headers=german)).text
        )
        assert (await jane.get(f"/api/tickets/{ticket['id']}")).data["status"] == "backlog"

    async def test_who_sees_no_pages_gets_json(self, fetch: Fetch) -> None:
        for path, accept in (("/nowhere", "*/*"), ("/api/nowhere", "text/html")):
            reply = await fetch("jane", path, headers={"accept": accept})
            assert reply.json()["error"]["code"] == "NOT_FOUND"

    async def test_it_is_said_in_the_language_of_the_browser(self, fetch: Fetch) -> None:
        reply = await fetch("jane", "/nowhere", headers={"accept-language": "de-AT,de;q=0.9,en;q=0.5"})
        assert "Hier ist nichts" in reply.text


class TestHeaders:
    async def test_pages_open_nobody_and_ask_for_no_device(self, fetch: Fetch) -> None:
        headers = (await fetch("jane", "/tickets")).headers
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["permissions-policy"] == "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        assert headers["x-content-type-options"] == "nosniff"

    async def test_a_page_runs_nothing_but_our_files_and_is_kept_by_nobody(self, fetch: Fetch) -> None:
        reply = await fetch("jane", "/tickets")
        policy = reply.headers["content-security-policy"]
        assert "script-src 'self'; style-src 'self';" in policy
        assert "unsafe" not in policy
        assert reply.headers["cache-control"] == "private, no-store"
        assert "style=" not in reply.text
        assert "onclick" not in reply.text

    async def test_the_first_view_of_a_list_is_small(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        for number in range(50):
            await new_ticket(title=f"A title of the usual length, number {number}")
        reply = await fetch("jane", "/projects/WEB/list", headers={"accept-encoding": "gzip"})
        loaded = {part.split('"')[1] for part in reply.text.replace('src="', 'href="').split("href=")[1:]}
        files = [path for path in loaded if path.startswith("/static/")]
        sent = int(reply.headers["content-length"])
        for path in {path.partition("#")[0] for path in files}:
            sent += int((await fetch(None, path, headers={"accept-encoding": "gzip"})).headers["content-length"])
        assert sent < 100_000

    async def test_static_files_are_kept_for_good(self, fetch: Fetch) -> None:
        page = (await fetch("jane", "/tickets")).text
        style = next(part.split('"')[0] for part in page.split('href="')[1:] if "/css/" in part)
        assert (await fetch(None, style)).headers["cache-control"] == "public, max-age=31536000, immutable"


class TestForms:
    async def test_a_foreign_page_changes_nothing(self, fetch: Fetch) -> None:
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
            reply = await fetch("jane", "/theme", "POST", data={"theme": "dark"}, headers=headers)
            assert reply.status_code == 403

    async def test_the_theme_is_kept_by_the_browser(self, fetch: Fetch) -> None:
        came_from = {"referer": "http://codimir.test/tickets?status=todo"}
        reply = await fetch("jane", "/theme", "POST", data={"theme": "dark"}, headers=came_from)
        assert (reply.status_code, reply.headers["location"]) == (303, "/tickets?status=todo")
        page = await fetch("jane", "/tickets", headers={"cookie": _with("codimir.theme=dark")})
        assert 'data-theme="dark"' in page.text

    @pytest.mark.parametrize(
        ("came_from", "leads_to"),
        [
            ("http://[x", "/"),
            ("http://codimir.test", "/"),
            ("http://codimir.test//evil.example/", "/"),
            ("http://codimir.test/tickets?search=caf\u00e9", "/tickets?search=caf%C3%A9"),
            ("http://codimir.test/tickets?search=%E2%82%AC", "/tickets?search=%E2%82%AC"),
        ],
    )
    async def test_wherever_a_form_comes_from_it_leads_to_a_page_of_ours(
        self, fetch: Fetch, came_from: str, leads_to: str
    ) -> None:
        sent = {"referer": came_from.encode("latin-1")}
        reply = await fetch("jane", "/theme", "POST", data={"theme": "dark"}, headers=sent)
        assert (reply.status_code, reply.headers["location"]) == (303, leads_to)

    async def test_a_path_in_any_script_is_led_to(self, fetch: Fetch) -> None:
        asked = {"back": "/tickets?search=\u20ac \U0001f98a", "from": "2026-01-01"}
        reply = await fetch("jane", "/filters/due/between", params=asked)
        assert reply.status_code == 303
        assert reply.headers["location"].startswith("/tickets?")
        assert unquote(reply.headers["location"]).isprintable()
        assert reply.headers["location"].isascii()

    async def test_an_unknown_theme_is_refused(self, fetch: Fetch) -> None:
        assert (await fetch("jane", "/theme", "POST", data={"theme": "pink"})).status_code == 400

    async def test_a_workspace_of_others_is_refused(self, fetch: Fetch) -> None:
        assert (await fetch("jane", "/workspace", "POST", data={"workspace": "workspace_globex"})).status_code == 400

    async def test_signing_out_ends_the_session(self, fetch: Fetch) -> None:
        reply = await fetch("jane", "/signout", "POST")
        assert (reply.status_code, reply.headers["location"]) == (303, "http://codimir.test/signin")
        assert (await fetch("jane", "/tickets")).status_code == 302

    @pytest.mark.parametrize("body", [b"theme=%ff", b"theme=a%00b", b"&".join([b"a=1"] * 2_000)])
    async def test_a_form_that_is_no_form_is_refused(self, fetch: Fetch, body: Any) -> None:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        assert (await fetch("jane", "/theme", "POST", content=body, headers=headers)).status_code == 400


class TestPreferences:
    async def test_the_language_of_a_person_goes_before_that_of_their_browser(
        self, fetch: Fetch, set_user: AsyncCall[None]
    ) -> None:
        await set_user("jane", preferences={"language": "de", "theme": "dark"})
        page = await fetch("jane", "/tickets", headers={"accept-language": "en"})
        assert "Alle Tickets" in page.text
        assert 'data-theme="dark"' in page.text

    async def test_nonsense_among_them_does_no_harm(self, fetch: Fetch, set_user: AsyncCall[None]) -> None:
        await set_user("jane", preferences={"language": "tlh", "theme": "pink", "timezone": "../../etc/passwd"})
        assert (await fetch("jane", "/tickets")).status_code == 200


def _with(cookie: str) -> str:
    return f"next-auth.session-token=session-of-jane; {cookie}"
