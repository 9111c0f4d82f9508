#!/usr/bin/env bash
# mdit-py-plugins 0.7.0 with markdown-it-py 4.3.0: a footnote that is defined inside of another one (indented beneath it)
# takes the words of the outer one away, and what follows it in the outer note moves into the body of the text. A second
# definition of a label replaces the first in silence.
#
# Expected: both notes are shown, each with its words, or the inner definition is text of the outer note; of two
# definitions the first counts, as for the definitions of links in CommonMark. Seen: `footnote_tail` knows one open note
# only. It forgets the tokens of the outer one where the inner one begins, and from where that ends it takes what is left
# for the body: the outer note is an empty item with an arrow, and "More outer" stands in the text before the notes.
#
# Exits with 0 while it is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check markdown-it-py==4.3.0 mdit-py-plugins==0.7.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

made = MarkdownIt("commonmark").use(footnote_plugin)
nested = made.render("Text[^a].\n\n[^a]: Outer words\n\n    [^b]: Inner words\n\n    More outer\n")
twice = made.render("Text[^a].\n\n[^a]: First\n[^a]: Second\n")
print("markdown-it-py", version("markdown-it-py"), "mdit-py-plugins", version("mdit-py-plugins"))
print(nested, twice, sep="\n")
body, _, notes = nested.partition("<section")
is_so = "Outer words" not in nested and "More outer" in body and "More outer" not in notes and "First" not in twice
sys.exit(0 if is_so else 1)
PYTHON
