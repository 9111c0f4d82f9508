"""Cookies and tokens that are nearly right are wrong, and nothing breaks over them."""

import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from codimir.authentication.tokens import hash_of
from codimir.config import Settings
from codimir.database.statements import insert_into
from codimir.model.authentication import api_tokens, sessions
from tests.accounts.test_nextauth_jwe import SECRET, made
from tests.apps import RunApp
from tests.cast import FAR_AHEAD, LONG_AGO
from tests.clients import Client, People

TOKEN = "codimir_5Zq8mV3xKc0uYtRw7LhJpN2dFgBsAe9oXiQyGvTzC1k"
SESSION = "b1nD5Zq8mV3xKc0uYtRw7LhJpN2dFgBsAe9oXiQyGv"
COUNT = 1_000
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/%;,\"' \t\\{}\x01\x7f\xff"
HEADER = {"session": "cookie", "jwe": "cookie", "token": "authorization"}
FORM = {
    "session": "next-auth.session-token={}",
    "jwe": "next-auth.session-token={}",
    "token": "Bearer {}",
}


def mutations(text: str, seed: int) -> Iterator[str]:
    """Bend a text in one to three places, without end."""
    chance = random.Random(seed)
    while True:
        bent = text
        for _ in range(chance.randint(1, 3)):
            bent = bend(bent, chance)
        if meaning(bent) != text:
            yield bent


def bend(text: str, chance: random.Random) -> str:
    place, letter = chance.randrange(len(text) + 1), chance.choice(ALPHABET)
    return chance.choice(
        [
            text[:place] + letter + text[place + 1 :],
            text[:place] + letter + text[place:],
            text[:place] + text[place + 1 :],
            text[:place],
            text[place:],
            text[:place] + text[place:].swapcase(),
            text[place:] + text[:place],
            text + text[:place],
            text[:place] + "%" + text[place:],
            text[:place] + letter * 50 + text[place:],
            text[:place] + "." + text[place:],
            text.replace(letter, "."),
        ]
    )


def meaning(text: str) -> str:
    """Give what is left of a value when what HTTP lets stand around it is taken away."""
    return unquote(text.partition(";")[0].strip().strip('"')).strip()


@pytest.fixture
async def shared_app(settings: Settings, run_app: RunApp) -> Any:
    """An application with a session, a token and a shared secret."""

    async def load(tx: Any) -> None:
        row = {"user_id": "user_101", "created_at": LONG_AGO, "expires_at": FAR_AHEAD}
        await tx.execute(insert_into(sessions), token_hash=hash_of(SESSION), **row)
        await tx.execute(
            insert_into(api_tokens), id="token_1", token_hash=hash_of(TOKEN), workspace_id=None, name="ci",
            scopes=["admin"], last_used_at=LONG_AGO, revoked_at=None, **row,
        )  # fmt: skip

    async with run_app(msgspec.structs.replace(settings, nextauth_secret=SECRET)) as app:
        await app.state.database.write(load)
        yield app


@pytest.mark.parametrize("kind", ["session", "jwe", "token"])
class TestMutated:
    async def test_none_of_a_thousand_is_accepted_and_none_breaks_the_server(self, shared_app: Any, kind: str) -> None:
        good = {"session": SESSION, "jwe": made(), "token": TOKEN}[kind]
        client = Client(shared_app, {})

        async def status(value: str) -> int:
            sent = [(HEADER[kind].encode(), FORM[kind].format(value).encode())]
            return (await client.http.get("/api/user/tokens", headers=sent)).status_code

        assert await status(good) == 200
        bent = mutations(good, seed=20_240_101)
        statuses = [await status(next(bent)) for _ in range(COUNT)]
        assert set(statuses) == {401}
        assert await status(good) == 200
        await client.http.aclose()


class TestCookies:
    GOOD = "next-auth.session-token=session-of-jane"

    @pytest.mark.parametrize(
        ("cookie", "status"),
        [
            (f"{GOOD}; next-auth.session-token=session-of-root", 200),
            (f"next-auth.session-token=nothing; {GOOD}", 401),
            (f"__Secure-next-auth.session-token=nothing; {GOOD}", 401),
            ("__Secure-next-auth.session-token=session-of-jane; next-auth.session-token=nothing", 200),
            ("authjs.session-token=session-of-jane", 200),
            ("next-auth.session-token.1=of-jane; next-auth.session-token.0=session-", 200),
            ("next-auth.session-token.10=e; next-auth.session-token.2=of-jan; next-auth.session-token.0=session-", 200),
            ("next-auth.session-token.0=session-; next-auth.session-token.x=of-jane", 401),
            ("next-auth.session-token.0=session-of-jane; next-auth.session-token.00=x", 401),
            ("next-auth.session-tokenx=session-of-jane", 401),
            ("xnext-auth.session-token=session-of-jane", 401),
            ("next-auth.session-token.99999999999999999999=session-of-jane", 401),
            ("next-auth.session-token.\u00b2=session-of-jane", 401),
            ("NEXT-AUTH.SESSION-TOKEN=session-of-jane", 401),
            ('next-auth.session-token="session-of-jane"', 200),
            ("next-auth.session-token=session%2Dof%2Djane", 200),
            (f";;=; =; {GOOD};", 200),
            ("next-auth.session-token=" + "a" * 60_000, 401),
            ("; ".join(f"next-auth.session-token.{n}={'a' * 3_900}" for n in range(15)), 401),
            ("next-auth.session-token", 401),
            ("next-auth.session-token=", 401),
            ("next-auth.session-token=%ff%00%", 401),
        ],
    )  # fmt: skip
    async def test_one_of_each_kind(self, client: People, cookie: str, status: int) -> None:
        sent = [(b"cookie", cookie.encode("latin-1"))]
        assert (await client().http.get("/api/tickets", headers=sent)).status_code == status

    async def test_several_headers_are_one(self, client: People) -> None:
        sent = [(b"cookie", b"a=b"), (b"cookie", self.GOOD.encode())]
        assert (await client().http.get("/api/tickets", headers=sent)).status_code == 200


class TestAddresses:
    @pytest.mark.parametrize(
        "email",
        [
            "STRASSE@example.com",
            "stra\u00dfe@example.com",
            "\u0130stanbul@example.com",
            "\u7528\u6237@\u4f8b\u5b50.\u5e7f\u544a",
        ],
    )
    async def test_scripts_of_any_kind_are_answered_alike(self, client: People, email: str) -> None:
        body = {"email": email, "password": "wrong", "json": "true"}
        reply = await client().post("/api/auth/callback/credentials", body)
        assert reply.status == 403
        assert "MissingCSRF" in reply.body["url"]
