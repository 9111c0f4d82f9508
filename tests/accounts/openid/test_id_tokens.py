"""ID tokens that no honest provider sends."""

import base64
import hmac
import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import KeySet, RSAKey

from codimir.accounts.openid.claims import group_roles_of
from codimir.accounts.openid.id_tokens import WrongToken, verified_claims
from codimir.accounts.openid.issuers import Metadata
from codimir.config import SettingsError, settings_from

NOW = 1_700_000_000
ISSUER, CLIENT, NONCE = "https://id.example.com", "codimir", "a nonce"
GOOD = {"iss": ISSUER, "aud": CLIENT, "sub": "248289761001", "nonce": NONCE, "iat": NOW, "exp": NOW + 300}
OLD, NEW, FOREIGN = (RSAKey.generate_key(2048, {"kid": kid, "alg": "RS256"}) for kid in ("old", "new", "old"))


class Keys:
    """The keys of a provider that has just taken a new one."""

    async def metadata(self) -> Metadata:
        return Metadata(ISSUER, f"{ISSUER}/auth", f"{ISSUER}/token", f"{ISSUER}/jwks")

    async def keys(self, *, anew: bool = False) -> KeySet:
        return KeySet([NEW] if anew else [OLD])


async def read(token: str) -> Any:
    return await verified_claims(Keys(), token, CLIENT, NONCE, NOW)  # type: ignore[arg-type]


def signed(claims: Any, key: Any = OLD, alg: str = "RS256") -> str:
    return jws.serialize_compact({"alg": alg, "kid": key.kid}, json.dumps(claims).encode(), key, algorithms=[alg])


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(claims: Any, alg: str = "none") -> str:
    return f"{encoded(json.dumps({'alg': alg, 'kid': 'old'}).encode())}.{encoded(json.dumps(claims).encode())}."


def signed_with_public_key(claims: Any) -> str:
    """Sign with what everybody knows, as if it were a shared secret."""
    text = unsigned(claims, "HS256").rstrip(".")
    return f"{text}.{encoded(hmac.digest(OLD.as_pem(private=False), text.encode(), 'sha256'))}"


class TestGood:
    async def test_of_the_provider(self) -> None:
        assert (await read(signed(GOOD)))["sub"] == GOOD["sub"]

    async def test_with_a_key_that_the_provider_has_since_a_moment(self) -> None:
        assert (await read(signed(GOOD, NEW)))["sub"] == GOOD["sub"]

    async def test_for_several_of_which_we_are_the_one_that_asked(self) -> None:
        assert await read(signed({**GOOD, "aud": ["other", CLIENT], "azp": CLIENT}))


class TestBad:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"iss": "https://evil.example"}, {"iss": f"{ISSUER}/"}, {"iss": None}, {"aud": "another"}, {"aud": []},
            {"aud": ["other", CLIENT]}, {"azp": "another"}, {"exp": NOW - 61}, {"exp": "later"}, {"exp": None},
            {"exp": True}, {"iat": NOW + 3600}, {"iat": None}, {"nonce": "another"}, {"nonce": None}, {"sub": ""},
            {"sub": 1}, {"sub": "a\0"}, {"sub": "\ud800"}, {"sub": "a" * 256},
        ],
        ids=str,
    )  # fmt: skip
    async def test_claims(self, wrong: Any) -> None:
        with pytest.raises(WrongToken):
            await read(signed({**GOOD, **wrong}))

    @pytest.mark.parametrize(
        "token",
        [
            unsigned(GOOD), signed(GOOD, FOREIGN), signed(GOOD)[:-8], "", "a.b.c", "é", "a" * 100_000,
            signed_with_public_key(GOOD),
        ],
        ids=lambda token: token[:12],
    )  # fmt: skip
    async def test_signatures(self, token: str) -> None:
        with pytest.raises(WrongToken):
            await read(token)


class TestSettings:
    GOOD = {"CODIMIR_OIDC_ISSUER": "https://id.example.com", "CODIMIR_OIDC_CLIENT_ID": "codimir"}

    def test_good_ones_are_taken(self) -> None:
        assert settings_from({**self.GOOD, "CODIMIR_PASSWORD_SIGN_IN": "off"}).oidc_name == "Single sign-on"
        assert settings_from({**self.GOOD, "CODIMIR_OIDC_SCOPE": "openid email groups"}).oidc_scope.endswith("groups")
        assert group_roles_of("a=ADMIN, b=c=VIEWER") == [("a", "ADMIN"), ("b=c", "VIEWER")]

    @pytest.mark.parametrize(
        ("name", "wrong"),
        [
            ("ISSUER", {"CODIMIR_OIDC_ISSUER": "http://id.example.com"}),
            ("ISSUER", {"CODIMIR_OIDC_ISSUER": "id.example.com"}),
            ("CLIENT_ID", {"CODIMIR_OIDC_CLIENT_ID": ""}),
            ("GROUP_CLAIM", {"CODIMIR_OIDC_GROUP_ROLES": "staff=EDITOR"}),
            ("OIDC_SCOPE", {"CODIMIR_OIDC_SCOPE": "email profile"}),
            ("OIDC_SCOPE", {"CODIMIR_OIDC_SCOPE": "openid,email"}),
            ("OIDC_SCOPE", {"CODIMIR_OIDC_SCOPE": "openid  email"}),
            ("OIDC_SCOPE", {"CODIMIR_OIDC_SCOPE": "openid\nemail"}),
            ("oidc_email_verified", {"CODIMIR_OIDC_EMAIL_VERIFIED": "never"}),
            ("PASSWORD_SIGN_IN", {"CODIMIR_OIDC_ISSUER": "", "CODIMIR_PASSWORD_SIGN_IN": "off"}),
        ],
    )
    def test_others_are_refused_by_their_name(self, name: str, wrong: dict[str, str]) -> None:
        with pytest.raises(SettingsError, match=name):
            settings_from({**self.GOOD, **wrong})

    @pytest.mark.parametrize("wrong", ["staff=BOSS", "=ADMIN", "staff"])
    def test_roles_that_are_none_are_refused(self, wrong: str) -> None:
        with pytest.raises(SettingsError, match="CODIMIR_OIDC_GROUP_ROLES"):
            group_roles_of(wrong)
