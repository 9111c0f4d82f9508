"""Settings, each from a variable of the environment."""

import os
import re
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from codimir.kit.networks import Networks

MIN_CONNECTIONS = 16
MIN_METRICS_TOKEN_LENGTH = 16
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*")
"""Names with a space between two of them (RFC 6749, 3.3)"""


class SettingsError(ValueError):
    """A setting has a value that cannot be used; the message names the variable and says what it takes."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the administrator decides."""

    data_dir: Path = Path("data")
    """Where everything lives: the SQLite file and the attached files. `CODIMIR_DATA_DIR`"""
    database_url: str | None = None
    """A `postgresql://` address, or nothing for SQLite in the data folder. `CODIMIR_DATABASE_URL`"""
    files_url: str | None = None
    """Where attached files go: `s3://`, `gs://` or `az://`; nothing for the data folder. `CODIMIR_FILES_URL`"""
    max_file_bytes: int = 50 * 1024 * 1024
    """The largest file that can be attached, in bytes. `CODIMIR_MAX_FILE_BYTES`"""
    max_connections: int | None = None
    """How many connections each process takes; nothing lets 4,096, or as many as its descriptors suffice for.
    `CODIMIR_MAX_CONNECTIONS`"""
    metrics_token: str | None = None
    """Whoever sends it as a bearer may read `/metrics`; without it there is no such path. `CODIMIR_METRICS_TOKEN`"""
    trash_days: int = 30
    """How many days what was deleted can be restored, before it goes for good. `CODIMIR_TRASH_DAYS`"""
    read_timeout_seconds: Annotated[float, msgspec.Meta(gt=0)] = 10
    """How long a search, a statistic or a look far back may take, in seconds. `CODIMIR_READ_TIMEOUT_SECONDS`"""
    reply_cache_bytes: Annotated[int, msgspec.Meta(ge=0)] = 8 * 1024 * 1024
    """How many bytes of replies each process keeps to give them again; 0 keeps none. `CODIMIR_REPLY_CACHE_BYTES`"""
    base_url: str | None = None
    """The address that people open, where it is not the one that the server listens on. `CODIMIR_BASE_URL`"""
    smtp_url: str | None = None
    """The mail server: `smtp://user:password@host:587`, or `smtps://`; nothing sends no mail. `CODIMIR_SMTP_URL`"""
    mail_from: str | None = None
    """Whom mails come from: `Codimir <codimir@example.com>`. `CODIMIR_MAIL_FROM`"""
    oidc_issuer: str | None = None
    """The provider of identities, such as `https://id.example.com/realms/acme`. `CODIMIR_OIDC_ISSUER`"""
    oidc_client_id: str | None = None
    """What the provider calls this instance. `CODIMIR_OIDC_CLIENT_ID`"""
    oidc_client_secret: str | None = None
    """The secret that it shares with the provider, if there is one. `CODIMIR_OIDC_CLIENT_SECRET`"""
    oidc_name: str = "Single sign-on"
    """What the page of signing in calls the provider. `CODIMIR_OIDC_NAME`"""
    oidc_scope: str = "openid email profile"
    """What the provider is asked for, in its words; `openid` is one of them. `CODIMIR_OIDC_SCOPE`"""
    oidc_email_verified: Literal["required", "assumed"] = "required"
    """`assumed` takes e-mails as verified where the provider does not say. `CODIMIR_OIDC_EMAIL_VERIFIED`"""
    oidc_group_claim: str | None = None
    """The claim that names someone's groups, dots leading inside: `realm_access.roles`. `CODIMIR_OIDC_GROUP_CLAIM`"""
    oidc_group_roles: str | None = None
    """Roles by groups, the first that fits: `codimir-admins=ADMIN,staff=EDITOR`. `CODIMIR_OIDC_GROUP_ROLES`"""
    password_sign_in: Literal["on", "off"] = "on"  # noqa: S105 - a switch
    """`off` lets only administrators sign in with a password. `CODIMIR_PASSWORD_SIGN_IN`"""
    who_invites: Literal["managers", "administrators"] = "managers"
    """Who invites people: `managers` of workspaces, or only `administrators` of the instance. `CODIMIR_WHO_INVITES`"""
    invitation_mails_per_hour: Annotated[int, msgspec.Meta(ge=0)] = 20
    """How many invitations of one person are mailed in an hour. `CODIMIR_INVITATION_MAILS_PER_HOUR`"""
    nextauth_secret: str | None = None
    """The secret of a NextAuth site whose session cookies are good here too. `NEXTAUTH_SECRET`"""

    webhook_allowed_ranges: Networks = Networks()
    """Ranges inside a network to which webhooks may go, such as `10.0.0.0/8`. `CODIMIR_WEBHOOK_ALLOWED_RANGES`"""

    @property
    def sqlite_path(self) -> Path:
        """Name the SQLite file."""
        return self.data_dir / "codimir.db"

    @property
    def files_dir(self) -> Path:
        """Name the folder of the attached files."""
        return self.data_dir / "files"


