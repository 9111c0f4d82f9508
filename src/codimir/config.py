"""Settings, each from a variable of the environment."""

import os
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from codimir.kit.networks import Networks


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
    trash_days: int = 30
    """How many days what was deleted can be restored, before it goes for good. `CODIMIR_TRASH_DAYS`"""
    base_url: str | None = None
    """The address that people open, where it is not the one that the server listens on. `CODIMIR_BASE_URL`"""
    smtp_url: str | None = None
    """The mail server: `smtp://user:password@host:587`, or `smtps://`; nothing sends no mail. `CODIMIR_SMTP_URL`"""
    mail_from: str | None = None
    """Whom mails come from: `Codimir <codimir@example.com>`. `CODIMIR_MAIL_FROM`"""
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
    if settings.smtp_url:
        _check_mail(settings.smtp_url, settings.mail_from, settings.base_url)
    return settings


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
