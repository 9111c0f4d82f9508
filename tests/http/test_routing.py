"""A route is what the types of its parameters say, whatever they are called."""

from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.app import PROVIDERS, create_app
from codimir.authorization.actor import Actor
from codimir.comments import queries
from codimir.comments.actions import update_comment
from codimir.comments.schemas import CommentUpdate
from codimir.config import Settings
from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.http.errors import InvalidInput
from codimir.http.fair_share import FairShare
from codimir.http.openapi import ApiDocument
from codimir.http.openapi_parameters import Words
from codimir.http.paging import Data
from codimir.http.routing import ReadTx, WriteTx, get, handlers, put
from codimir.model.comments import comments
from codimir.model.schemas import Comment
from codimir.problems.problem import Problem
from codimir.revisions.dispatch import choose_answer
from codimir.tickets.queries import get_visible_ticket
from tests.calls import AsyncCall
from tests.clients import Client, People

PATH = "/test/tickets/{ref:str}/comments/{comment_id:str}"


@get(PATH)
async def read_remark(base: ReadTx, who: Actor, ref: str, comment_id: str) -> Data[Comment]:
    """Read a comment."""
    return Data(await queries.get_comment(base, await get_visible_ticket(base, who, ref), comment_id))


@put(PATH)
async def change_remark(base: WriteTx, who: Actor, ref: str, comment_id: str, data: CommentUpdate) -> Data[Comment]:
    """Change a comment."""
    found = await get_visible_ticket(base, who, ref, lock=True)
    await update_comment(base, who, found, await queries.get_comment(base, found, comment_id), data)
    if data.content == "cursed":
        raise InvalidInput.fields(content=Problem("conflict"))
    return Data(await queries.get_comment(base, found, comment_id))


@pytest.fixture
def application() -> Litestar:
    """An application of its own, because these tests add routes to it."""
    return create_app(Settings(), delivers=False)


@pytest.fixture
async def remark(app: Litestar, jane: Client, new_ticket: AsyncCall[Any]) -> str:
    """The address of a comment at routes that call their actor and their database as no other does."""
    for handler in handlers([read_remark, change_remark], PROVIDERS, app.state.fair_share, choose_answer):
        app.register(handler)
    await new_ticket()
    comment = (await jane.post("/api/tickets/WEB-1/comments", {"content": "a"})).data["id"]
    return f"/test/tickets/WEB-1/comments/{comment}"


class TestAnActorOfAnotherName:
    async def test_nobody_gets_401(self, client: People, remark: str) -> None:
        assert (await client().get(remark)).status == 401
        assert (await client().put(remark, {"content": 5})).status == 401

    async def test_its_reads_have_tags(self, jane: Client, remark: str) -> None:
        tag = (await jane.get(remark)).headers["etag"]
        assert (await jane.request("GET", remark, headers={"if-none-match": tag})).status == 304

    async def test_its_writes_take_conditions(self, jane: Client, remark: str) -> None:
        tag = (await jane.get(remark)).headers["etag"]
        replies = [
            await jane.request("PUT", remark, {"content": text}, headers={"if-match": tag}) for text in ("b", "c")
        ]
        assert [reply.status for reply in replies] == [200, 412]
        assert (await jane.get(remark)).data["content"] == "b"

    async def test_its_writes_take_keys(self, jane: Client, remark: str) -> None:
        replies = [
            await jane.request("PUT", remark, {"content": "b"}, headers={"idempotency-key": "k"}) for _ in range(2)
        ]
        assert replies[0].status == replies[1].status == 200
        assert replies[1].headers["idempotent-replayed"] == "true"

    def test_the_document_says_so(self) -> None:
        item = ApiDocument([read_remark, change_remark], Words(), "1").content["paths"][PATH.replace(":str", "")]
        assert item["get"]["security"] == item["put"]["security"] == [{"session": []}, {"token": []}]
        headers = {each["$ref"].rpartition("/")[2] for each in item["put"]["parameters"] if "$ref" in each}
        assert headers == {"IfMatch", "IdempotencyKey"}
        assert "401" in item["get"]["responses"]


class TestATransaction:
    def test_a_safe_method_takes_none_that_writes(self) -> None:
        async def change(tx: WriteTx) -> Data[int]:
            return Data(await tx.execute(Statement(sa.delete(comments))))

        with pytest.raises(TypeError, match="GET is safe: it takes no WriteTx"):
            handlers([get("/test")(change)], PROVIDERS, FairShare(), choose_answer)

    def test_a_route_takes_one(self) -> None:
        async def read_twice(tx: ReadTx, db: Database) -> Data[int]:
            return Data(await db.read(lambda _: tx.fetch_value(Statement(sa.select(sa.literal(1))))))

        with pytest.raises(TypeError, match="a route takes one transaction, or the database: tx, db"):
            handlers([get("/test")(read_twice)], PROVIDERS, FairShare(), choose_answer)

    async def test_nothing_is_written_where_the_route_raises(self, jane: Client, remark: str) -> None:
        assert (await jane.put(remark, {"content": "cursed"})).status == 400
        assert (await jane.get(remark)).data["content"] == "a"
