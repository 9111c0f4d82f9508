"""Every route of the running application, asked by everybody."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar
from PIL import Image

from codimir.app import ROUTES
from codimir.authentication.tokens import hash_of
from codimir.database.core import Database, Transaction, Unit
from codimir.database.statements import Statement, insert_into
from codimir.kit.collation import name_keys
from codimir.model.authentication import sessions
from codimir.model.jobs import background_jobs
from codimir.model.users import users
from codimir.model.workspaces import workspace_members
from tests.access.matrix import PEOPLE, ROWS, WITHOUT_SIGNING_IN, Row
from tests.calls import AsyncCall
from tests.cast import FAR_AHEAD, LONG_AGO
from tests.clients import Client, People
from tests.pictures.samples import encoded

WHO = {
    "nobody": None, "other_workspace": "eve", "instance_viewer": "john", "project_viewer": "victor", "member": "jane",
    "admin": "mia", "removed": "rita", "disabled": "dan",
}  # fmt: skip
PLACES = {"tickets": "SEC-1", "project": "SEC", "projects": "SEC", "workspaces": "workspace_789"}
NOTHING = "nothing_01"
MAKE_ADMIN = Statement(
    sa.update(workspace_members)
    .where(workspace_members.c.user_id == "user_mia")
    .values(role=sa.bindparam("role", type_=workspace_members.c.role.type))
)


def name_of(route: str) -> str:
    return route.partition("?")[0]


@pytest.fixture
async def things(
    client: People, jane: Client, db: Database, join: AsyncCall[None], set_user: AsyncCall[None]
) -> dict[str, str]:
    """Put a ticket of Jane's and one of everything into the world, and people who were members; give their ids."""

    async def people(tx: Transaction) -> None:
        for who in ("rita", "dan"):
            row = {"id": f"user_{who}", "email": f"{who}@example.com", "email_key": f"{who}@example.com", "name": who}
            await tx.execute(
                insert_into(users), **row, first_name=None, last_name=None, image=None, role="EDITOR",
                password_hash=None, preferences={}, not_before=None, disabled_at=None,
                email_verified_at=None, created_at=LONG_AGO, updated_at=LONG_AGO, **name_keys(who),
            )  # fmt: skip
            session = {"token_hash": hash_of(f"session-of-{who}"), "user_id": f"user_{who}", "expires_at": FAR_AHEAD}
            await tx.execute(insert_into(sessions), **session, created_at=LONG_AGO)
            member = {"workspace_id": "workspace_789", "user_id": f"user_{who}", "role": "MEMBER"}
            await tx.execute(insert_into(workspace_members), **member, created_at=LONG_AGO)
        await tx.execute(MAKE_ADMIN, role="ADMIN")
        await tx.execute(
            insert_into(background_jobs), id="job_1", workspace_id="workspace_789", kind="group.deletion",
            subject_id="group_gone", project_id=None, actor_id="user_ada", batch_id="evt_1", position=0,
            moment=None, done=0, total=100, created_at=LONG_AGO, updated_at=LONG_AGO,
        )  # fmt: skip

    await db.write(people)
    await join("victor", "VIEWER", "workspace_789", "project_sec")
    ada = client("ada")
    for who in ("rita", "dan"):
        assert (await ada.post("/api/project/SEC/members", {"userId": f"user_{who}"})).status == 201
        assert (await client(who).get("/api/project/SEC")).status == 200
    assert (await ada.delete("/api/workspaces/acme/members/user_rita")).status == 204
    assert (await client("root").put("/api/users/user_dan", {"disabled": True})).status == 200
    made = await _make_things(jane, ada)
    await set_user("john", role="VIEWER")
    return made


