"""What the claims of a provider say of someone (OpenID Connect Core 1.0, section 5.1)."""

from collections.abc import Sequence
from typing import Any

from codimir.config import SettingsError
from codimir.kit.lines import as_one_line
from codimir.kit.values import ReadOnlyValues, Values
from codimir.model.enums import INSTANCE_ROLES, InstanceRole

STANDARD = frozenset({"email", "name"})


def merged(claims: ReadOnlyValues, more: ReadOnlyValues) -> Values:
    """Return the claims with what more there is, also inside of objects; what the claims say themselves counts."""
    both = {**more, **claims}
    for name in claims.keys() & more.keys():
        if isinstance(claims[name], dict) and isinstance(more[name], dict):
            both[name] = merged(claims[name], more[name])
    return both


def claim_at(claims: ReadOnlyValues, path: str) -> Any:
    """Return the claim of a name, or the one inside of objects to which dots lead: `realm_access.roles`.

    Names may hold dots themselves (`https://acme.example/groups`); None where there is no such claim.
    """
    if path in claims:
        return claims[path]
    dots = [at for at, character in enumerate(path) if character == "."]
    inner = ((claims.get(path[:at]), path[at + 1 :]) for at in dots)
    found = (claim_at(value, rest) for value, rest in inner if isinstance(value, dict))
    return next((value for value in found if value is not None), None)


def name_of(claims: ReadOnlyValues) -> str | None:
    """Return someone's name, or their given and family names, in one line; None where the provider tells neither."""
    name = _line(claims.get("name"))
    parts = [_line(claims.get("given_name")), _line(claims.get("family_name"))]
    return name or " ".join(part for part in parts if part) or None


def email_of(claims: ReadOnlyValues) -> str | None:
    """Return someone's e-mail."""
    email = claims.get("email")
    return email if isinstance(email, str) and email and email.isprintable() else None


def is_verified(claims: ReadOnlyValues, *, assumed: bool = False) -> bool:
    """Check that the provider vouches for the e-mail; some write the truth as text.

    `assumed` says what holds where it says neither yes nor no; a no is a no.
    """
    claim = claims.get("email_verified")
    return assumed if claim is None else claim is True or claim == "true"


def role_of(groups: Any, roles: Sequence[tuple[str, InstanceRole]]) -> InstanceRole | None:
    """Return the first role, in the order of the settings, that one of someone's groups has."""
    theirs = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    return next((role for group, role in roles if group in theirs), None)


def _line(text: Any) -> str:
    return as_one_line(text) if isinstance(text, str) else ""


def group_roles_of(text: str | None) -> list[tuple[str, InstanceRole]]:
    """Return the roles by groups that a setting names, in their order.

    Raises SettingsError for what is none.
    """
    pairs = [pair.strip().rpartition("=") for pair in (text or "").split(",") if pair.strip()]
    wrong = [role for group, _, role in pairs if not group or role not in INSTANCE_ROLES]
    if wrong:
        roles = ", ".join(INSTANCE_ROLES)
        raise SettingsError(f"CODIMIR_OIDC_GROUP_ROLES must be such as staff=EDITOR,bosses=ADMIN; roles are {roles}")
    return [(group, role) for group, _, role in pairs]  # type: ignore[misc]
