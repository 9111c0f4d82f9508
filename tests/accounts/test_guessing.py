"""Passwords cannot be guessed, and nobody can find out by trying who has an account."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.authentication import password_hashing as hashing_module
from codimir.authentication.password_hashing import (
    MAX_QUEUE,
    PLACES_FOR_KNOWN,
    PLACES_OF_ADDRESS,
    THREADS,
    Asker,
    PasswordHasher,
    TooManyAtOnce,
)
from codimir.authentication.passwords import hash_password, is_password
from codimir.authentication.throttling import TRIES_OF_ACCOUNT, TRIES_OF_ADDRESS, record_attempt, tries_of
from codimir.config import Settings
from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.http.errors import ServiceUnavailable
from codimir.kit.clock import utc_now
from codimir.kit.networks import network_of
from codimir.model.authentication import known_addresses, sign_in_tries
from tests.accounts.conftest import Browser
from tests.apps import RunApp
from tests.calls import AsyncCall, RowCounts

WRONG = {"password": "wrong"}


@pytest.fixture
def let_a_minute_pass(db: Database) -> AsyncCall[None]:
    """Make every try that was counted a minute older."""
    everything = Statement(sa.select(sign_in_tries.c.key, sign_in_tries.c.recent))
    age = Statement(
        sa.update(sign_in_tries)
        .where(sign_in_tries.c.key == sa.bindparam("row_key"))
        .values(recent=sa.bindparam("recent", type_=sign_in_tries.c.recent.type))
    )

    async def unit(tx: Any) -> None:
        for key, recent in await tx.fetch_all(everything):
            await tx.execute(age, row_key=key, recent=[moment - 60 for moment in recent])

    async def age_all() -> None:
        await db.write(unit)

    return age_all


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Note each check of a password: on which thread, against how much of a hash."""
    noted: list[tuple[str, str]] = []

    def note(password: str, password_hash: str) -> bool:
        noted.append((threading.current_thread().name.partition("_")[0], password_hash.rpartition("$")[0][:40]))
        return is_password(password, password_hash)

    monkeypatch.setattr(hashing_module, "is_password", note)
    return noted


async def _csrf_cookie(browser: Any) -> str:
    await browser.csrf_token()
    return str(browser.cookies["next-auth.csrf-token"])


