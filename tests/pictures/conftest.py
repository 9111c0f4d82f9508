"""What the tests of pictures need besides the cast: pictures, and uploads of them."""

from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import Client

PATH = "/api/user/picture"


@pytest.fixture
def upload(jane: Client) -> AsyncCall[Any]:
    """Let Jane, or someone else, upload a picture of themselves."""

    async def send(content: bytes, by: Any = None, name: str = "me.png") -> Any:
        return await (by or jane).request("PUT", PATH, files={"file": (name, content, "image/png")})

    return send
