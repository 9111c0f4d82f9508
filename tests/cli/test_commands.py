"""Every command as a process, beside a server that runs."""

from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from codimir.authentication.passwords import is_password
from codimir.config import Settings
from codimir.database.opening import open_database
from codimir.database.schema import metadata
from codimir.database.statements import Statement
from codimir.model.users import users
from tests.calls import AsyncCall, Call
from tests.cli.commands import Done
from tests.cli.conftest import Serving

PASSWORD = "correct horse"
ADD = ("user", "add", "grace@example.com", "--name", "Grace Hopper")
STORY = ("users", "projects", "labels", "tickets", "ticket_labels", "comments", "time_logs", "events")


@pytest.fixture
def hash_of_grace(settings: Settings) -> AsyncCall[str]:
    """Read the hash of Grace's password."""
    statement = Statement(sa.select(users.c.password_hash))

    async def read() -> str:
        db = await open_database(settings)
        try:
            return str(await db.read(lambda tx: tx.fetch_value(statement)))
        finally:
            await db.close()

    return read


class TestUserAdd:
    @pytest.mark.parametrize("stdin", [b"correct horse\n", b"correct horse", b"correct horse\r\nand more\n"])
    async def test_the_password_is_the_first_line_of_standard_input(
        self, codimir: Call[Done], hash_of_grace: AsyncCall[str], stdin: bytes
    ) -> None:
        done = codimir(*ADD, "--role", "ADMIN", stdin=stdin)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Made Grace Hopper <grace@example.com>, OWNER of the workspace 'My workspace'.")
        assert is_password(PASSWORD, await hash_of_grace())

    def test_the_first_workspace_is_named_and_the_way_in_is_said(self, codimir: Call[Done]) -> None:
        done = codimir(*ADD, "--role", "ADMIN", "--workspace", " Acme ", stdin=PASSWORD.encode())
        assert "OWNER of the workspace 'Acme'." in done.stdout
        assert "They sign in at http://127.0.0.1:3000/signin;" in done.stdout

    def test_a_workspace_without_a_name_is_refused(self, codimir: Call[Done]) -> None:
        done = codimir(*ADD, "--workspace", " ", stdin=PASSWORD.encode())
        assert (done.returncode, done.stderr) == (2, "codimir: workspace: Must be one line of 1 to 255 characters\n")

    def test_the_next_person_joins_the_first_workspace(self, codimir: Call[Done]) -> None:
        codimir(*ADD, "--role", "ADMIN", stdin=PASSWORD.encode())
        done = codimir(
            "user", "add", "viktor@example.com", "--name", "Viktor", "--role", "VIEWER", stdin=PASSWORD.encode()
        )
        assert "VIEWER of the workspace 'My workspace'" in done.stdout


class TestBesideTheServer:
    def test_session_and_token_print_a_value_and_nothing_else(
        self, codimir: Call[Done], serve: Call[Serving], visit: Call[httpx.Client]
    ) -> None:
        server = serve()
        codimir(*ADD, "--role", "ADMIN", stdin=PASSWORD.encode())
        for command, header in (
            (("session", "GRACE@example.com"), "next-auth.session-token={}"),
            (("token", "grace@example.com", "--name", "ci"), "Bearer {}"),
        ):
            done = codimir(*command)
            assert (done.returncode, done.stderr) == (0, "")
            [value] = done.stdout.splitlines()
            assert value == value.strip() != ""
            name = "cookie" if command[0] == "session" else "authorization"
            assert visit(server, {name: header.format(value)}).get("/api/tickets").status_code == 200

    def test_the_server_has_the_demo_at_once(
        self, codimir: Call[Done], serve: Call[Serving], visit: Call[httpx.Client]
    ) -> None:
        server = serve()
        before = httpx.get(f"{server.address}/api/tickets")
        done = codimir("demo", "--tickets", "30", "--projects", "2", "--people", "6")
        assert (before.status_code, done.returncode) == (401, 0)
        assert "30/30" in done.stderr
        assert "session demo@example.com" in done.stdout
        session = codimir("session", "demo@example.com").stdout.strip()
        reply = visit(server, {"cookie": f"next-auth.session-token={session}"}).get("/api/tickets")
        assert reply.json()["pagination"]["total"] == 30


class TestDemo:
    async def test_it_is_the_same_each_time_and_in_both_databases(
        self, codimir: Call[Done], settings: Settings, tmp_path: Path
    ) -> None:
        asked = ("demo", "--tickets", "40", "--projects", "3", "--people", "8", "--ends", "2026-05-07T12:00:00")
        there = Settings(data_dir=tmp_path / "there")
        assert codimir(*asked, PYTHONHASHSEED="1").returncode == 0
        done = codimir(*asked, "--data-dir", str(there.data_dir), PYTHONHASHSEED="2", CODIMIR_DATABASE_URL="")
        assert done.returncode == 0, done.stderr
        assert await _story_of(settings) == await _story_of(there)


async def _story_of(settings: Settings) -> dict[str, Any]:
    db = await open_database(settings)
    try:
        return {name: await db.read(lambda tx, name=name: tx.fetch_all(_ROWS[name])) for name in STORY}
    finally:
        await db.close()


_ROWS = {
    name: Statement(sa.select(metadata.tables[name]).order_by(*metadata.tables[name].primary_key)) for name in STORY
}


class TestReset:
    def test_it_prints_a_link_that_works_once(
        self,
        codimir: Call[Done],
        session_of: Call[dict[str, str]],
        serve: Call[Serving],
        visit: Call[httpx.Client],
    ) -> None:
        session = session_of()
        link = codimir("reset", "GRACE@example.com", CODIMIR_BASE_URL="https://codimir.example/x").stdout.strip()
        assert link.startswith("https://codimir.example/reset/")
        client = visit(serve(), {})
        path = f"/api/auth/reset/{link.rpartition('/')[2]}"
        assert client.post(path, json={"password": "battery staple"}).status_code == 200
        assert client.post(path, json={"password": "battery staple"}).status_code == 404
        assert client.get("/api/tickets").status_code == 200
        assert httpx.get(client.base_url.join("/api/tickets"), headers=session).status_code == 401

    def test_nobody_is_said_in_a_line(self, codimir: Call[Done]) -> None:
        done = codimir("reset", "nobody@example.com")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "codimir: nobody has the e-mail nobody@example.com\n"
