"""The provider that the settings name, as a way to sign in: the code flow with PKCE, state and nonce."""

import base64
import hashlib
import hmac
import logging
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlencode

from litestar import Request

from codimir.access.cookies import clear_cookie, parse_cookies, set_cookie
from codimir.access.cross_site import own_origin
from codimir.accounts.providers import Arrival, Departure, SignInRefused
from codimir.config import Settings, group_roles_of
from codimir.database.core import Database, UniqueViolation
from codimir.kit.clock import utc_now
from codimir.kit.lines import is_one_line
from codimir.openid.actions import Identity, is_verified, person_of, role_of
from codimir.openid.id_tokens import WrongToken, verified_claims
from codimir.openid.issuers import Issuer, ProviderFailed

log = logging.getLogger("codimir.openid")

ID = "openid"
SCOPE = "openid email profile"
UNREACHABLE = "OAuthSignin"
NOT_PROVEN = "OAuthCallback"
MINUTES_TO_COME_BACK = 10


class OpenIdProvider:
    """Signs in whom the provider knows."""

    id = ID
    type = "oidc"

    def __init__(self, settings: Settings) -> None:
        self.name = settings.oidc_name
        self._issuer = Issuer(settings.oidc_issuer or "")
        self._client_id = settings.oidc_client_id or ""
        self._secret = settings.oidc_client_secret
        self._group_claim = settings.oidc_group_claim
        self._roles = group_roles_of(settings.oidc_group_roles)

    async def close(self) -> None:
        """Close the connections to the provider."""
        await self._issuer.close()

    async def begin(self, request: Request[Any, Any, Any]) -> Departure:
        """Send the browser to the provider; what it must bring back stays with it in a cookie."""
        try:
            endpoint = (await self._issuer.metadata()).authorization_endpoint
        except ProviderFailed as failure:
            log.warning("the provider %s cannot be used: %s", self._issuer.url, failure)
            raise SignInRefused(UNREACHABLE) from failure
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "client_id": self._client_id,
            "response_type": "code",
            "scope": SCOPE,
            "redirect_uri": _callback(request),
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        until = utc_now() + timedelta(minutes=MINUTES_TO_COME_BACK)
        kept = set_cookie(_cookie(request), f"{state}.{nonce}.{verifier}", secure=_is_secure(request), expires=until)
        return Departure(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", [kept])

    async def finish(self, request: Request[Any, Any, Any]) -> Arrival:
        """Find out who came back."""
        forget = [clear_cookie(_cookie(request))]
        try:
            identity = await self._identity(request)
            db: Database = request.app.state.database
            user_id = await db.write(lambda tx: person_of(tx, identity, groups_decide=bool(self._roles)))
        except (ProviderFailed, WrongToken, UniqueViolation) as failure:
            log.warning("a sign-in by %s failed: %s", self._issuer.url, failure)
            raise SignInRefused(NOT_PROVEN, forget) from failure
        except SignInRefused as refusal:
            raise SignInRefused(refusal.error, forget) from refusal
        return Arrival(user_id, forget)

    async def _identity(self, request: Request[Any, Any, Any]) -> Identity:
        query = request.query_params
        state, nonce, verifier = _kept(request)
        if not hmac.compare_digest(query.get("state", "").encode(), state.encode()):
            raise WrongToken("the state is not that of this browser")
        if query.get("iss", self._issuer.url) != self._issuer.url:
            raise WrongToken("another provider answers")
        if "code" not in query:
            raise WrongToken(f"the provider says {query.get('error', 'nothing')!r}")
        form = {
            "grant_type": "authorization_code",
            "code": query["code"],
            "redirect_uri": _callback(request),
            "code_verifier": verifier,
        }
        tokens = await self._issuer.exchange(form, self._client_id, self._secret)
        claims = await verified_claims(self._issuer, tokens.id_token, self._client_id, nonce, utc_now().timestamp())
        return self._identity_of(await self._completed(claims, tokens.access_token))

    async def _completed(self, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
        """Ask for what the ID token does not say; what it says counts."""
        wanted = {"email", "name"} | ({self._group_claim} if self._group_claim else set())
        if wanted <= claims.keys():
            return claims
        more = await self._issuer.userinfo(access_token)
        if more and more.get("sub") != claims["sub"]:
            raise WrongToken("the provider speaks of someone else")
        if "email" in claims:
            more = {name: value for name, value in more.items() if name != "email_verified"}
        return {**more, **claims}

    def _identity_of(self, claims: dict[str, Any]) -> Identity:
        email, name = claims.get("email"), claims.get("name")
        return Identity(
            issuer=self._issuer.url,
            subject=claims["sub"],
            email=email if isinstance(email, str) and email.isprintable() else None,
            is_email_verified=is_verified(claims.get("email_verified")),
            name=name if isinstance(name, str) and is_one_line(name) else None,
            role=role_of(claims.get(self._group_claim or ""), self._roles),
        )


def _kept(request: Request[Any, Any, Any]) -> tuple[str, str, str]:
    cookies = parse_cookies("; ".join(request.headers.getall("cookie", [])))
    parts = unquote(cookies.get(_cookie(request), "")).split(".")
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - state, nonce and verifier
        raise WrongToken("this browser did not begin to sign in")
    return parts[0], parts[1], parts[2]


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _callback(request: Request[Any, Any, Any]) -> str:
    return f"{own_origin(request)}/api/auth/callback/{ID}"


def _is_secure(request: Request[Any, Any, Any]) -> bool:
    return own_origin(request).startswith("https:")


def _cookie(request: Request[Any, Any, Any]) -> str:
    return f"{'__Host-' if _is_secure(request) else ''}codimir.openid"
