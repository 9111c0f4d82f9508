"""Keys count 1, 2, 3… in each project without a gap, whatever happens at once."""

import asyncio
from typing import Any

import pytest

from codimir.authorization.actor import Actor
from codimir.database.core import Database
from codimir.tickets.changing.creating import create_ticket
from codimir.tickets.schemas import TicketCreate
from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People

JANE = Actor("user_101", "Jane Smith", "EDITOR", {"workspace_789": "MEMBER"})


class Broken(Exception):
    """Something fails after a ticket was created, before the commit."""


def numbers(replies: list[Any], project_key: str) -> list[int]:
    keys = [reply.data["key"].split("-") for reply in replies if reply.status in (200, 201)]
    return sorted(int(number) for key, number in keys if key == project_key)


class TestKeys:
    async def test_fifty_at_once_get_one_to_fifty(self, client: People) -> None:
        people = [client(who) for who in ("jane", "john", "ada", "root")]
        body = {"title": "At once", "projectId": "WEB"}
        replies = await asyncio.gather(*(people[n % 4].post("/api/tickets", body) for n in range(50)))
        assert {reply.status for reply in replies} == {201}
        assert numbers(replies, "WEB") == list(range(1, 51))

    async def test_each_project_counts_by_itself(self, jane: Client) -> None:
        projects = ("WEB", "SEC", None)
        replies = await asyncio.gather(
            *(jane.post("/api/tickets", {"title": "x", "projectId": projects[n % 3]}) for n in range(30))
        )
        assert [reply.data["key"] for reply in replies[2::3]] == [None] * 10
        keyed = [reply for reply in replies if reply.data["key"]]
        assert numbers(keyed, "WEB") == numbers(keyed, "SEC") == list(range(1, 11))

    async def test_what_fails_leaves_no_gap(self, client: People, jane: Client, db: Database) -> None:
        async def fail_late(tx: Any) -> None:
            await create_ticket(tx, JANE, TicketCreate(title="Never", project_id="project_456"))
            raise Broken

        async def fail() -> None:
            with pytest.raises(Broken):
                await db.write(fail_late)

        wrong = {"title": "x", "projectId": "WEB", "labelIds": ["label_sec"]}
        right = {"title": "x", "projectId": "WEB"}
        mixed = [
            *(jane.post("/api/tickets", right) for _ in range(10)),
            *(jane.post("/api/tickets", wrong) for _ in range(5)),
            *(client("victor").post("/api/tickets", right) for _ in range(5)),
        ]
        outcomes = await asyncio.gather(
            *(work for pair in zip(mixed, (fail() for _ in mixed), strict=True) for work in pair)
        )
        replies = outcomes[::2]
        assert sorted(reply.status for reply in replies) == [201] * 10 + [400] * 5 + [403] * 5
        assert numbers([reply for reply in replies if reply.status == 201], "WEB") == list(range(1, 11))
        assert (await jane.post("/api/tickets", right)).data["key"] == "WEB-11"

    async def test_moves_and_creates_share_the_count(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        tickets = [await new_ticket() for _ in range(8)]
        moves = [jane.put(f"/api/tickets/{ticket['id']}", {"projectId": "SEC"}) for ticket in tickets]
        creates = [jane.post("/api/tickets", {"title": "x", "projectId": "SEC"}) for _ in range(8)]
        replies = await asyncio.gather(*(work for pair in zip(moves, creates, strict=True) for work in pair))
        assert numbers(list(replies), "SEC") == list(range(1, 17))

    async def test_same_move_at_once_happens_once(
        self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket()
        replies = await asyncio.gather(*(jane.put("/api/tickets/WEB-1", {"projectId": "SEC"}) for _ in range(8)))
        assert {(reply.status, reply.data["key"]) for reply in replies} == {(200, "SEC-1")}
        assert len(await recorded(ticket["id"])) == 2
        assert (await new_ticket(projectId="SEC"))["key"] == "SEC-2"
