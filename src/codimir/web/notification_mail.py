"""The mail about what concerns someone: one for all that was collected, in their language, as plain text."""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from codimir.kit.lines import as_one_line
from codimir.mail.messages import Mail
from codimir.notifications.digests import Digest, WriteDigest
from codimir.notifications.schemas import Notification
from codimir.web.display_names import display_names
from codimir.web.languages import catalogue, language_of
from codimir.web.prose import ProseWriter

MAX_TOLD = 50
MAX_EXCERPT_LENGTH = 200
WHO = "%(who)s"


def digest_writer(base_url: str, writer: ProseWriter) -> WriteDigest:
    """Build what writes these mails, with links to the site at this address."""

    async def write(digest: Digest) -> Mail:
        said = await writer.say(digest.texts, f"mail to {digest.email}")
        return digest_mail(digest, base_url.rstrip("/"), said)

    return write


def digest_mail(digest: Digest, base_url: str, said: Mapping[str, str]) -> Mail:
    """Write a mail with everything that was collected, ticket by ticket.

    `said` holds what the comments say in a line, by the ids of the notifications.
    """
    language = language_of(digest.preferences.get("language"), "")
    _, ngettext = catalogue(language).gettext, catalogue(language).ngettext
    told = sorted(digest.notifications[:MAX_TOLD], key=_about)
    parts = [_part(list(group), base_url, language, said) for _, group in groupby(told, key=_about)]
    left = len(digest.notifications) - len(told)
    if left:
        parts.append(ngettext("And %d more", "And %d more", left) % left)
    parts.append(
        _("Everything that concerns you:") + f" {base_url}/inbox\n"
        + _("Choose what you are mailed about:") + f" {base_url}/settings/preferences"
    )  # fmt: skip
    return Mail(digest.email, _subject(digest.notifications, _, ngettext), "\n\n".join(parts) + "\n")


def sentence(told: Notification, language: str) -> str:
    """Say in one sentence about `%(who)s` what happened."""
    _ = catalogue(language).gettext
    if told.kind == "status_changed" and told.status is not None:
        return _("%(who)s moved this to %(status)s") % {
            "who": WHO,
            "status": display_names(language).status[told.status],
        }
    if told.kind == "mentioned":
        return _("%(who)s mentioned you in a comment") if told.excerpt else _("%(who)s mentioned you")
    return {
        "assigned": _("%(who)s assigned this to you"),
        "commented": _("%(who)s commented"),
        "added": _("%(who)s added you"),
        "status_changed": _("%(who)s changed the status"),
    }[told.kind]


def _subject(told: list[Notification], _: Callable[[str], str], ngettext: Callable[[str, str, int], str]) -> str:
    headings = list(dict.fromkeys(_heading(each) for each in told))
    if len(headings) == 1:
        return headings[0]
    more = len(headings) - 1
    return ngettext("%(first)s and %(more)d more", "%(first)s and %(more)d more", more) % {
        "first": headings[0], "more": more,
    }  # fmt: skip


def _part(told: list[Notification], base_url: str, language: str, said: Mapping[str, str]) -> str:
    lines = [_heading(told[0]), base_url + address_of(told[0])]
    return "\n".join([*lines, *[f"- {_line(each, language, said.get(each.id, ''))}" for each in told]])


def _line(told: Notification, language: str, said: str) -> str:
    text = sentence(told, language) % {"who": told.actor.name if told.actor else "Codimir"}
    return f"{as_one_line(text)}: {one_line_excerpt(said)}" if said else as_one_line(text)


def one_line_excerpt(text: str) -> str:
    """Return the beginning of a text in one line."""
    line = as_one_line(text)
    return line if len(line) <= MAX_EXCERPT_LENGTH else line[: MAX_EXCERPT_LENGTH - 1].rstrip() + "…"


def _heading(told: Notification) -> str:
    if told.ticket is not None:
        return as_one_line(f"{told.ticket.key or ''} {told.ticket.title}")
    return as_one_line(told.place.name if told.place else "Codimir")


def address_of(told: Notification) -> str:
    """Return the path of what a notification is about."""
    if told.ticket is not None:
        return f"/tickets/{told.ticket.key or told.ticket.id}"
    return f"/projects/{told.place.key}/list" if told.place and told.place.key else "/tickets"


def _about(told: Notification) -> Any:
    return told.ticket.id if told.ticket else told.place.id if told.place else ""
