"""Other ways to sign in than with a password: each is a provider with a name in the addresses under `/api/auth`.

`POST /api/auth/signin/{id}` asks the provider where to send the browser; `GET /api/auth/callback/{id}` asks it who came
back. What it must remember in between it keeps in cookies of its own.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from codimir.http.requests import HttpRequest

Refusal = Literal[
    "unreachable", "not_begun", "declined", "untrusted_answer", "no_email", "email_not_verified", "no_group",
    "disabled", "not_set_up", "only_administrators",
]  # fmt: skip


class AuthorizationRedirect(msgspec.Struct, frozen=True):
    """Where a browser goes to prove who sits before it, and the Set-Cookie headers that go with it."""

    url: str
    cookies: Sequence[str] = ()


class Arrival(msgspec.Struct, frozen=True):
    """Who came back: the id of a person, where they wanted to go, and the Set-Cookie headers that go with it."""

    user_id: str
    callback_url: str = ""
    cookies: Sequence[str] = ()


class SignInRefused(Exception):
    """Nobody is signed in.

    `error` says why in a word of NextAuth's, such as `OAuthCallback` or `AccessDenied`; `code` says it more exactly,
    for the page of signing in; `reason` says it in words, for the log.
    """

    def __init__(self, error: str, code: Refusal | None = None, reason: str = "") -> None:
        super().__init__(reason or error)
        self.error = error
        self.code = code
        self.reason = reason or error
        self.cookies: Sequence[str] = ()


class Provider(Protocol):
    """Proves who someone is."""

    id: str
    name: str
    type: str
    """`oidc`, `oauth` or `email`"""

    async def begin(self, request: HttpRequest, callback_url: str) -> AuthorizationRedirect:
        """Return where the browser goes; `callback_url` is where whoever comes back wants to go.

        Raises SignInRefused.
        """

    async def finish(self, request: HttpRequest) -> Arrival:
        """Return who came back, making their account if the administrator wants that.

        Raises SignInRefused.
        """


class SignInProviders(dict[str, Provider]):
    """The providers of an instance, by their ids; `app` fills it from the settings."""
