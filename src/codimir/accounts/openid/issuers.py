"""Talk to a provider: what it says of itself, its keys, and the exchange of a code (OpenID Connect Discovery 1.0)."""

import time
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

import msgspec

from codimir.kit.libraries import httpx, jose_errors, jwk
from codimir.kit.values import Values

SECONDS_TO_WAIT = 10
SECONDS_KEPT = 3600
SECONDS_BETWEEN_KEYS = 30
"""How soon the keys are fetched again when a token names one that is not among them."""
LARGEST_REPLY = 1024 * 1024


class ProviderFailed(Exception):
    """The provider cannot be reached, or says what it must not; the message is for the log."""


class Metadata(msgspec.Struct):
    """What a provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = msgspec.field(default_factory=lambda: ["client_secret_basic"])


class Tokens(msgspec.Struct):
    """What a code was exchanged for."""

    access_token: str
    id_token: str


class Issuer:
    """A provider, and what is known of it for an hour."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.AsyncClient(timeout=SECONDS_TO_WAIT)
        self._metadata: Metadata | None = None
        self._keys: jwk.KeySet | None = None
        self._asked_at = self._keys_at = float("-inf")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def metadata(self) -> Metadata:
        """Return what the provider says of itself; its own name may have a `/` at the end that the settings leave out.

        Raises ProviderFailed.
        """
        if self._metadata is None or time.monotonic() - self._asked_at > SECONDS_KEPT:
            raw = await self._ask("GET", f"{self.url.rstrip('/')}/.well-known/openid-configuration")
            found = _read(raw, Metadata)
            if found.issuer.rstrip("/") != self.url.rstrip("/"):
                raise ProviderFailed(f"it calls itself {found.issuer!r}, not {self.url!r}")
            if not found.authorization_endpoint.startswith(("https://", "http://")):
                raise ProviderFailed(f"it sends people to {found.authorization_endpoint!r}")
            self._metadata, self._asked_at = found, time.monotonic()
        return self._metadata

    async def keys(self, *, anew: bool = False) -> "jwk.KeySet":
        """Return the keys with which the provider signs; `anew` asks for those that it has since yesterday.

        Raises ProviderFailed.
        """
        age = time.monotonic() - self._keys_at
        if self._keys is None or age > SECONDS_KEPT or (anew and age > SECONDS_BETWEEN_KEYS):
            raw = await self._ask("GET", (await self.metadata()).jwks_uri)
            try:
                self._keys = jwk.KeySet.import_key_set(msgspec.json.decode(raw))
            except (jose_errors.JoseError, ValueError, KeyError, TypeError) as error:
                raise ProviderFailed(f"its keys cannot be read: {error}") from error
            self._keys_at = time.monotonic()
        return self._keys

    async def exchange(self, form: Mapping[str, str], client_id: str, secret: str | None) -> Tokens:
        """Exchange a code for tokens.

        Raises ProviderFailed, which a code that was used before is too.
        """
        known, sent = await self.metadata(), {**form, "client_id": client_id}
        headers: dict[str, str] = {}
        if secret and "client_secret_basic" in known.token_endpoint_auth_methods_supported:
            credentials = f"{quote_plus(client_id)}:{quote_plus(secret)}"
            headers["authorization"] = f"Basic {b64encode(credentials.encode()).decode()}"
        elif secret:
            sent["client_secret"] = secret
        tokens: Tokens = _read(await self._ask("POST", known.token_endpoint, data=sent, headers=headers), Tokens)
        return tokens

    async def userinfo(self, access_token: str) -> Values:
        """Ask who the holder of a token is; nothing where the provider cannot be asked.

        Raises ProviderFailed.
        """
        endpoint = (await self.metadata()).userinfo_endpoint
        if endpoint is None:
            return {}
        headers = {"authorization": f"Bearer {access_token}"}
        told: Values = _read(await self._ask("GET", endpoint, headers=headers), Values)
        return told

    async def _ask(self, method: str, url: str, **options: Any) -> bytes:
        try:
            reply = await self._http.request(method, url, **options)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderFailed(f"{url} does not answer: {error or type(error).__name__}") from error
        if reply.status_code != httpx.codes.OK or len(reply.content) > LARGEST_REPLY:
            raise ProviderFailed(f"{url} answers {reply.status_code}: {reply.text[:200]!r}")
        return reply.content


def _read(raw: bytes, shape: Any) -> Any:
    try:
        return msgspec.json.decode(raw, type=shape)
    except ValueError as error:
        raise ProviderFailed(f"its answer cannot be read: {error}") from error
