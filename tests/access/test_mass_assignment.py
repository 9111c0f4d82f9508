"""Nobody writes what a body does not name: every other field of the model and thirty privileged names are refused."""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
import sqlalchemy as sa

from codimir.app import ROUTES
from codimir.database.core import Database, Transaction
from codimir.database.schema import metadata
from codimir.database.statements import Statement
from codimir.http.openapi_operations import given_type
from codimir.http.routing import AnyRoute
from tests.calls import AsyncCall
from tests.clients import People

PRIVILEGED = (
    "id", "userId", "ownerId", "authorId", "reporterId", "creatorId", "role", "roles", "isAdmin", "admin", "isOwner",
    "permissions", "scopes", "scope", "workspaceId", "tenantId", "projectId", "ticketId", "number", "key", "status",
    "createdAt", "updatedAt", "deletedAt", "disabledAt", "completedAt", "passwordHash", "password_hash", "password",
    "token", "tokenHash", "emailVerified", "version", "ticketCounter", "containerId", "__proto__", "_count",
)  # fmt: skip
AT_ONCE = 15
"""A reply names twenty unknown fields at most."""
EVERYTHING = {table.name: Statement(sa.select(table).order_by(*table.primary_key)) for table in metadata.sorted_tables}
WRITABLE = [route for route in ROUTES if route.body is not None]


def forbidden(route: AnyRoute) -> list[str]:
    """Give the names of the model and the privileged ones that the body of a route does not take."""
    taken = set(route.body.__struct_encode_fields__) if route.body else set()
    names = dict.fromkeys((*PRIVILEGED, *model_fields(given_type(route))))
    return [name for name in names if name not in taken]


def model_fields(kind: Any) -> Iterator[str]:
    """Give the API's names of the fields of what a route gives."""
    for each in (kind, *get_args(kind)):
        if isinstance(each, type) and issubclass(each, msgspec.Struct):
            yield from each.__struct_encode_fields__


def url_of(route: AnyRoute) -> str:
    noun = route.path.split("/")[2]
    named = {"tickets": "WEB-1", "project": "WEB", "projects": "WEB", "workspaces": "workspace_789"}.get(noun, "none")
    ids = {"user_id": "user_101", "label_id": "label_1", "group_id": "group_103", "workspace_id": "workspace_789"}
    path = route.path.replace(":str", "")
    return path.format(**{name: ids.get(name, named) for name in route.path_names})


@pytest.fixture
def everything(db: Database) -> Any:
    """Read every row of every table."""

    async def unit(tx: Transaction) -> dict[str, Any]:
        return {name: await tx.fetch_all(rows) for name, rows in EVERYTHING.items()}

    return lambda: db.read(unit)


class TestMassAssignment:
    def test_there_are_thirty_privileged_names_and_every_route_refuses_some(self) -> None:
        assert len(PRIVILEGED) >= 30
        assert all(len(forbidden(route)) >= 25 for route in WRITABLE)

    async def test_changes_nothing_and_is_refused_by_name(
        self, client: People, new_ticket: AsyncCall[Any], everything: Any
    ) -> None:
        await new_ticket()
        root = client("root")
        before = await everything()
        for route in WRITABLE:
            names = forbidden(route)
            for start in range(0, len(names), AT_ONCE):
                asked = names[start : start + AT_ONCE]
                reply = await root.request(route.methods[0], url_of(route), dict.fromkeys(asked, "ADMIN"))
                assert (reply.status, reply.error["code"]) == (400, "VALIDATION_ERROR"), (route.path, reply.body)
                assert set(asked) <= set(reply.details), route.path
                assert all(reply.details[name][0].startswith("Unknown field") for name in asked), route.path
        assert await everything() == before
