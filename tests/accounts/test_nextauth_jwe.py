"""Session cookies that a NextAuth site made with a secret that it shares with us, and those that it did not make."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from joserfc import jwe
from joserfc.util import urlsafe_b64encode
from litestar import Litestar

from codimir.authentication.cookies import MAX_SESSION_LENGTH
from codimir.authentication.csrf import csrf_cookie_value
from codimir.authentication.nextauth_jwe import ENCODINGS, derived_key, read_jwe
from codimir.config import Settings
from codimir.database.statements import update_by_id
from codimir.model.users import users
from tests.accounts.npm import node
from tests.apps import RunApp
from tests.cast import LONG_AGO
from tests.clients import Client, People

SECRET = "a-test-secret-" + "x" * 30
COOKIE = {"4": "next-auth.session-token", "5": "authjs.session-token"}
FAMILY: dict[str, Any] = {"4": "next-auth", "5": "authjs"}
VERSIONS = ("4", "5")


def made(version: str = "4", secret: str = SECRET, header: Any = None, **claims: Any) -> str:
    """Make a cookie as NextAuth does; claims that are None are left out."""
    now = int(time.time())
    said = {"sub": "user_101", "email": "jane@example.com", "iat": now, "exp": now + 1000, "jti": "1", **claims}
    key = derived_key(secret, COOKIE[version], FAMILY[version])
    head = {"alg": "dir", "enc": ENCODINGS[FAMILY[version]], **(header or {})}
    body = msgspec.json.encode({name: value for name, value in said.items() if value is not None})
    return jwe.encrypt_compact(head, body, key, algorithms=["dir", *ENCODINGS.values(), "DEF"])


def read(token: str, version: str = "4", secret: str = SECRET) -> Any:
    return read_jwe(token, secret, COOKIE[version], FAMILY[version])


class Shared:
    """An application that shares its secret with a NextAuth site, and clients who come with a cookie of that."""

    def __init__(self, app: Litestar) -> None:
        self.app = app
        self.clients: list[Client] = []

    def __call__(self, token: str, version: str = "4", **headers: str) -> Client:
        self.clients.append(Client(self.app, {"cookie": f"{COOKIE[version]}={token}", **headers}))
        return self.clients[-1]

    async def set_jane(self, **columns: Any) -> None:
        statement = update_by_id(users, frozenset(columns))
        await self.app.state.database.write(lambda tx: tx.execute(statement, row_id="user_101", **columns))


@pytest.fixture
async def shared(settings: Settings, run_app: RunApp) -> AsyncIterator[Shared]:
    async with run_app(msgspec.structs.replace(settings, nextauth_secret=SECRET)) as app:
        made_for = Shared(app)
        yield made_for
    for client in made_for.clients:
        await client.http.aclose()


class TestKey:
    def test_it_is_derived_as_documented(self) -> None:
        key = derived_key(SECRET, COOKIE["4"], "next-auth")
        assert key.raw_value.hex() == "fbcf2203d6cdb200f715f123190dca4a9d7524c3254475fdb09f11dbce5d61f3"


@pytest.mark.usefixtures("nextauth")
@pytest.mark.parametrize("version", VERSIONS)
class TestRealNextAuth:
    def test_we_read_what_it_made(self, version: str) -> None:
        wanted = {
            "secret": SECRET,
            "salt": COOKIE[version] * (version == "5"),
            "token": {"sub": "user_101", "name": "Ü"},
        }
        token = node("nextauth_jwt.mjs", "encode", version, msgspec.json.encode(wanted).decode())
        claims = read(token, version)
        assert claims.sub == "user_101"
        assert 2_591_000 < claims.exp - time.time() < 2_593_000
        assert claims.jti
        assert read(token, version, SECRET + "x") is None

    def test_it_reads_what_we_make(self, version: str) -> None:
        given = {"secret": SECRET, "salt": COOKIE[version] * (version == "5"), "token": made(version)}
        claims = node("nextauth_jwt.mjs", "decode", version, msgspec.json.encode(given).decode())
        assert (claims["sub"], claims["email"]) == ("user_101", "jane@example.com")


class TestReading:
    def test_time_has_a_tolerance_of_fifteen_seconds(self) -> None:
        now = int(time.time())
        assert read(made(exp=now - 10))
        assert read(made(nbf=now + 10))
        assert read(made(exp=now - 16)) is None
        assert read(made(nbf=now + 20)) is None
        assert read(made(iat=now + 20)) is None

    @pytest.mark.parametrize(
        "claims",
        [{"exp": None}, {"exp": "soon"}, {"exp": True}, {"iat": None}, {"sub": 5}, {"email": ["a"]}, {"nbf": "x"}],
    )
    def test_claims_are_of_their_kind(self, claims: Any) -> None:
        assert read(made(**claims)) is None

    @pytest.mark.parametrize(
        "header",
        [{"zip": "DEF"}, {"crit": ["exp"], "exp": 1}, {"enc": "A128GCM"}, {"enc": "A256CBC-HS512"}, {"b64": False}],
    )
    def test_other_ways_to_encrypt_are_refused(self, header: Any) -> None:
        head, _, rest = made().partition(".")
        assert head
        bent = msgspec.json.encode({"alg": "dir", "enc": "A256GCM", **header})
        encoded = urlsafe_b64encode(bent).decode()
        assert read(f"{encoded}.{rest}") is None

    def test_compressed_one_is_refused_though_its_seal_is_good(self) -> None:
        assert read(made(header={"zip": "DEF"})) is None

    def test_segments_and_size_are_counted(self) -> None:
        token = made()
        assert read(token)
        for broken in (
            token + ".", "." + token, token.rpartition(".")[0], token.replace("..", ".AAAA."), token + "ü", "", ".",
            "....", token + "A" * MAX_SESSION_LENGTH,
        ):  # fmt: skip
            assert read(broken) is None

    def test_each_version_reads_its_own(self) -> None:
        assert read(made("5"), "4") is None
        assert read(made("4"), "5") is None
        assert read_jwe(made("5"), SECRET, "__Secure-authjs.session-token", "authjs") is None


@pytest.mark.parametrize("version", VERSIONS)
class TestSession:
    async def test_it_opens_the_session_of_its_person(self, shared: Shared, version: str) -> None:
        client = shared(made(version), version)
        assert (await client.get("/api/tickets")).status == 200
        assert (await client.get("/api/auth/session")).body["user"]["name"] == "Jane Smith"

    async def test_person_is_found_by_e_mail_too(self, shared: Shared, version: str) -> None:
        client = shared(made(version, sub="of-the-other-database", email="JANE@example.com"), version)
        assert (await client.get("/api/auth/session")).body["user"]["name"] == "Jane Smith"

    async def test_id_goes_before_e_mail(self, shared: Shared, version: str) -> None:
        client = shared(made(version, sub="user_102", email="jane@example.com"), version)
        assert (await client.get("/api/auth/session")).body["user"]["name"] == "John Doe"

    @pytest.mark.parametrize(
        "claims", [{"sub": "nobody", "email": "no@example.com"}, {"sub": None, "email": None}, {"sub": "a\0"}]
    )
    async def test_nobody_is_nobody(self, shared: Shared, version: str, claims: Any) -> None:
        assert (await shared(made(version, **claims), version).get("/api/tickets")).status == 401

    async def test_chunks_are_joined_in_order(self, shared: Shared, version: str) -> None:
        token, name = made(version, picture="x" * 4_000), COOKIE[version]
        parts = [token[start : start + 400] for start in range(0, len(token), 400)]
        assert len(parts) > 10
        chunks = "; ".join(f"{name}.{number}={part}" for number, part in reversed(list(enumerate(parts))))
        assert (await shared("", version, cookie=chunks).get("/api/tickets")).status == 200

    async def test_signing_out_ends_it_everywhere(self, shared: Shared, version: str) -> None:
        csrf = "a" * 64
        cookies = f"{COOKIE[version]}={made(version)}; next-auth.csrf-token={csrf_cookie_value(csrf, SECRET)}"
        client = shared("", version, cookie=cookies)
        assert (await client.get("/api/tickets")).status == 200
        reply = await client.post("/api/auth/signout", {"csrfToken": csrf, "json": "true"})
        assert reply.status == 200
        assert (await client.get("/api/tickets")).status == 401
        assert (await shared(made(version, jti="2"), version).get("/api/tickets")).status == 200


class TestNotBefore:
    async def test_older_cookie_is_refused(self, shared: Shared, settings: Settings) -> None:
        client = shared(made())
        for moment, status in (
            (datetime.fromtimestamp(time.time() + 5, UTC), 401),
            (datetime.fromtimestamp(time.time() - 60, UTC), 200),
        ):
            await shared.set_jane(not_before=moment)
            assert (await client.get("/api/tickets")).status == status

    async def test_disabled_person_is_refused(self, shared: Shared) -> None:
        client = shared(made())
        await shared.set_jane(disabled_at=LONG_AGO)
        assert (await client.get("/api/tickets")).status == 401


class TestWithoutSecret:
    async def test_such_a_cookie_is_worth_nothing(self, client: People) -> None:
        headers = {"cookie": f"{COOKIE['4']}={made()}"}
        assert (await client().request("GET", "/api/tickets", headers=headers)).status == 401
