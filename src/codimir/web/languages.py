"""The languages of the pages: gettext catalogues, read once from their `.po` files, without a step to compile them."""

import gettext
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from codimir.kit.libraries import mofile, pofile

FOLDER = Path(__file__).parent / "translations"
SOURCE_LANGUAGE = "en"
THOUSANDS: Mapping[str, Callable[[int], str]] = {
    "en": "{:,}".format,
    "de": lambda count: f"{count:,}".replace(",", "."),
}
"""How a language writes a whole number."""
LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch"}
"""Every language, by its code, in its own name."""


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the words of a language; the words in the code are English."""
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    with (FOLDER / f"{language}.po").open("rb") as file:
        compiled = BytesIO()
        mofile.write_mo(compiled, pofile.read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def language_of(preferred: str | None, accepted: str) -> str:
    """Choose the language that a person set, or else the first that their browser asks for and that is there."""
    wanted = [preferred or ""] + [part.partition(";")[0].strip() for part in accepted.split(",")]
    short = (code.partition("-")[0].lower() for code in wanted)
    return next((code for code in short if code in LANGUAGES), SOURCE_LANGUAGE)
