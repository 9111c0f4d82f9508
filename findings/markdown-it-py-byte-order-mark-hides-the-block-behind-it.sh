#!/usr/bin/env bash
# markdown-it-py 4.3.0: a byte order mark (U+FEFF) before a text makes its first block a paragraph: a heading, list, quotation,
# table or fence there is shown with its marks. cmarkgfm 2025.10.22, which holds the C implementation that GitHub uses,
# leaves the mark out, though CommonMark does not name it.
#
# Expected: both read the same, as both pass the examples of CommonMark. Seen: only cmark skips it, at the start of a text
# and nowhere else; a template saved by Windows PowerShell 5 (`Out-File -Encoding utf8`) has it.
#
# Exits with 0 while it is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check markdown-it-py==4.3.0 cmarkgfm==2025.10.22
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import cmarkgfm
from markdown_it import MarkdownIt

print("markdown-it-py", version("markdown-it-py"), "cmarkgfm", version("cmarkgfm"))
is_so = True
for text, tag in (("\ufeff## Steps\n", "<h2>"), ("\ufeff- one\n", "<ul>"), ("\ufeff> said\n", "<blockquote>")):
    ours, theirs = MarkdownIt("commonmark").render(text), cmarkgfm.markdown_to_html(text)
    print(ascii(text), ascii(ours), ascii(theirs))
    is_so = is_so and ours.startswith("<p>\ufeff") and theirs.startswith(tag)
sys.exit(0 if is_so else 1)
PYTHON
