"""Codimir with two more routes, whose replies cost nothing but the way to them."""

import gc
import sys

from litestar import Litestar

from codimir.app import PROVIDERS, create_app
from codimir.authorization.actor import Actor
from codimir.http.paging import Data, Reply
from codimir.http.routing import get, handlers
from codimir.revisions.dispatch import choose_answer
from codimir.server.config import SECONDS_BETWEEN_THREADS


class Greeting(Reply):
    """Something to say."""

    greeting: str


HELLO = Data(Greeting("Hello"))


@get("/bench/fixed")
async def fixed() -> Data[Greeting]:
    """Say hello."""
    return HELLO


@get("/bench/session")
async def fixed_with_session(actor: Actor) -> Data[Greeting]:  # noqa: ARG001 - it is the question who asks that costs
    """Say hello to whoever has a session."""
    return HELLO


def create() -> Litestar:
    """Build the application."""
    app = create_app()
    for handler in handlers((fixed, fixed_with_session), PROVIDERS, app.state.fair_share, choose_answer):
        app.register(handler)
    sys.setswitchinterval(SECONDS_BETWEEN_THREADS)
    gc.collect()
    gc.freeze()  # as `codimir serve` does, which sets both
    return app
