"""Collects the texts of pages into `web/translations/<language>.po`, keeps what is translated, and lists what is not.

Texts stand in templates as `{{ _("Text") }}` and in code as `_("Text")` or `gettext("Text")`; so do the sentences of
`codimir.problems` and the names of `tickets/fields.py`, which need no mark.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from codimir.problems.forms import Plural
from codimir.problems.sentences import SENTENCES
from codimir.tickets.fields import FIELDS

WEB = Path(__file__).parents[1] / "src" / "codimir" / "web"
FOLDER = WEB / "translations"
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}


def main() -> None:
    """Bring every catalogue up to date; exit with 1 when a text of one is not translated."""
    found = collect()
    missing = {path.name: update(path, found) for path in sorted(FOLDER.glob("*.po"))}
    for name, texts in missing.items():
        print(f"{name}: {len(texts)} to translate" + "".join(f"\n  {text}" for text in texts))
    sys.exit(any(missing.values()))


def collect() -> Catalog:
    """Gather every text of the templates and the code, and every sentence of a problem."""
    catalogue = Catalog(project="Codimir", charset="utf-8")
    for _, _, message, _, context in extract_from_dir(WEB, METHODS, OPTIONS):
        catalogue.add(message, context=context)
    for field in FIELDS:
        for text in filter(None, (field.label, field.heading, field.in_text, field.without, *field.values.values())):
            catalogue.add(text)
    for sentence in SENTENCES.values():
        catalogue.add((sentence.one, sentence.many) if isinstance(sentence, Plural) else sentence)
    return catalogue


def update(path: Path, found: Catalog) -> list[str]:
    """Write a catalogue with exactly the texts that were found; give those that it does not translate."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    catalogue.update(found, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, catalogue, no_location=True, omit_header=False, sort_output=True, width=120)
    return [str(message.id) for message in catalogue if message.id and not all(_texts(message.string))]


def _texts(string: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ("",))


if __name__ == "__main__":
    main()
