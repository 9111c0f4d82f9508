"""Passwords that are guessed first are refused wherever one is set; those from before stay good."""

from typing import Any

import pytest
from argon2 import PasswordHasher

from codimir.authentication.passwords import MIN_PASSWORD_LENGTH
from codimir.authentication.weak_passwords import OWN_WORDS, TOO_COMMON, _common_passwords, is_common
from tests.calls import AsyncCall
from tests.clients import People

COMMON = ["password", "PASSWORD", " Password", "12345678", "iloveyou", "\uff50assword"]
OF_JANE = ["jane.smith", "JaneSmith1", "smith12345", "jane@example.com", "Jane Smith!", "--jane--1234", "Codimir2026!"]
GOOD = ["correct horse", "janesmithson", "my jane is at home"]
PLACES = ["join", "reset", "change"]


@pytest.fixture
def set_password(client: People, set_user: AsyncCall[None]) -> AsyncCall[tuple[Any, str]]:
    """Set a password of Jane Smith, in one of the ways that there are; give the reply and the name of the field."""

    async def run(place: str, password: str) -> tuple[Any, str]:
        if place == "change":
            old = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("password")
            await set_user("jane", password_hash=old)
            reply = await client("jane").put("/api/user/password", {"current": "password", "new": password})
            return reply, "new"
        if place == "reset":
            link = (await client("root").post("/api/users/user_101/reset-link")).data["url"].rpartition("/")[2]
            return await client().post(f"/api/auth/reset/{link}", {"password": password}), "password"
        await set_user("jane", email_key="moved", email="moved@example.com")
        invited = {"email": "jane@example.com"}
        made = await client("ada").post("/api/workspaces/workspace_789/invitations", invited)
        path = f"/api/invitations/{made.data['url'].rpartition('/')[2]}/join"
        return await client().post(path, {"name": "Jane Smith", "password": password}), "password"

    return run


@pytest.mark.parametrize("place", PLACES)
class TestEveryPlace:
    @pytest.mark.parametrize("password", COMMON)
    async def test_a_common_one_is_refused(
        self, set_password: AsyncCall[tuple[Any, str]], place: str, password: str
    ) -> None:
        reply, field = await set_password(place, password)
        assert (reply.status, reply.details) == (400, {field: [str(TOO_COMMON)]})

    @pytest.mark.parametrize("password", OF_JANE)
    async def test_one_that_says_who_it_is_is_refused(
        self, set_password: AsyncCall[tuple[Any, str]], place: str, password: str
    ) -> None:
        reply, field = await set_password(place, password)
        assert (reply.status, reply.details) == (400, {field: [str(OWN_WORDS)]})

    @pytest.mark.parametrize("password", GOOD)
    async def test_others_are_taken(self, set_password: AsyncCall[tuple[Any, str]], place: str, password: str) -> None:
        reply, _ = await set_password(place, password)
        assert reply.status == 200, reply.body


class TestPages:
    @pytest.mark.parametrize(
        ("password", "said"),
        [("password", "Darf keines der häufigsten Passwörter sein"), ("jane.smith", "Darf nicht aus Ihrem Namen")],
    )
    async def test_they_say_it_in_german(self, client: People, password: str, said: str) -> None:
        link = (await client("root").post("/api/users/user_101/reset-link")).data["url"].rpartition("/")[2]
        page = await client().http.post(
            f"/reset/{link}", data={"password": password}, headers={"accept-language": "de"}
        )
        assert page.status_code == 400
        assert said in page.text


class TestList:
    def test_it_holds_enough_of_those_that_would_be_taken(self) -> None:
        assert len(_common_passwords()) >= 3_000
        assert all(len(each) >= MIN_PASSWORD_LENGTH and each == each.casefold() for each in _common_passwords())

    @pytest.mark.parametrize("password", ["", "x", "correct horse battery staple", "p" * 10_000])
    def test_others_are_not_common(self, password: str) -> None:
        assert not is_common(password)
