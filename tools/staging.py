"""Sets the scene for pictures: a demo that somebody works with, and beside it an instance that nobody has opened."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx

CODIMIR = [str(Path(sys.executable).with_name("codimir"))]
OWNER, ADMIN = "demo@example.com", "ada@example.org"
PASSWORD = "correct horse\n"  # noqa: S105 - of an instance that lives for a minute
SIZE = ("--tickets", "2000", "--projects", "8", "--people", "40")
READ_AFTER = timedelta(hours=30)
PATIENCE = 30.0
NOTES = b"Steps of the last run\n\n1. Sign in\n2. Open the board\n3. Wait\n"


@contextmanager
def scene() -> Iterator[dict[str, str]]:
    """Serve both instances; give the places that a shot may name, and the session of the demo's owner."""
    with tempfile.TemporaryDirectory(prefix="codimir-shots-") as folder, ExitStack() as stack:
        full, empty = f"{folder}/full", f"{folder}/empty"
        run("demo", *SIZE, "--data-dir", full)
        session = run("session", OWNER, "--data-dir", full).strip()
        receiver = stack.enter_context(_receiver())
        address = stack.enter_context(served(full, "ready"))
        setup = stack.enter_context(served(empty, "/setup/"))
        places = {"address": address, "session": session, "setup": setup}
        run("user", "add", ADMIN, "--name", "Ada Byron", "--role", "ADMIN", "--data-dir", full, types=PASSWORD)
        places["admin"] = run("session", ADMIN, "--data-dir", full).strip()
        places["reset"] = run("reset", OWNER, "--data-dir", full).strip().rpartition("/")[2]
        with httpx.Client(base_url=address, cookies={"next-auth.session-token": session}) as owner:
            places |= _work(owner, receiver)
        yield places


def run(*arguments: str, types: str = "") -> str:
    """Run a command of Codimir and give what it prints."""
    command = [*CODIMIR, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, input=types).stdout  # noqa: S603 - our own command


@contextmanager
def served(folder: str, until: str) -> Iterator[str]:
    """Serve an instance; give the address at the end of the line of its greeting that holds `until`."""
    serve = [*CODIMIR, "serve", "--port", "0", "--data-dir", folder]
    environment = os.environ | {"CODIMIR_WEBHOOK_ALLOWED_RANGES": "127.0.0.0/8"}
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True, env=environment) as server:  # noqa: S603 - our own command
        try:
            yield next(line.split()[-1] for line in server.stdout or () if until in line)
        finally:
            server.terminate()


def _work(owner: httpx.Client, receiver: str) -> dict[str, str]:
    """Do what somebody does in a few days, and give the places that come from it."""
    workspace = _data(owner.get("/api/workspaces"))[0]["id"]
    _read_older(owner)
    _throw_away(owner)
    _attach(owner, "WEB-517")
    for name, scopes in (("The build", ["read", "write"]), ("Report of the week", ["read"])):
        _data(owner.post("/api/user/tokens", json={"name": name, "scopes": scopes}))
    for email, role in (("grace@example.com", "MEMBER"), ("visitor@example.com", "VIEWER")):
        invited = owner.post(f"/api/workspaces/{workspace}/invitations", json={"email": email, "role": role})
    project = owner.post("/api/projects", json={"name": "Launch", "key": "NEW", "workspaceId": workspace})
    project.raise_for_status()
    return {"invitation": _data(invited)["url"].rpartition("/")[2], **_hook(owner, workspace, receiver)}


def _read_older(owner: httpx.Client) -> None:
    """Read what is not quite new, as soon as the log has been read for notifications."""
    until = monotonic() + PATIENCE
    while not (found := _data(owner.get("/api/notifications", params={"limit": 100}))) and monotonic() < until:
        sleep(0.2)
    before = (datetime.now(UTC) - READ_AFTER).isoformat()
    older = [each["id"] for each in found if each["createdAt"] < before]
    owner.post("/api/notifications/read", json={"ids": older}).raise_for_status()


def _throw_away(owner: httpx.Client) -> None:
    for number in (11, 12, 24, 37, 59):
        owner.delete(f"/api/tickets/WEB-{number}").raise_for_status()


def _attach(owner: httpx.Client, ticket: str) -> None:
    files = {"file": ("steps.txt", NOTES, "text/plain")}
    owner.post(f"/api/tickets/{ticket}/attachments", files=files).raise_for_status()


def _hook(owner: httpx.Client, workspace: str, receiver: str) -> dict[str, str]:
    """Build webhooks, of which one has sent something and one failed."""
    asked: dict[str, Any] = {"workspaceId": workspace, "description": "The chat of the team"}
    chat = _data(owner.post("/api/webhooks", json=asked | {"url": f"{receiver}/hooks/chat", "events": ["*"]}))["id"]
    pager = asked | {"url": f"{receiver}/missing", "events": ["ticket.created"], "description": "The pager"}
    gone = _data(owner.post("/api/webhooks", json=pager))["id"]
    sent = [_data(owner.post(f"/api/webhooks/{each}/ping"))["id"] for each in (chat, chat, gone)]
    for title in ("Sign-in page forgets the language", "Export misses the last row"):
        owner.post("/api/tickets", json={"title": title, "projectId": "WEB"}).raise_for_status()
    sleep(2)
    return {"webhook": chat, "delivery": sent[0]}


def _data(reply: httpx.Response) -> Any:
    reply.raise_for_status()
    return reply.json()["data"]


@contextmanager
def _receiver() -> Iterator[str]:
    """Receive what webhooks send: everything is taken but what goes to `/missing`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(404 if self.path == "/missing" else 200)
        self.end_headers()
        self.wfile.write(b"thank you")

    def log_message(self, *_: object) -> None:
        """Say nothing."""
