#!/usr/bin/env bash
# SQLite 3.54.1 (apsw 3.54.1.0): `VACUUM INTO 'copy.db'` fails with "attempt to write a readonly database" on a connection
# with `PRAGMA query_only = ON`, though it only reads the database that is connected and writes another file. On a
# connection that was opened read-only (SQLITE_OPEN_READONLY) the same statement works.
#
# Expected: both work, or neither; a backup is a read. Who gives a backup its own careful read-only connection by the
# pragma, as for every other read, finds that it cannot be made.
#
# Exits with 0 while it is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.54.1.0
cat > "$folder/try.py" <<'PYTHON'
import pathlib
import sys

import apsw

folder = pathlib.Path(sys.argv[1])
source = folder / "source.db"
apsw.Connection(str(source)).execute("CREATE TABLE t (n INT); INSERT INTO t VALUES (1)")


def outcome(name: str, connection: apsw.Connection) -> str:
    try:
        connection.execute("VACUUM INTO ?", (str(folder / f"{name}.db"),))
    except apsw.Error as error:
        return str(error)
    return "a copy"


pragma = apsw.Connection(str(source))
pragma.execute("PRAGMA query_only = ON")
by_pragma = outcome("by-pragma", pragma)
by_flag = outcome("by-flag", apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READONLY))
print("SQLite", apsw.sqlite_lib_version())
print("PRAGMA query_only = ON:", by_pragma)
print("SQLITE_OPEN_READONLY:  ", by_flag)
sys.exit(0 if "readonly" in by_pragma and by_flag == "a copy" else 1)
PYTHON
"$folder/venv/bin/python" "$folder/try.py" "$folder"