def settings_from(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Raises SettingsError for a value that cannot be used.
    """
    given = {name: environment.get(variable_of(name)) for name in Settings.__struct_fields__}
    try:
        settings = msgspec.convert({k: v for k, v in given.items() if v}, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(f"a CODIMIR_ variable cannot be used: {error}") from error
    if settings.database_url and not settings.database_url.startswith(("postgresql://", "postgres://")):
        raise SettingsError("CODIMIR_DATABASE_URL must start with postgresql:// (leave it out for SQLite)")
    if settings.max_connections is not None and settings.max_connections < MIN_CONNECTIONS:
        raise SettingsError(f"CODIMIR_MAX_CONNECTIONS must be at least {MIN_CONNECTIONS}")
    if settings.metrics_token is not None and len(settings.metrics_token) < MIN_METRICS_TOKEN_LENGTH:
        raise SettingsError(f"CODIMIR_METRICS_TOKEN must have at least {MIN_METRICS_TOKEN_LENGTH} characters")
    if settings.smtp_url:
        _check_mail(settings.smtp_url, settings.mail_from, settings.base_url)
    _check_provider(settings)
    return settings


def _check_provider(settings: Settings) -> None:
    if settings.oidc_issuer:
        parts = urlsplit(settings.oidc_issuer)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
            raise SettingsError("CODIMIR_OIDC_ISSUER must be an address such as https://id.example.com")
        if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise SettingsError("CODIMIR_OIDC_ISSUER must begin with https://, unless it is on this machine")
        if not settings.oidc_client_id:
            raise SettingsError("CODIMIR_OIDC_ISSUER needs CODIMIR_OIDC_CLIENT_ID")
    elif settings.password_sign_in == "off":  # noqa: S105
        raise SettingsError("CODIMIR_PASSWORD_SIGN_IN=off needs CODIMIR_OIDC_ISSUER, or nobody could sign in")
    if not SCOPE.fullmatch(settings.oidc_scope) or "openid" not in settings.oidc_scope.split(" "):
        raise SettingsError("CODIMIR_OIDC_SCOPE must be names with a space between them, one of them openid")
    if settings.oidc_group_roles and not settings.oidc_group_claim:
        raise SettingsError("CODIMIR_OIDC_GROUP_ROLES needs CODIMIR_OIDC_GROUP_CLAIM")


def _check_mail(smtp_url: str, mail_from: str | None, base_url: str | None) -> None:
    if not _is_mail_server(smtp_url):
        raise SettingsError("CODIMIR_SMTP_URL must be such as smtp://user:password@mail.example.com:587, or smtps://")
    if "@" not in parseaddr(mail_from or "")[1]:
        raise SettingsError("CODIMIR_SMTP_URL needs CODIMIR_MAIL_FROM, such as Codimir <codimir@example.com>")
    if not base_url:
        raise SettingsError("CODIMIR_SMTP_URL needs CODIMIR_BASE_URL: a link in a mail must not trust a request")


def _is_mail_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.path in ("", "/") and not parts.query


def variables_of(settings: Settings) -> dict[str, str]:
    """Write settings as the variables from which another process reads the same ones."""
    values = {name: getattr(settings, name) for name in Settings.__struct_fields__}
    return {variable_of(name): str(value) for name, value in values.items() if value is not None}


def variable_of(name: str) -> str:
    """Name the variable of a setting: `CODIMIR_` and its name, but for those that other programs know already."""
    return name.upper() if name.startswith("nextauth_") else f"CODIMIR_{name.upper()}"


def _decode(wanted: type, value: str) -> object:
    return wanted(value)