class TestLimit:
    async def test_eleventh_try_in_a_minute_is_refused_even_with_the_password(
        self, browser: Browser, let_a_minute_pass: AsyncCall[None]
    ) -> None:
        assert [(await browser.sign_in(**WRONG)).status_code for _ in range(10)] == [401] * 10
        reply = await browser.sign_in()
        assert reply.status_code == 429
        assert 1 <= int(reply.headers["retry-after"]) <= 60
        assert reply.json()["error"] == {"code": "RATE_LIMITED", "message": "Too many tries; wait a minute"}
        assert reply.json()["url"].endswith("/api/auth/error?error=TooManyTries&provider=credentials")
        await let_a_minute_pass()
        assert (await browser.sign_in()).status_code == 200

    async def test_others_are_not_shut_out(self, browse: Callable[..., Browser]) -> None:
        guesser = browse(address="198.51.100.7")
        for _ in range(11):
            await guesser.sign_in(**WRONG)
        assert (await guesser.sign_in()).status_code == 429
        assert (await guesser.sign_in("victor@example.com")).status_code == 200
        assert (await browse(address="192.0.2.9").sign_in()).status_code == 200

    async def test_case_of_the_e_mail_is_no_way_around_it(self, browser: Browser) -> None:
        for number in range(10):
            await browser.sign_in("jane@example.com".swapcase() if number % 2 else " jane@Example.com", **WRONG)
        assert (await browser.sign_in(**WRONG)).status_code == 429

    async def test_what_a_client_says_of_its_address_counts_for_nothing(self, browser: Browser) -> None:
        replies = [
            await browser.sign_in(
                **WRONG, headers={"x-forwarded-for": f"203.0.113.{number}", "forwarded": "for=1.2.3.4"}
            )
            for number in range(11)
        ]
        assert replies[-1].status_code == 429

    async def test_all_servers_count_together(
        self, browse: Callable[..., Browser], settings: Settings, run_app: RunApp
    ) -> None:
        async with run_app(settings, has_cast=False) as another:
            here, there = browse(), browse(of=another)
            statuses = [(await (here, there)[number % 2].sign_in(**WRONG)).status_code for number in range(12)]
        assert statuses == [401] * 10 + [429] * 2

    async def test_tries_at_the_same_moment_are_all_counted(self, browser: Browser) -> None:
        await browser.csrf_token()
        replies = await asyncio.gather(*(browser.sign_in(**WRONG) for _ in range(20)))
        assert sorted(reply.status_code for reply in replies) == [401] * 10 + [429] * 10

    async def test_a_clock_that_is_put_back_shuts_nobody_out(
        self, app: Litestar, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(10):
            await browser.sign_in(**WRONG)
        for back, statuses in ((timedelta(seconds=30), {429}), (timedelta(hours=2), {200})):
            monkeypatch.setattr(app.state.database, "_clock", lambda back=back: utc_now() - back)
            reply = await browser.sign_in()
            assert {reply.status_code} == statuses
            assert int(reply.headers.get("retry-after", 0)) <= 60

    async def test_good_tries_are_not_counted(self, browser: Browser) -> None:
        assert {(await browser.sign_in()).status_code for _ in range(12)} == {200}

    @pytest.mark.parametrize(
        ("tries", "limit"),
        [
            ([("jane", f"192.0.2.{number}") for number in range(200)], TRIES_OF_ACCOUNT),
            ([(f"somebody-{number}", "192.0.2.1") for number in range(200)], TRIES_OF_ADDRESS),
        ],
        ids=["one account from many addresses", "many accounts from one address"],
    )
    async def test_spreading_them_is_limited_too(self, db: Database, tries: Any, limit: int) -> None:
        counted = [await db.write(lambda tx, one=one: record_attempt(tx, tries_of(*one))) for one in tries[: limit + 2]]
        assert [seconds is None for seconds in counted] == [True] * limit + [False] * 2


class TestKnown:
    """Who signed in before is not kept out by strangers."""

    @pytest.fixture
    def attacked(self, db: Database) -> AsyncCall[None]:
        """Let strangers use up every try that an account gets, from as many addresses as it takes."""

        async def attack(account: str = "jane@example.com") -> None:
            for number in range(TRIES_OF_ACCOUNT + 1):
                await db.write(lambda tx, n=number: record_attempt(tx, tries_of(account, f"198.51.100.{n}")))

        return attack

    async def test_a_stranger_is_refused_while_it_goes_on(
        self, browse: Callable[..., Browser], attacked: AsyncCall[None]
    ) -> None:
        await attacked()
        assert (await browse(address="192.0.2.9").sign_in()).status_code == 429

    async def test_their_address_is_known(self, browse: Callable[..., Browser], attacked: AsyncCall[None]) -> None:
        await browse(address="192.0.2.9").sign_in()
        await attacked()
        assert (await browse(address="192.0.2.9").sign_in()).status_code == 200
        assert (await browse(address="192.0.2.10").sign_in()).status_code == 429

    async def test_their_device_is_known_wherever_it_is(
        self, browse: Callable[..., Browser], attacked: AsyncCall[None]
    ) -> None:
        there, here = browse(address="192.0.2.9"), browse(address="203.0.113.1")
        await there.sign_in()
        here.http.cookies.set("codimir.device", there.cookies["codimir.device"])
        await attacked()
        assert (await here.sign_in()).status_code == 200

    @pytest.mark.parametrize("value", ["x", "x.y", "", ".", "\u00fc.x", "a" * 5_000])
    async def test_a_device_that_somebody_made_up_is_none(
        self, browse: Callable[..., Browser], attacked: AsyncCall[None], value: str
    ) -> None:
        browser = browse(address="203.0.113.1")
        await attacked()
        headers = {"cookie": f"codimir.device={value}; next-auth.csrf-token={await _csrf_cookie(browser)}".encode()}
        assert (await browser.sign_in(headers=headers)).status_code == 429

    async def test_a_device_of_another_account_is_none(
        self, browse: Callable[..., Browser], attacked: AsyncCall[None]
    ) -> None:
        browser = browse(address="203.0.113.1")
        await browser.sign_in("victor@example.com")
        await attacked()
        assert (await browser.sign_in("jane@example.com")).status_code == 429
        assert (await browser.sign_in("victor@example.com")).status_code == 200

    async def test_a_known_device_guesses_no_more_often_than_a_strange_one(
        self, browse: Callable[..., Browser]
    ) -> None:
        browser = browse(address="192.0.2.9")
        await browser.sign_in()
        assert [(await browser.sign_in(**WRONG)).status_code for _ in range(11)] == [401] * 10 + [429]
        assert (await browse(address="192.0.2.77").sign_in()).status_code == 200

    async def test_an_address_is_forgotten_after_ninety_days(
        self, browse: Callable[..., Browser], attacked: AsyncCall[None], db: Database
    ) -> None:
        await browse(address="192.0.2.9").sign_in()
        ago = utc_now() - timedelta(days=90)
        moment = known_addresses.c.signed_in_at
        age = Statement(sa.update(known_addresses).values(signed_in_at=sa.bindparam("ago", type_=moment.type)))
        await db.write(lambda tx: tx.execute(age, ago=ago))
        await attacked()
        assert (await browse(address="192.0.2.9").sign_in()).status_code == 429

    async def test_failing_makes_nobody_known(self, browse: Callable[..., Browser], row_counts: RowCounts) -> None:
        browser = browse()
        await browser.sign_in(**WRONG)
        assert "codimir.device" not in browser.cookies
        assert (await row_counts())["known_addresses"] == 0

    async def test_by_https_the_cookie_is_kept_to_this_host(self, browse: Callable[..., Browser]) -> None:
        reply = await browse(origin="https://codimir.test").sign_in()
        [cookie] = [each for each in reply.headers.get_list("set-cookie") if "device" in each]
        assert cookie.startswith("__Host-codimir.device=")
        assert all(f"; {part}" in cookie for part in ("Path=/", "HttpOnly", "SameSite=Lax", "Secure"))


class TestIpv6:
    async def test_a_network_of_64_bits_counts_as_one(self, browse: Callable[..., Browser]) -> None:
        for number in range(10):
            await browse(address=f"2001:db8:1:2::{number:x}").sign_in(**WRONG)
        assert (await browse(address="2001:db8:1:2:ffff::1").sign_in()).status_code == 429
        assert (await browse(address="2001:db8:1:3::1").sign_in()).status_code == 200

    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::/64"),
            ("2001:DB8:0:0:1::", "2001:db8::/64"), ("fe80::1%eth0", "fe80::/64"), ("unix:", "unix:"), ("", ""),
        ],
    )  # fmt: skip
    def test_what_an_address_counts_as(self, address: str, network: str) -> None:
        assert network_of(address) == network


