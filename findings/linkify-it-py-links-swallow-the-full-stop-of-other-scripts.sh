#!/usr/bin/env bash
# linkify-it-py 2.2.0: an address with a path that stands in a sentence of Chinese, Japanese, Hindi, Arabic or Amharic runs on
# over the full stop, comma or question mark of that script, up to the next space: in scripts without spaces to the end of
# the paragraph. An address without a path ends there.
#
# Expected: both end before punctuation, as before `,` and `.` of ASCII: the package takes all of Unicode's punctuation
# (uc-micro-py, category P) for the end of a host, so for the end of a path too. Seen: a path knows only the marks of ASCII.
#
# Exits with 0 while it is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check linkify-it-py==2.2.0 uc-micro-py==2.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from linkify_it import LinkifyIt

print("linkify-it-py", version("linkify-it-py"), "uc-micro-py", version("uc-micro-py"))
HOST, PATH = "https://example.com", "https://example.com/a"
is_so = True
for name, end in (("ideographic full stop", "\u3002\u7136\u540e"), ("danda", "\u0964 x"), ("Arabic question mark", "\u061f x")):
    [host], [path] = (LinkifyIt().match(address + end) for address in (HOST, PATH))
    print(f"{name:22} after a host {ascii(host.url):24} after a path {ascii(path.url)}")
    is_so = is_so and host.url == HOST and path.url == PATH + end.split(" ")[0]
[ascii_only] = LinkifyIt().match(PATH + ". x")
print(f"{'ASCII full stop':22} {'':37} after a path {ascii(ascii_only.url)}")
sys.exit(0 if is_so and ascii_only.url == PATH else 1)
PYTHON
