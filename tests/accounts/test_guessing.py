"""Passwords cannot be guessed, and nobody can find out by trying who has an account."""

import asyncio
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.access import hashing as hashing_module
from codimir.access.hashing import LONGEST_QUEUE, Hashing
from codimir.access.passwords import hash_password
from codimir.access.tables import sign_in_tries
from codimir.access.tries import TRIES_OF_ACCOUNT, TRIES_OF_ADDRESS, count_try, tries_of
from codimir.app import create_app
from codimir.config import Settings
from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.http.errors import ServiceUnavailable
from codimir.kit.clock import utc_now

WRONG = {"password": "wrong"}


@pytest.fixture
def let_a_minute_pass(db: Database) -> Any:
    """Make every try that was counted a minute older."""
    everything = Statement(sa.select(sign_in_tries.c.key, sign_in_tries.c.recent))
    age = Statement(
        sa.update(sign_in_tries)
        .where(sign_in_tries.c.key == sa.bindparam("row_key"))
        .values(recent=sa.bindparam("recent", type_=sign_in_tries.c.recent.type))
    )

    async def unit(tx: Any) -> None:
        for key, recent in await tx.all(everything):
            await tx.run(age, row_key=key, recent=[moment - 60 for moment in recent])

    async def age_all() -> None:
        await db.write(unit)

    return age_all


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Note each check of a password: on which thread, against how much of a hash."""
    noted: list[tuple[str, str]] = []
    check = hashing_module.is_password

    def note(password: str, password_hash: str) -> bool:
        noted.append((threading.current_thread().name.partition("_")[0], password_hash.rpartition("$")[0][:40]))
        return check(password, password_hash)

    monkeypatch.setattr(hashing_module, "is_password", note)
    return noted


class TestLimit:
    async def test_eleventh_try_in_a_minute_is_refused_even_with_the_password(
        self, browser: Any, let_a_minute_pass: Any
    ) -> None:
        assert [(await browser.sign_in(**WRONG)).status_code for _ in range(10)] == [401] * 10
        reply = await browser.sign_in()
        assert reply.status_code == 429
        assert 1 <= int(reply.headers["retry-after"]) <= 60
        assert reply.json()["error"] == {"code": "RATE_LIMITED", "message": "Too many tries; wait a minute"}
        assert reply.json()["url"].endswith("/api/auth/error?error=TooManyTries&provider=credentials")
        await let_a_minute_pass()
        assert (await browser.sign_in()).status_code == 200

    async def test_others_are_not_shut_out(self, browse: Any) -> None:
        guesser = browse(address="198.51.100.7")
        for _ in range(11):
            await guesser.sign_in(**WRONG)
        assert (await guesser.sign_in()).status_code == 429
        assert (await guesser.sign_in("victor@example.com")).status_code == 200
        assert (await browse(address="192.0.2.9").sign_in()).status_code == 200

    async def test_case_of_the_e_mail_is_no_way_around_it(self, browser: Any) -> None:
        for number in range(10):
            await browser.sign_in("jane@example.com".swapcase() if number % 2 else " jane@Example.com", **WRONG)
        assert (await browser.sign_in(**WRONG)).status_code == 429

    async def test_what_a_client_says_of_its_address_counts_for_nothing(self, browser: Any) -> None:
        replies = [
            await browser.sign_in(
                **WRONG, headers={"x-forwarded-for": f"203.0.113.{number}", "forwarded": "for=1.2.3.4"}
            )
            for number in range(11)
        ]
        assert replies[-1].status_code == 429

    async def test_all_servers_count_together(self, browse: Any, settings: Settings) -> None:
        another = create_app(settings, delivers=False)
        async with another.lifespan():
            here, there = browse(), browse(of=another)
            statuses = [(await (here, there)[number % 2].sign_in(**WRONG)).status_code for number in range(12)]
        assert statuses == [401] * 10 + [429] * 2

    async def test_tries_at_the_same_moment_are_all_counted(self, browser: Any) -> None:
        await browser.csrf_token()
        replies = await asyncio.gather(*(browser.sign_in(**WRONG) for _ in range(20)))
        assert sorted(reply.status_code for reply in replies) == [401] * 10 + [429] * 10

    async def test_a_clock_that_is_put_back_shuts_nobody_out(
        self, app: Any, browser: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(10):
            await browser.sign_in(**WRONG)
        for back, statuses in ((timedelta(seconds=30), {429}), (timedelta(hours=2), {200})):
            monkeypatch.setattr(app.state.database, "_clock", lambda back=back: utc_now() - back)
            reply = await browser.sign_in()
            assert {reply.status_code} == statuses
            assert int(reply.headers.get("retry-after", 0)) <= 60

    async def test_good_tries_are_not_counted(self, browser: Any) -> None:
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
        counted = [await db.write(lambda tx, one=one: count_try(tx, tries_of(*one))) for one in tries[: limit + 2]]
        assert [seconds is None for seconds in counted] == [True] * limit + [False] * 2


class TestWhoIsThere:
    async def test_reply_is_the_same_to_the_byte(self, browse: Any) -> None:
        for email in ("jane@example.com", "john@example.com", "nobody@example.com", "no address", "", "a\0b", "\u202e"):
            browser = browse(address=f"192.0.2.{len(email)}")
            replies = [await browser.sign_in(email, **WRONG) for _ in range(11)]
            assert [reply.status_code for reply in replies] == [401] * 10 + [429]
            assert {reply.content for reply in replies[:10]} == {
                b'{"url":"http://codimir.test/api/auth/error?error=CredentialsSignin&provider=credentials"}'
            }

    async def test_a_password_is_hashed_all_the_same(self, browser: Any, checks: Any) -> None:
        for email in ("jane@example.com", "john@example.com", "nobody@example.com", "no address"):
            await browser.sign_in(email, **WRONG)
        assert len(checks) == 4
        threads, parameters = zip(*checks, strict=True)
        assert set(threads) == {"argon2"}
        assert len({text.rpartition("$")[0] for text in parameters}) == 1


class TestPasswords:
    @pytest.mark.parametrize("length", [1, 7, 8, 1_024, 1_025, 10_000, 10_001, 20_000])
    @pytest.mark.parametrize("letter", ["a", "\u00fc"])
    async def test_wrong_one_of_any_length_is_wrong(self, browser: Any, length: int, letter: str) -> None:
        assert (await browser.sign_in(password=letter * length)).status_code == 401

    async def test_one_of_10_000_characters_opens(self, browser: Any, set_user: Any) -> None:
        password = "\U0001f98a" * 10_000
        await set_user("jane", password_hash=hash_password(password))
        assert (await browser.sign_in(password=password[:-1])).status_code == 401
        assert (await browser.sign_in(password=password)).status_code == 200

    async def test_one_that_no_form_holds_is_too_large(self, browser: Any) -> None:
        assert (await browser.sign_in(password="a" * 300_000)).status_code == 413

    @pytest.mark.parametrize("body", [b"%ff=%ff", b"\xff", b"a=1&" * 60, b"{", b"[]", b"[" * 100_000])
    @pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json"])
    async def test_broken_form_is_said_to_be(self, browser: Any, body: bytes, kind: str) -> None:
        reply = await browser.http.post("/api/auth/callback/credentials", content=body, headers={"content-type": kind})
        assert reply.status_code in (302, 400)

    @pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=a", ""])
    async def test_other_kinds_of_body_are_refused(self, browser: Any, kind: str) -> None:
        reply = await browser.http.post("/api/auth/signout", content=b"csrfToken=1", headers={"content-type": kind})
        assert reply.status_code == 415

    async def test_fields_that_are_no_text_are_wrong(self, browser: Any) -> None:
        body = {"email": ["a"], "password": {"b": 1}, "csrfToken": await browser.csrf_token(), "json": "true"}
        assert (await browser.http.post("/api/auth/callback/credentials", json=body)).status_code == 401


class TestHashing:
    async def test_event_loop_goes_on_and_a_full_queue_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        go_on, running = threading.Event(), []

        def wait(_password: str, _hash: str) -> bool:
            running.append(threading.current_thread().name)
            return go_on.wait(30)

        monkeypatch.setattr(hashing_module, "is_password", wait)
        hashing = Hashing()
        waiting = [asyncio.ensure_future(hashing.is_password("a", "b")) for _ in range(LONGEST_QUEUE)]
        await asyncio.sleep(0)
        started = time.monotonic()
        with pytest.raises(ServiceUnavailable):
            await hashing.is_password("a", "b")
        assert time.monotonic() - started < 5
        assert len(running) <= 2
        go_on.set()
        assert all(await asyncio.gather(*waiting))
        assert len(set(running)) <= 2
        hashing.close()
