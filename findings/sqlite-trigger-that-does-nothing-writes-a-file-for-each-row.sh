#!/usr/bin/env bash
# SQLite 3.54.1 (apsw 3.54.1.0): an AFTER INSERT trigger that does nothing (`SELECT 1`) makes each INSERT into a table
# with 18 indexes write 40 times to a temporary file, although the database is in WAL mode and the transaction goes on.
# With 5 indexes it begins after some rows, when a page is split, and stays so until the end of the transaction. Not
# without the trigger, and not with `PRAGMA temp_store = MEMORY`.
#
# Expected: what a trigger costs follows what it does; eight small statements in it cost eight times one. Seen: the empty
# trigger alone takes 60 to 80 microseconds a row (of 27 without), seven statements more in it nearly nothing.
#
# Why: a statement that fires a trigger, and may break a constraint, keeps the pages that it changes in a statement
# journal. That is in memory until one statement has more than 64 KiB (SQLITE_STMTJRNL_SPILL, 15 pages), and a file for
# all that follow. `temp_store`, which is documented for temporary tables and indices, keeps it in memory.
#
# Exits with 0 while it is so, with 1 when it changes. Linux: it counts the calls of write in /proc/self/io.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.54.1.0
cat > "$folder/measure.py" <<'PYTHON'
import sys
import tempfile

import apsw

ROWS, BEFORE = 300, 5_000


def writes() -> int:
    with open("/proc/self/io") as opened:
        return int(dict(line.split(": ") for line in opened)["syscw"])


def writes_of_a_row(indexes: int, *, trigger: bool, temp_store: str = "FILE") -> float:
    with tempfile.TemporaryDirectory() as folder:
        db = apsw.Connection(f"{folder}/a.db")
        columns = [f"c{n}" for n in range(indexes)]
        db.execute("PRAGMA journal_mode = WAL").fetchall()
        db.execute(f"PRAGMA temp_store = {temp_store}")
        db.execute(f"CREATE TABLE a (id INTEGER PRIMARY KEY, {', '.join(f'{name} INT NOT NULL' for name in columns)})")
        for name in columns:
            db.execute(f"CREATE INDEX i{name} ON a ({name})")
        if trigger:
            db.execute("CREATE TRIGGER idle AFTER INSERT ON a BEGIN SELECT 1; END")
        insert = f"INSERT INTO a ({', '.join(columns)}) VALUES ({', '.join('?' * indexes)})"
        db.execute("PRAGMA cache_size = -64000; BEGIN")
        for row in range(BEFORE):
            db.execute(insert, [(row * 7919 + n) % 99_991 for n in range(indexes)])
        db.execute("COMMIT; BEGIN")
        begin = writes()
        for row in range(ROWS):
            db.execute(insert, [(row * 104_729 + n) % 99_991 for n in range(indexes)])
        found = (writes() - begin) / ROWS
        db.execute("COMMIT")
        return found


print("SQLite", apsw.sqlite_lib_version())
seen = {
    "18 indexes, no trigger": writes_of_a_row(18, trigger=False),
    "18 indexes, empty trigger": writes_of_a_row(18, trigger=True),
    "5 indexes, empty trigger": writes_of_a_row(5, trigger=True),
    "18 indexes, empty trigger, temp_store = MEMORY": writes_of_a_row(18, trigger=True, temp_store="MEMORY"),
}
for name, count in seen.items():
    print(f"{name:50} {count:5.1f} writes a row")
none, many, few, memory = seen.values()
sys.exit(0 if max(none, memory) < 1 < min(few, many) else 1)
PYTHON
"$folder/venv/bin/python" "$folder/measure.py"
