"""Signatures, as the official library checks them."""

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from codimir.webhooks.signing import headers_for, new_secret, usable_secret


class TestSignatures:
    def test_every_secret_in_force_signs(self) -> None:
        new, old, other = new_secret(), new_secret(), new_secret()
        headers = headers_for("evt_1", datetime.now(UTC), b'{"a":"\xc3\xbc"}', [new, old])
        for secret in (new, old):
            assert Verifier(secret).verify(b'{"a":"\xc3\xbc"}', headers) == {"a": "ü"}
        with pytest.raises(WebhookVerificationError):
            Verifier(other).verify(b'{"a":"\xc3\xbc"}', headers)
        assert headers["webhook-signature"].count("v1,") == 2

    def test_a_made_secret_can_be_chosen_too(self) -> None:
        secret = new_secret()
        assert usable_secret(secret) == secret
