"""The classes that code reaches by name."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from typing import Any

import pytest

from codimir.http import errors
from codimir.http.errors import ApiError, Conflict, Forbidden, NotFound, RateLimited
from codimir.kit import call_graph
from codimir.kit.call_graph import find_reachable_subclasses


class Door:
    """A class of the package, as far as its walls reach."""

    def open(self) -> None:
        raise Conflict

    @property
    def is_open(self) -> bool:
        raise NotFound


def refuse() -> None:
    raise Forbidden


def refuse_by_module() -> None:
    raise errors.RateLimited


def inside() -> Callable[[], None]:
    def refuse_inside() -> None:
        refuse()

    return refuse_inside


def calls_itself() -> None:
    calls_itself()
    refuse()


def handed_on(error: type[ApiError]) -> Callable[[], None]:
    def refuse_with_it() -> None:
        raise error

    return refuse_with_it


@contextmanager
def holding() -> Any:
    refuse()
    yield


@asynccontextmanager
async def holding_on() -> Any:
    refuse()
    yield


@lru_cache
def remembered() -> None:
    refuse()


async def pieces() -> AsyncGenerator[bytes, None]:
    refuse()
    yield b""


TABLE: dict[str, Any] = {"refuse": refuse, "others": [refuse_by_module]}


def by_table(name: str) -> None:
    TABLE[name]()


def knock() -> None:
    Door().open()


def with_it() -> None:
    with holding():
        pass


async def with_it_on() -> None:
    async with holding_on():
        remembered()


async def stream() -> AsyncGenerator[bytes, None]:
    return pieces()


def harmless() -> int:
    return len(str(call_graph))


@pytest.fixture(autouse=True)
def _walls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_graph, "PACKAGE", __name__.partition(".")[0])


class TestFindReachableSubclasses:
    @pytest.mark.parametrize(
        ("root", "expected"),
        [
            (refuse, {Forbidden}),
            (refuse_by_module, {RateLimited}),
            (inside, {Forbidden}),
            (calls_itself, {Forbidden}),
            (handed_on(NotFound), {NotFound}),
            (by_table, {Forbidden, RateLimited}),
            (knock, {Conflict, NotFound}),
            (Door, {Conflict, NotFound}),
            (with_it, {Forbidden}),
            (with_it_on, {Forbidden}),
            (remembered, {Forbidden}),
            (stream, set()),
            (harmless, set()),
            (len, set()),
        ],
    )
    def test_what_is_named_on_the_way_is_found(self, root: Any, expected: set[type[ApiError]]) -> None:
        assert find_reachable_subclasses([root], ApiError) == expected

    def test_code_of_others_is_not_followed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(call_graph, "PACKAGE", "elsewhere")
        assert find_reachable_subclasses([refuse], ApiError) == set()
