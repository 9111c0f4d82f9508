"""Receivers of every kind: bounded time and memory, and a log that says what happened."""

import asyncio
import datetime as dt
import ipaddress
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from codimir.database.core import Database
from codimir.kit.networks import Networks
from codimir.webhooks import sending
from codimir.webhooks.sending import NOT_ALLOWED
from codimir.webhooks.worker import running_delivery_worker
from tests.calls import AsyncCall
from tests.webhooks.conftest import Receiver

HEAD = b"HTTP/1.1 200 OK\r\n"


async def hang(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def byte_by_byte(writer: asyncio.StreamWriter) -> None:
    for byte in HEAD + b"content-length: 1000\r\n\r\n" + b"x" * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def body_that_never_ends(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"content-length: 100\r\n\r\nok")
    await asyncio.sleep(60)


async def gigabyte(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"content-length: 1073741824\r\n\r\n")
    for _ in range(1024):
        writer.write(b"x" * 1024 * 1024)
        await writer.drain()


async def endless_head(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD)
    while True:
        writer.write(b"x-more: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


async def good_news_for_ever(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.001)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "READ_SECONDS", 0.5)
    monkeypatch.setattr(sending, "TOTAL_SECONDS", 1.5)


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """Prove to be 127.0.0.1 to nobody but oneself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "receiver.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


class TestReplies:
    @pytest.mark.parametrize(
        ("reply", "status", "error"),
        [
            (hang, None, "No response for 0 seconds"),
            (byte_by_byte, None, "The receiver took longer than 2 seconds"),
            (endless_head, None, "The reply is not HTTP"),
            (good_news_for_ever, None, "The receiver took longer than 2 seconds"),
            (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", None, "The reply is not HTTP"),
            (b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n", 302,
             "The receiver answered 302; redirects are not followed"),
            (b"HTTP/1.1 500 Oh\r\ncontent-length: 4\r\n\r\n\xff\x00no", 500, "The receiver answered 500"),
        ],
    )  # fmt: skip
    async def test_what_fails_is_told_and_tried_again(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        tried: AsyncCall[Any],
        reply: Any,
        status: Any,
        error: str,
    ) -> None:
        receiver.reply = reply
        webhook = await new_webhook(events=["ticket.created"])
        await new_ticket()
        delivery = await tried(webhook)
        assert delivery["error"].startswith(error)
        assert (delivery["reply"] and delivery["reply"]["status"]) == status
        assert delivery["state"] == "pending"
        assert delivery["nextAttemptAt"] > delivery["attemptedAt"]
        assert delivery["durationMs"] < 20_000

    @pytest.mark.parametrize(
        ("reply", "error"),
        [
            (gigabyte, "The reply is longer than 64 KiB; the rest was not read"),
            (body_that_never_ends, "No response for 0 seconds"),
        ],
    )
    async def test_a_good_status_is_enough_whatever_its_body_does(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        settled: AsyncCall[Any],
        reply: Any,
        error: str,
    ) -> None:
        receiver.reply = reply
        webhook = await new_webhook(events=["ticket.created"])
        await new_ticket()
        [delivery] = await settled(webhook, "delivered")
        assert delivery["error"] == error
        assert len(delivery["reply"]["body"]) <= sending.MAX_KEPT
        assert delivery["durationMs"] < 20_000

    async def test_a_certificate_that_nobody_vouches_for_is_refused(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        new_receiver: AsyncCall[Receiver],
        tried: AsyncCall[Any],
        self_signed: ssl.SSLContext,
    ) -> None:
        liar = await new_receiver(ssl=self_signed)
        webhook = await new_webhook(url=liar.url)
        await new_ticket()
        delivery = await tried(webhook)
        assert delivery["error"] == "The certificate is not valid: self-signed certificate"
        assert liar.requests == []

    async def test_nobody_there_is_told(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        tried: AsyncCall[Any],
    ) -> None:
        webhook = await new_webhook()
        await receiver.stop()
        await new_ticket()
        assert (await tried(webhook))["error"] == "No connection: Connection refused"

    async def test_a_name_that_nobody_has_is_told_as_one_inside_a_network_is(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        tried: AsyncCall[Any],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        webhook = await new_webhook(url="http://receiver.invalid/")
        await new_ticket()
        assert (await tried(webhook))["error"] == str(NOT_ALLOWED)
        assert "nothing is sent to 'receiver.invalid': the name receiver.invalid leads nowhere" in caplog.text

    async def test_the_environment_names_no_proxy(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        await new_webhook()
        await new_ticket()
        assert await receiver.got(1)


class TestNetworks:
    async def test_nothing_goes_inside_even_when_the_address_was_taken_before(
        self,
        db: Database,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        tried: AsyncCall[Any],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        by_number = await new_webhook()
        by_name = await new_webhook(url=receiver.url.replace("127.0.0.1", "localhost"))
        async with running_delivery_worker(db, Networks()):
            await new_ticket()
            for webhook in (by_number, by_name):
                delivery = await tried(webhook)
                assert (delivery["error"], delivery["durationMs"]) == (str(NOT_ALLOWED), 0)
        assert receiver.requests == []
        assert "nothing is sent to 'localhost': localhost leads to 127.0.0.1, an address inside" in caplog.text

    async def test_a_name_is_resolved_once_and_the_request_names_it(
        self, delivery_worker: None, new_webhook: AsyncCall[Any], new_ticket: AsyncCall[Any], receiver: Receiver
    ) -> None:
        await new_webhook(url=receiver.url.replace("127.0.0.1", "localhost"))
        await new_ticket()
        [request] = await receiver.got(1)
        assert request.headers["host"] == f"localhost:{receiver.port}"


class TestSlowness:
    async def test_one_slow_receiver_holds_up_nobody_else(
        self,
        delivery_worker: None,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        receiver: Receiver,
        new_receiver: AsyncCall[Receiver],
        settled: AsyncCall[Any],
    ) -> None:
        slow = await new_receiver()
        slow.reply = hang
        await new_webhook(url=slow.url.replace("127.0.0.1", "localhost"), events=["ticket.created"])
        fast = await new_webhook(events=["ticket.created"])
        for _ in range(20):
            await new_ticket()
        await receiver.got(20)
        await settled(fast, *["delivered"] * 20)
        assert slow.most_under_way <= 16
