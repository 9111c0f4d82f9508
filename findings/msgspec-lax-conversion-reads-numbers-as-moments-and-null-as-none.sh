#!/usr/bin/env bash
# msgspec 0.22.0: `convert(..., strict=False)`, which reads the texts of a query or a form, takes "17" for a datetime (the
# 17th second of 1970) and the words "null", "Null" and "NULL" for None where None is allowed.
#
# Expected: lax conversion parses the text of the wanted type: RFC 3339 for a moment, digits for a number. Seen: `?asOf=17`
# asks for the state of 1970, where a person meant the 17th or forgot the rest, and `?asOf=null` asks for now.
#
# Exits with 0 while it is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check msgspec==0.22.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from datetime import UTC, datetime

import msgspec

moment = msgspec.convert("17", datetime, strict=False)
nothing = [msgspec.convert(word, datetime | None, strict=False) for word in ("null", "Null", "NULL")]
print("msgspec", msgspec.__version__)
print("'17' as a datetime:", moment, "| 'null', 'Null', 'NULL' as datetime | None:", nothing)
sys.exit(0 if moment.astimezone(UTC) == datetime(1970, 1, 1, 0, 0, 17, tzinfo=UTC) and nothing == [None] * 3 else 1)
PYTHON