class TestWhoIsThere:
    async def test_reply_is_the_same_to_the_byte(self, browse: Callable[..., Browser]) -> None:
        for email in ("jane@example.com", "john@example.com", "nobody@example.com", "no address", "", "a\0b", "\u202e"):
            browser = browse(address=f"192.0.2.{len(email)}")
            replies = [await browser.sign_in(email, **WRONG) for _ in range(11)]
            assert [reply.status_code for reply in replies] == [401] * 10 + [429]
            assert {reply.content for reply in replies[:10]} == {
                b'{"url":"http://codimir.test/api/auth/error?error=CredentialsSignin&provider=credentials"}'
            }

    async def test_a_password_is_hashed_all_the_same(self, browser: Browser, checks: list[tuple[str, str]]) -> None:
        for email in ("jane@example.com", "john@example.com", "nobody@example.com", "no address"):
            await browser.sign_in(email, **WRONG)
        assert len(checks) == 4
        threads, parameters = zip(*checks, strict=True)
        assert set(threads) == {"argon2"}
        assert len({text.rpartition("$")[0] for text in parameters}) == 1


class TestPasswords:
    @pytest.mark.parametrize("length", [1, 7, 8, 1_000, 1_001, 2_000])
    @pytest.mark.parametrize("letter", ["a", "\u00fc"])
    async def test_wrong_one_of_any_length_is_wrong(self, browser: Browser, length: int, letter: str) -> None:
        assert (await browser.sign_in(password=letter * length)).status_code == 401

    async def test_one_of_1000_characters_opens(self, browser: Browser, set_user: AsyncCall[None]) -> None:
        password = "\U0001f98a" * 1_000
        await set_user("jane", password_hash=hash_password(password))
        assert (await browser.sign_in(password=password[:-1])).status_code == 401
        assert (await browser.sign_in(password=password)).status_code == 200

    async def test_one_that_no_form_holds_is_too_large(self, browser: Browser) -> None:
        assert (await browser.sign_in(password="a" * 300_000)).status_code == 413

    @pytest.mark.parametrize("body", [b"%ff=%ff", b"\xff", b"a=1&" * 60, b"{", b"[]", b"[" * 10_000])
    @pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json"])
    async def test_broken_form_is_said_to_be(self, browser: Browser, body: bytes, kind: str) -> None:
        reply = await browser.http.post("/api/auth/callback/credentials", content=body, headers={"content-type": kind})
        assert reply.status_code in (302, 400)

    @pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=a", ""])
    async def test_other_kinds_of_body_are_refused(self, browser: Browser, kind: str) -> None:
        reply = await browser.http.post("/api/auth/signout", content=b"csrfToken=1", headers={"content-type": kind})
        assert reply.status_code == 415

    async def test_fields_that_are_no_text_are_wrong(self, browser: Browser) -> None:
        body = {"email": ["a"], "password": {"b": 1}, "csrfToken": await browser.csrf_token(), "json": "true"}
        assert (await browser.http.post("/api/auth/callback/credentials", json=body)).status_code == 401


