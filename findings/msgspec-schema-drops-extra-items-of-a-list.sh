#!/usr/bin/env bash
# msgspec 0.22.0: `Meta(extra_json_schema={"items": {...}})` on a list is dropped in silence from `msgspec.json.schema`,
# though its documentation says that the generated schema is merged with it and that its values take precedence. An extra
# key that the generator does not write itself (here "minItems") is kept.
#
# Expected: the items of the API document have the enum. Seen: they are plain strings, so clients that are generated from
# the document accept any, and nothing warned.
#
# Exits with 0 while it is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check msgspec==0.22.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from typing import Annotated

import msgspec

extra = {"items": {"type": "string", "enum": ["ticket.created"]}, "minItems": 1, "title": "Events"}
schema = msgspec.json.schema(Annotated[list[str], msgspec.Meta(extra_json_schema=extra)])
print("msgspec", msgspec.__version__)
print(schema)
sys.exit(0 if "enum" not in schema["items"] and schema["title"] == "Events" else 1)
PYTHON
