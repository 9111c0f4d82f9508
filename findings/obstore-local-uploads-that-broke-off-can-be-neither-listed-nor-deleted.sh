#!/usr/bin/env bash
# obstore 0.12.1 (object_store in Rust), LocalStore: an upload that a process did not live to finish leaves its part as
# `key#1` in the folder. `list` never shows such a file, and `delete`, `get` and `head` of it are refused by its name.
#
# Expected: a store shows everything that is in it, or at least lets go of what one names, so that a sweep of what no row
# names can be written once, for buckets and folders alike. Seen: it cannot; parts of broken uploads stay for good unless
# the folder is walked without the library.
#
# Exits with 0 while it is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check obstore==0.12.1
cat > "$folder/upload.py" <<'PYTHON'
"""Begin an upload and be gone in the midst of it, as a server that is killed."""

import os
import sys

import obstore
from obstore.store import LocalStore


def chunks():
    yield b"x" * 6_000_000
    yield b"x" * 6_000_000
    os._exit(0)


obstore.put(LocalStore(sys.argv[1], mkdir=True), "report.pdf", chunks(), max_concurrency=1, chunk_size=5_000_000)
PYTHON
cat > "$folder/look.py" <<'PYTHON'
import pathlib
import sys

import obstore
from obstore.store import LocalStore

store, root = LocalStore(sys.argv[1]), pathlib.Path(sys.argv[1])
on_disk = sorted(path.name for path in root.rglob("*") if path.is_file())
listed = [each["path"] for batch in obstore.list(store) for each in batch]
said = []
for name in on_disk:
    try:
        obstore.delete(store, name)
        said.append("deleted")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is shown
        said.append(str(error).splitlines()[0][:160])
print("obstore", obstore.__version__)
print("on disk:", on_disk, "listed:", listed)
print("delete:", said)
left = sorted(path.name for path in root.rglob("*") if path.is_file())
sys.exit(0 if on_disk and "#" in on_disk[0] and listed == [] and left == on_disk else 1)
PYTHON
"$folder/venv/bin/python" "$folder/upload.py" "$folder/store"
"$folder/venv/bin/python" "$folder/look.py" "$folder/store"