class TestHashing:
    @pytest.fixture
    def stuck(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
        """Let every check of a password wait until this is set."""
        go_on = threading.Event()
        monkeypatch.setattr(hashing_module, "is_password", lambda *_: go_on.wait(60))
        yield go_on
        go_on.set()

    async def test_event_loop_goes_on_and_a_full_queue_is_refused(self, stuck: threading.Event) -> None:
        hashing, places = PasswordHasher(), MAX_QUEUE - PLACES_FOR_KNOWN
        strangers = [_wait_in(hashing, f"192.0.2.{n}") for n in range(places)]
        await asyncio.sleep(0)
        with pytest.raises(ServiceUnavailable):
            await hashing.is_password("a", "b", Asker("192.0.2.250"))
        known = [_wait_in(hashing, f"device-{n}", is_known=True) for n in range(PLACES_FOR_KNOWN)]
        await asyncio.sleep(0)
        with pytest.raises(ServiceUnavailable):
            await hashing.is_password("a", "b", Asker("another-device", is_known=True))
        stuck.set()
        assert all(await asyncio.gather(*strangers, *known))
        hashing.close()

    async def test_one_address_fills_its_own_places_only(self, stuck: threading.Event) -> None:
        hashing = PasswordHasher()
        waiting = [_wait_in(hashing, "192.0.2.1") for _ in range(PLACES_OF_ADDRESS)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyAtOnce):
            await hashing.is_password("a", "b", Asker("192.0.2.1"))
        waiting.append(_wait_in(hashing, "192.0.2.2"))
        waiting.append(_wait_in(hashing, "192.0.2.1", is_known=True))
        stuck.set()
        assert all(await asyncio.gather(*waiting))
        assert await hashing.is_password("a", "b", Asker("192.0.2.1"))
        hashing.close()

    async def test_who_is_known_waits_for_no_stranger_that_has_not_begun(self, monkeypatch: pytest.MonkeyPatch) -> None:
        go_on, order = threading.Event(), []

        def note(password: str, _hash: str) -> bool:
            go_on.wait(60)
            order.append(password)
            return True

        monkeypatch.setattr(hashing_module, "is_password", note)
        hashing = PasswordHasher()
        waiting = [_wait_in(hashing, f"192.0.2.{n}", f"stranger-{n}") for n in range(20)]
        await asyncio.sleep(0)
        waiting.append(_wait_in(hashing, "device", "known", is_known=True))
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(*waiting)
        assert order.index("known") <= THREADS
        assert len(order) == 21
        hashing.close()

    async def test_who_gives_up_holds_nobody_up(self, stuck: threading.Event) -> None:
        hashing = PasswordHasher()
        first = [_wait_in(hashing, f"192.0.2.{n}") for n in range(4)]
        await asyncio.sleep(0)
        for each in first[1:3]:  # one that has begun, one that waits
            each.cancel()
        last = [_wait_in(hashing, f"198.51.100.{n}") for n in range(4)]
        stuck.set()
        done = await asyncio.gather(*first, *last, return_exceptions=True)
        assert [each for each in done if each is True] == [True] * 6
        assert [type(each) for each in done[1:3]] == [asyncio.CancelledError] * 2
        assert await hashing.is_password("a", "b", Asker("192.0.2.1"))
        hashing.close()

    async def test_a_flood_from_one_address_leaves_the_owner_in_peace(
        self, browse: Callable[..., Browser], stuck: threading.Event
    ) -> None:
        flooder, owner = browse(address="198.51.100.7"), browse(address="192.0.2.1")
        await flooder.csrf_token()
        tokens = await flooder.csrf_token(), await owner.csrf_token()
        flood = [
            asyncio.ensure_future(
                flooder.post("callback/credentials", csrfToken=tokens[0], json="true", email=f"x{n}@a.test", **WRONG)
            )
            for n in range(60)
        ]
        refused = [reply for reply in await _done(flood, 60 - PLACES_OF_ADDRESS) if reply.status_code == 429]
        assert len(refused) == 60 - PLACES_OF_ADDRESS
        assert refused[0].headers["retry-after"] == "1"
        signing_in = asyncio.ensure_future(
            owner.post("callback/credentials", csrfToken=tokens[1], json="true", email="jane@example.com", password="x")
        )
        stuck.set()
        assert (await signing_in).status_code == 200
        await asyncio.gather(*flood)


def _wait_in(hashing: PasswordHasher, name: str, given: str = "a", *, is_known: bool = False) -> "asyncio.Future[bool]":
    return asyncio.ensure_future(hashing.is_password(given, "b", Asker(name, is_known=is_known)))


async def _done(tasks: Any, number: int) -> Any:
    """Give the replies of the first so many that have one."""
    done: set[Any] = set()
    while len(done) < number:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(0)
    return [task.result() for task in done]
