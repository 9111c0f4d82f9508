"""GET /api/docs, /static/… and /favicon.ico: what the browser gets around the API."""

import gzip
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from codimir.http.errors import NotFound
from codimir.http.static import Folder
from codimir.web.assets import FOLDER
from tests.clients import People

BUNDLE = "/static/vendor/swagger-ui/swagger-ui-bundle.js"


async def fetch(client: Any, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    response: httpx.Response = await client().http.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    return response


class TestDocsPage:
    async def test_anyone_may_read_it(self, client: People) -> None:
        reply = await fetch(client, "/api/docs")
        assert reply.status_code == 200
        assert reply.headers["content-type"] == "text/html; charset=utf-8"

    async def test_it_runs_nothing_but_our_own_files(self, client: People) -> None:
        reply = await fetch(client, "/api/docs")
        assert reply.headers["content-security-policy"] == (
            "default-src 'self'; img-src 'self' data: blob:; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
        )
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "same-origin"

    async def test_everything_that_it_loads_is_there(self, client: People) -> None:
        page = (await fetch(client, "/api/docs")).text
        loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
        assert BUNDLE in loaded
        for path in loaded:
            assert (await fetch(client, path)).status_code == 200, path


class TestStatic:
    @pytest.mark.parametrize(
        ("path", "media_type"),
        [
            (BUNDLE, "text/javascript; charset=utf-8"),
            ("/static/api-docs.css", "text/css; charset=utf-8"),
            ("/static/vendor/swagger-ui/LICENSE", "text/plain; charset=utf-8"),
            ("/favicon.ico", "image/svg+xml"),
        ],
    )
    async def test_files_say_what_they_are(self, client: People, path: str, media_type: str) -> None:
        reply = await fetch(client, path)
        assert reply.headers["content-type"] == media_type
        assert reply.headers["x-content-type-options"] == "nosniff"

    async def test_a_large_file_is_compressed_for_who_takes_that(self, client: People) -> None:
        small = await fetch(client, BUNDLE, accept_encoding="br, gzip")
        plain = await fetch(client, BUNDLE, accept_encoding="identity, gzip;q=0")
        assert small.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert int(small.headers["content-length"]) * 3 < int(plain.headers["content-length"])
        assert small.content == plain.content
        assert small.headers["vary"] == plain.headers["vary"] == "accept-encoding"
        assert small.headers["etag"] != plain.headers["etag"]

    async def test_a_small_file_is_sent_as_it_is(self, client: People) -> None:
        reply = await fetch(client, "/static/favicon.svg", accept_encoding="gzip")
        assert "content-encoding" not in reply.headers

    async def test_who_has_it_is_not_sent_it_again(self, client: People) -> None:
        first = await fetch(client, "/static/api-docs.css")
        assert first.headers["cache-control"] == "no-cache"
        for tags in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
            again = await fetch(client, "/static/api-docs.css", if_none_match=tags)
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == first.headers["etag"]
        stale = await fetch(client, "/static/api-docs.css", if_none_match='"other"')
        assert stale.status_code == 200

    async def test_head_says_the_same(self, client: People) -> None:
        got, head = await fetch(client, BUNDLE), await fetch(client, BUNDLE, "HEAD")
        assert head.status_code == 200
        assert head.headers == got.headers

    async def test_nothing_else_is_done_to_files(self, client: People) -> None:
        reply = await fetch(client, BUNDLE, "DELETE")
        assert (reply.status_code, reply.json()["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")

    @pytest.mark.parametrize(
        "path",
        [
            "/static/none.js",
            "/static/vendor",
            "/static/vendor/",
            "/static/../api.py",
            "/static/%2e%2e/api.py",
            "/static/%2e%2e%2fapi.py",
            "/static/vendor/../../api.py",
            "/static/vendor/..%2f..%2fapi.py",
            "/static/..%5capi.py",
            "/static//etc/passwd",
            "/static/%2fetc%2fpasswd",
            "/static/file:%2f%2f%2fetc%2fpasswd",
            "/static/api-docs.css.",
        ],
    )
    async def test_nothing_else_is_found(self, client: People, path: str) -> None:
        reply = await fetch(client, path)
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "NOT_FOUND")

    async def test_a_name_that_is_no_text_is_refused(self, client: People) -> None:
        for path in ("/static/%00", "/static/api-docs.css%00.png", "/static/%ff"):
            assert (await fetch(client, path)).status_code in {400, 404}


class TestFolder:
    def test_a_path_that_leads_out_of_it_is_not_found(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("secret")
        (tmp_path / "open").mkdir()
        (tmp_path / "open" / "page.html").write_text("page")
        folder = Folder(tmp_path / "open")
        assert folder.get("page.html").content == b"page"
        for name in ("../secret", str(tmp_path / "secret"), "./page.html", "", "."):
            with pytest.raises(NotFound):
                folder.get(name)

    def test_a_changed_file_is_read_again(self, tmp_path: Path) -> None:
        page = tmp_path / "page.html"
        page.write_text("old")
        folder = Folder(tmp_path)
        old = folder.get("page.html")
        page.write_text("newer")
        assert folder.get("page.html").content == b"newer"
        assert folder.get("page.html").digest != old.digest

    def test_a_file_that_is_gone_is_not_found(self, tmp_path: Path) -> None:
        page = tmp_path / "page.html"
        page.write_text("page")
        folder = Folder(tmp_path)
        page.unlink()
        with pytest.raises(NotFound):
            folder.get("page.html")

    def test_compression_gives_the_same_bytes_each_time(self) -> None:
        bundle = FOLDER.get(BUNDLE.removeprefix("/static/"))
        assert bundle.compressed is not None
        assert gzip.decompress(bundle.compressed) == bundle.content
