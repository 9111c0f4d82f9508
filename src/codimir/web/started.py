"""What people started and what still stands, counted in words."""

from codimir.offboarding.schemas import StartedCounts
from codimir.web.languages import THOUSANDS, catalogue


def started_in_words(language: str, counts: StartedCounts) -> str:
    """Return how many invitations, webhooks and tokens they are, without those of which there are none."""
    ngettext, number = catalogue(language).ngettext, THOUSANDS[language]
    amounts = (
        (counts.invitations, ngettext("%(shown)s invitation", "%(shown)s invitations", counts.invitations)),
        (counts.webhooks, ngettext("%(shown)s webhook", "%(shown)s webhooks", counts.webhooks)),
        (counts.tokens, ngettext("%(shown)s token", "%(shown)s tokens", counts.tokens)),
    )
    return ", ".join(sentence % {"shown": number(count)} for count, sentence in amounts if count)
