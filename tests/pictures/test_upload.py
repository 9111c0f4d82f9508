"""PUT and DELETE /api/user/picture, GET /api/pictures/{digest}."""

from typing import Any

import pytest

from codimir.database.core import Database
from codimir.pictures import api
from codimir.pictures.thumbnails import SIDE
from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People
from tests.pictures.conftest import PATH
from tests.pictures.samples import decoded, encoded, left_and_right

PICTURE = encoded(left_and_right())


class TestUpload:
    async def test_anonymous(self, client: People, upload: AsyncCall[Any]) -> None:
        assert (await upload(PICTURE, by=client())).status == 401

    async def test_jane_gets_a_picture_that_everybody_signed_in_sees(
        self, client: People, upload: AsyncCall[Any], recorded: Recorded
    ) -> None:
        reply = await upload(PICTURE)
        image = reply.data["image"]
        assert (reply.status, reply.data["name"]) == (200, "Jane Smith")
        shown = await client("eve").http.get(image)
        assert decoded(shown.content).size == (SIDE, SIDE)
        assert shown.headers["content-type"] == "image/webp"
        assert shown.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert (await client().get(image)).status == 401
        assert await recorded("user_101") == [("user.updated", {"image": ["https://example.com/jane.jpg", image]})]

    async def test_it_is_seen_wherever_she_is(
        self, jane: Client, upload: AsyncCall[Any], new_ticket: AsyncCall[Any]
    ) -> None:
        image = (await upload(PICTURE)).data["image"]
        ticket = await new_ticket(assigneeId="user_101")
        assert (await jane.get(f"/api/tickets/{ticket['id']}")).data["assignee"]["image"] == image
        page = (await jane.http.get("/settings/profile")).text
        assert f'<img src="{image}"' in page

    async def test_the_profile_can_be_sent_back_as_it_is(self, jane: Client, upload: AsyncCall[Any]) -> None:
        image = (await upload(PICTURE)).data["image"]
        reply = await jane.put("/api/user/profile", {"name": "Jane", "image": image})
        assert (reply.status, reply.data["image"]) == (200, image)

    async def test_sent_twice_it_is_done_once(self, jane: Client, db: Database, recorded: Recorded) -> None:
        for _ in range(2):
            files = {"file": ("me.png", PICTURE, "image/png")}
            reply = await jane.request("PUT", PATH, files=files, headers={"idempotency-key": "once"})
            assert reply.status == 200
        assert reply.headers["idempotent-replayed"] == "true"
        assert len(await recorded("user_101")) == 1

    @pytest.mark.parametrize(
        ("content", "problem"),
        [(b"hello", "Must be a picture: PNG, JPEG, WebP or GIF"), (PICTURE[:60], "The picture is damaged")],
    )
    async def test_what_is_no_picture_changes_nothing(
        self, jane: Client, upload: AsyncCall[Any], content: bytes, problem: str
    ) -> None:
        reply = await upload(content)
        assert reply.status == 400
        assert reply.details["file"][0].startswith(problem)
        assert (await jane.get("/api/user/profile")).data["image"] == "https://example.com/jane.jpg"

    async def test_too_many_bytes(self, upload: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(api, "MAX_BYTES", 100)
        reply = await upload(PICTURE + bytes(100))
        assert (reply.status, reply.error["message"]) == (413, "A file may have at most 100 bytes")


class TestRemove:
    async def test_jane_is_her_initials_again(self, jane: Client, upload: AsyncCall[Any]) -> None:
        await upload(PICTURE)
        assert (await jane.delete(PATH)).status == 204
        assert (await jane.get("/api/user/profile")).data["image"] is None

    async def test_without_one_nothing_happens(self, client: People, recorded: Recorded) -> None:
        assert (await client("john").delete(PATH)).status == 204
        assert await recorded("user_102") == []


class TestGet:
    @pytest.mark.parametrize("digest", ["0" * 40, "nothing", "..%2F..%2Fcodimir.db"])
    async def test_what_is_not_there(self, jane: Client, digest: str) -> None:
        assert (await jane.get(f"/api/pictures/{digest}")).status == 404

    async def test_it_is_sent_once(self, jane: Client, upload: AsyncCall[Any]) -> None:
        image = (await upload(PICTURE)).data["image"]
        first = await jane.http.get(image)
        again = await jane.http.get(image, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        head = await jane.http.head(image)
        assert (head.status_code, head.content) == (200, b"")


class TestPage:
    async def test_a_form_without_scripts(self, jane: Client) -> None:
        done = await jane.http.post("/settings/profile/picture", files={"file": ("me.png", PICTURE, "image/png")})
        assert (done.status_code, done.headers["location"]) == (303, "/settings/profile?done=saved")
        assert "Remove the picture" in (await jane.http.get("/settings/profile")).text
        assert (await jane.http.post("/settings/profile/picture/delete")).status_code == 303
        assert (await jane.get("/api/user/profile")).data["image"] is None

    async def test_what_is_wrong_stands_there_in_the_readers_language(self, jane: Client) -> None:
        said = await jane.http.post(
            "/settings/profile/picture",
            files={"file": ("me.png", b"hello", "image/png")},
            headers={"accept-language": "de"},
        )
        assert said.status_code == 400
        assert "Es muss ein Bild sein: PNG, JPEG, WebP oder GIF" in said.text

    async def test_saving_the_name_keeps_the_picture(self, jane: Client, upload: AsyncCall[Any]) -> None:
        image = (await upload(PICTURE)).data["image"]
        await jane.http.post("/settings/profile", data={"name": "Jane S."})
        profile = (await jane.get("/api/user/profile")).data
        assert (profile["name"], profile["image"]) == ("Jane S.", image)
