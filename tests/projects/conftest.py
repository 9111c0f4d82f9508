"""What the tests of projects share."""

from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import People


@pytest.fixture
def new_project(client: People) -> AsyncCall[Any]:
    """Make a project of Ada's in Acme and give it."""

    async def make(**fields: Any) -> Any:
        reply = await client("ada").post("/api/projects", {"name": "Mobile App", **fields})
        assert reply.status == 201, reply.body
        return reply.data

    return make
