"""The provider that the settings name, as a way to sign in: the code flow with PKCE, state and nonce."""

import base64
import hashlib
import logging
from urllib.parse import urlencode

from codimir.accounts.openid.actions import Identity, person_of
from codimir.accounts.openid.claims import claim_at, email_of, group_roles_of, is_verified, merged, name_of, role_of
from codimir.accounts.openid.flows import Flow, begin_flow, find_flow, forget_flow, keep_flow
from codimir.accounts.openid.id_tokens import WrongToken, verified_claims
from codimir.accounts.openid.issuers import Issuer, ProviderFailed
from codimir.accounts.providers import Arrival, AuthorizationRedirect, SignInRefused
from codimir.authentication.same_origin import own_origin
from codimir.config import Settings
from codimir.database.core import Database, Transaction, UniqueViolation
from codimir.http.requests import HttpRequest
from codimir.kit.clock import utc_now
from codimir.kit.values import Values
from codimir.users.actions import EmailTaken

log = logging.getLogger("codimir.openid")

ID = "openid"
UNREACHABLE = "OAuthSignin"
NOT_PROVEN = "OAuthCallback"
MAX_SAID_LENGTH = 300


class OpenIdProvider:
    """Signs in whom the provider knows."""

    id = ID
    type = "oidc"

    def __init__(self, settings: Settings) -> None:
        self.name = settings.oidc_name
        self._issuer = Issuer(settings.oidc_issuer or "")
        self._client_id = settings.oidc_client_id or ""
        self._secret = settings.oidc_client_secret
        self._scope = settings.oidc_scope
        self._assumes_verified = settings.oidc_email_verified == "assumed"
        self._group_claim = settings.oidc_group_claim
        self._roles = group_roles_of(settings.oidc_group_roles)

    async def close(self) -> None:
        """Close the connections to the provider."""
        await self._issuer.close()

    async def begin(self, request: HttpRequest, callback_url: str) -> AuthorizationRedirect:
        """Send the browser to the provider; what it must bring back stays with it in a cookie."""
        try:
            endpoint = (await self._issuer.metadata()).authorization_endpoint
        except ProviderFailed as failure:
            log.warning("the provider %s cannot be used: %s", self._issuer.url, failure)
            raise SignInRefused(UNREACHABLE, "unreachable") from failure
        flow = begin_flow(callback_url, utc_now())
        asked = {
            "client_id": self._client_id,
            "response_type": "code",
            "scope": self._scope,
            "redirect_uri": _callback(request),
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": _challenge(flow.verifier),
            "code_challenge_method": "S256",
        }
        return AuthorizationRedirect(
            f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", keep_flow(request, flow)
        )

    async def finish(self, request: HttpRequest) -> Arrival:
        """Find out who came back."""
        flow = find_flow(request, request.query_params.get("state", ""))
        try:
            return await self._finish(request, flow)
        except SignInRefused as refusal:
            log.warning("a sign-in by %s was refused: %s", self._issuer.url, refusal.reason)
            refusal.cookies = [] if flow is None else forget_flow(request, flow)
            raise

    async def _finish(self, request: HttpRequest, flow: Flow | None) -> Arrival:
        if flow is None:
            raise SignInRefused(NOT_PROVEN, "not_begun", "this browser did not begin it, or too long ago")
        db: Database = request.app.state.database
        try:
            identity = await self._identity(request, flow)
            user_id = await self._person_of(db, identity)
        except ProviderFailed as failure:
            raise SignInRefused(NOT_PROVEN, "unreachable", str(failure)) from failure
        except (WrongToken, UniqueViolation, EmailTaken) as failure:
            raise SignInRefused(NOT_PROVEN, "untrusted_answer", str(failure)) from failure
        return Arrival(user_id, flow.callback_url, forget_flow(request, flow))

    async def _person_of(self, db: Database, identity: Identity) -> str:
        async def unit(tx: Transaction) -> str:
            return await person_of(tx, identity, groups_decide=bool(self._roles))

        try:
            return await db.write(unit)
        except (UniqueViolation, EmailTaken):  # who is new here came by another tab at the same moment
            return await db.write(unit)

    async def _identity(self, request: HttpRequest, flow: Flow) -> Identity:
        query, issuer = request.query_params, (await self._issuer.metadata()).issuer
        if query.get("iss", issuer) != issuer:
            raise WrongToken(f"another provider answers: {query['iss']!r}")
        if "code" not in query:
            said = f"{query.get('error', 'nothing')!r}: {query.get('error_description', '')!r}"
            raise SignInRefused(NOT_PROVEN, "declined", f"the provider says {said[:MAX_SAID_LENGTH]}")
        form = {
            "grant_type": "authorization_code",
            "code": query["code"],
            "redirect_uri": _callback(request),
            "code_verifier": flow.verifier,
        }
        tokens = await self._issuer.exchange(form, self._client_id, self._secret)
        now = utc_now().timestamp()
        claims = await verified_claims(self._issuer, tokens.id_token, self._client_id, flow.nonce, now)
        return self._identity_of(await self._completed(claims, tokens.access_token), issuer)

    async def _completed(self, claims: Values, access_token: str) -> Values:
        """Ask for what the ID token does not say; what it says counts."""
        wanted = {"email", "email_verified", "name"} | ({self._group_claim} if self._group_claim else set())
        if all(claim_at(claims, name) is not None for name in wanted):
            return claims
        more = await self._issuer.userinfo(access_token)
        if more and more.get("sub") != claims["sub"]:
            raise WrongToken("the user info is about another subject than the ID token")
        if "email" in claims and more.get("email") != claims["email"] and is_verified(more):
            more = {name: value for name, value in more.items() if name != "email_verified"}  # it is another e-mail's
        return merged(claims, more)

    def _identity_of(self, claims: Values, issuer: str) -> Identity:
        return Identity(
            issuer=issuer,
            subject=claims["sub"],
            email=email_of(claims),
            is_email_verified=is_verified(claims, assumed=self._assumes_verified),
            says_verified=claims.get("email_verified") is not None,
            name=name_of(claims),
            role=role_of(claim_at(claims, self._group_claim or ""), self._roles),
        )


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _callback(request: HttpRequest) -> str:
    return f"{own_origin(request)}/api/auth/callback/{ID}"
