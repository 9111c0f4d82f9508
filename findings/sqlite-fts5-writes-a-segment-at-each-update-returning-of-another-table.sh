#!/usr/bin/env bash
# SQLite 3.54.1 (apsw 3.54.1.0; the same on 3.40.1): within one transaction, an UPDATE of one row of another table
# writes what was put into an FTS5 index so far as a segment of its own, if it has RETURNING; without it, it does not.
#
# Expected: FTS5 collects in memory what a transaction puts in, and writes one segment at the commit, or when 1 MB is
# full (its documentation says so of the option `hashsize`). Seen: 100 rows put in one transaction, between them
#   nothing, an UPDATE by its key, a SELECT, an INSERT          1 segment
#   the same UPDATE with RETURNING                            100 segments, and several times the time
#   an UPDATE of two rows, an INSERT that fires a trigger     100 segments
#
# Why: a statement that may have to take back some of its rows and not all (it writes several, fires a trigger, or gives
# rows before it has ended) is run in a savepoint; a savepoint tells all virtual tables of the transaction
# (sqlite3VtabSavepoint), and FTS5 answers by writing its memory to the file (fts5SavepointMethod). Nothing shows it
# but the number of segments. They are merged later, sixteen at once: now and then one insert takes 30 times as long.
#
# What helps: put what is new into the index behind all other statements of a transaction.
#
# Exits with 0 while it is so, with 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.54.1.0
cat > "$folder/measure.py" <<'PYTHON'
import sys
import time

import apsw

ROWS = 100
EXPECTED = 1
SEEN = {
    "": 1,
    "SELECT n FROM other": 1,
    "INSERT INTO other (n) VALUES (3)": 1,
    "UPDATE other SET n = n + 1 WHERE id = 1": 1,
    "UPDATE other SET n = n + 1 WHERE id = 1 RETURNING n": ROWS,
    "UPDATE other SET n = n + 1 WHERE id < 3": ROWS,
    "INSERT INTO fires (n) VALUES (1)": ROWS,
}


def segments_with(between: str) -> int:
    cursor = apsw.Connection(":memory:").cursor()
    for statement in (
        "CREATE VIRTUAL TABLE words USING fts5 (body)",
        "INSERT INTO words (words, rank) VALUES ('automerge', 0)",
        "INSERT INTO words (words, rank) VALUES ('crisismerge', 1000)",
        "CREATE TABLE other (id INTEGER PRIMARY KEY, n INT NOT NULL)",
        "INSERT INTO other (n) VALUES (1), (2)",
        "CREATE TABLE fires (n INT)",
        "CREATE TRIGGER fired AFTER INSERT ON fires BEGIN INSERT INTO other (n) VALUES (new.n); END",
    ):
        cursor.execute(statement)
    began = time.perf_counter()
    cursor.execute("BEGIN")
    for number in range(ROWS):
        cursor.execute("INSERT INTO words (body) VALUES (?)", (f"some words {number}",))
        if between:
            cursor.execute(between).fetchall()
    cursor.execute("COMMIT")
    took = time.perf_counter() - began
    [(count,)] = cursor.execute("SELECT count(DISTINCT segid) FROM words_idx").fetchall()
    print(f"{count:4} segments, {1000 * took:6.1f} ms, between: {between or 'nothing'}")
    return count


print(f"SQLite {apsw.sqlite_lib_version()}, apsw {apsw.apsw_version()}; expected: {EXPECTED} segment each")
found = {between: segments_with(between) for between in SEEN}
sys.exit(0 if found == SEEN else 1)
PYTHON
"$folder/venv/bin/python" "$folder/measure.py"