async def _make_things(jane: Any, ada: Any) -> dict[str, str]:
    async def made(reply: Awaitable[Any]) -> str:
        answer = await reply
        assert answer.status == 201, answer.body
        return str(answer.data["id"])

    await made(jane.post("/api/tickets", {"title": "Fix login", "projectId": "SEC", "groupId": "group_103"}))
    at = "/api/tickets/SEC-1"
    gone = await made(jane.post("/api/tickets", {"title": "Gone", "projectId": "SEC"}))
    file = {"file": ("a.txt", b"hello", "text/plain")}
    found = {
        "comment_id": await made(jane.post(f"{at}/comments", {"content": "First"})),
        "attachment_id": await made(jane.request("POST", f"{at}/attachments", files=file)),
        "time_log_id": await made(jane.post(f"{at}/time-logs", {"minutes": 1})),
        "token_id": await made(jane.post("/api/user/tokens", {"name": "Mine", "scopes": ["read"]})),
        "invitation_id": await made(ada.post("/api/workspaces/workspace_789/invitations", {"email": "x@example.com"})),
        "item_id": gone, "label_id": "label_sec", "group_id": "group_103", "user_id": "user_102", "token": NOTHING,
        "workspace_id": "workspace_789", "digest": NOTHING, "job_id": "job_1",
    }  # fmt: skip
    await jane.delete(f"/api/tickets/{gone}")
    hook = {"url": "https://hooks.example.com/x", "events": ["ticket.updated"], "workspaceId": "workspace_789"}
    found["webhook_id"] = await made(ada.post("/api/webhooks", hook))
    found["delivery_id"] = await made(ada.post(f"/api/webhooks/{found['webhook_id']}/ping"))
    await jane.put(at, {"title": "Fix the login"})
    newest = (await jane.get(f"{at}/history")).data
    updated = next(item for item in newest if item["type"] == "ticket.updated")
    return found | {"event_id": updated["id"], "batch_id": updated["batchId"]}


@pytest.fixture
def nothing_stays(db: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let every write be answered and then undone, so that all are asked about the same world."""
    write = db.write

    class UndoneError(Exception):
        def __init__(self, result: Any) -> None:
            self.result = result

    async def write_and_undo(unit: Unit[Any]) -> Any:
        async def undone(tx: Transaction) -> None:
            raise UndoneError(await unit(tx))

        try:
            await write(undone)
        except UndoneError as done:
            return done.result

    return lambda: monkeypatch.setattr(db, "write", write_and_undo)


def url_of(route: str, things: dict[str, str]) -> str:
    path = route.partition(" ")[2]
    noun = path.split("/")[2]
    return path.replace("{ref}", PLACES.get(noun, NOTHING)).format(**things)


def unknown_of(route: str) -> str:
    """Name the same of a thing that does not exist."""
    parts = route.partition(" ")[2].split("/")
    return "/".join(NOTHING if part.startswith("{") else part for part in parts)


async def send(someone: Any, row: Row, url: str) -> tuple[int, bytes]:
    options: dict[str, Any] = {"json": row.body} if row.body is not None else {}
    if row.body == "a file":
        options = {"files": {"file": ("b.txt", b"hello", "text/plain")}}
    if row.body == "a picture":
        options = {"files": {"file": ("me.png", encoded(Image.new("RGB", (2, 2))), "image/png")}}
    response = await someone.http.request(row.route.partition(" ")[0], url, **options)
    return response.status_code, response.content


class TestMatrix:
    async def test_every_route_of_the_running_app_has_a_row(self, app: Litestar) -> None:
        in_app = {route.path_format for route in app.routes}
        served = {
            f"{'PUT' if 'PUT' in route.methods else route.methods[0]} {route.path.replace(':str', '')}"
            for route in ROUTES
        }
        assert {name.partition(" ")[2] for name in served} <= in_app
        named = [name_of(row.route) for row in ROWS]
        assert len(set(named)) == len(named)
        assert served == {*named, *WITHOUT_SIGNING_IN}

    async def test_each_gets_what_is_theirs(
        self, client: People, things: dict[str, str], nothing_stays: Callable[[], None]
    ) -> None:
        nothing_stays()
        people = {who: client(WHO[who]) for who in PEOPLE}
        wrong = []
        for row in ROWS:
            for who, expected in zip(PEOPLE, row.statuses.split(), strict=True):
                if expected == "-":
                    continue
                status, body = await send(people[who], row, url_of(row.route, things))
                if status != int(expected):
                    wrong.append(f"{row.route} as {who}: {status}, not {expected}: {body[:200]!r}")
                if status == 404 and "{" in row.route:
                    _, unknown = await send(people[who], row, unknown_of(row.route))
                    if unknown != body:
                        wrong.append(f"{row.route} as {who}: {body!r} is not {unknown!r}")
        assert wrong == []
