"""A queue in which nobody waits for all that somebody else has put into it."""

from collections import Counter
from queue import Empty

import pytest

from codimir.database.core import Stranger
from codimir.database.fair_queue import MAX_REMEMBERED, FairQueue, Key

ONE, TWO = Stranger("192.0.2.1"), Stranger("192.0.2.2")


def taken(queue: FairQueue[Key], count: int, seconds: dict[Key, float]) -> list[Key]:
    """Take so many items, each of which is its key, and note how long each of them takes."""
    keys = []
    for _ in range(count):
        key, _ = queue.get_nowait()
        queue.took(key, seconds.get(key, 1.0))
        keys.append(key)
    return keys


def filled(*keys: Key) -> FairQueue[Key]:
    queue: FairQueue[Key] = FairQueue()
    for key in keys:
        queue.put(key, key)
    return queue


class TestOrder:
    def test_who_has_taken_least_goes_first(self) -> None:
        queue = filled(*["much"] * 4, "little")
        assert taken(queue, 5, {}) == ["much", "little", "much", "much", "much"]

    def test_over_time_everybody_takes_as_much(self) -> None:
        queue = filled(*["long", "short"] * 40)
        counts = Counter(taken(queue, 44, {"long": 10.0}))
        assert 3 <= counts["long"] <= 5

    def test_items_of_one_keep_their_order(self) -> None:
        queue: FairQueue[int] = FairQueue()
        for number in range(5):
            queue.put("one", number)
        assert [queue.get_nowait()[0] for _ in range(5)] == [0, 1, 2, 3, 4]

    def test_who_was_away_has_saved_up_nothing(self) -> None:
        queue = filled("away", *["busy"] * 10)
        taken(queue, 11, {})
        for key in ["busy"] * 6 + ["away"] * 6:
            queue.put(key, key)
        assert Counter(taken(queue, 6, {}))["busy"] >= 2

    def test_who_took_all_while_nobody_else_asked_owes_nothing(self) -> None:
        queue = filled(*["alone"] * 20)
        taken(queue, 20, {})
        for key in ["new", "alone"] * 4:
            queue.put(key, key)
        assert Counter(taken(queue, 4, {}))["alone"] >= 1


class TestStrangers:
    def test_they_count_as_one_and_each_address_as_one_of_them(self) -> None:
        queue = filled(*[ONE] * 6, TWO, TWO, *["person"] * 6)
        first = Counter(taken(queue, 8, {}))
        assert first["person"] == 4
        assert first[ONE] == first[TWO] == 2


class TestExpected:
    def test_what_takes_longer_than_there_is_time_stays(self) -> None:
        queue = filled("long", "long")
        assert taken(queue, 1, {}) == ["long"]
        with pytest.raises(Empty):
            queue.get_nowait(0.5)
        assert queue.get_nowait(2.0) == ("long", 1.0)

    def test_it_is_forgotten_when_it_was_too_much(self) -> None:
        queue = filled(*["one"] * 12)
        taken(queue, 1, {})
        taken(queue, 10, {"one": 0.0})
        assert queue.get_nowait()[1] < 0.15

    def test_not_everybody_who_ever_came_is_remembered(self) -> None:
        queue: FairQueue[Key] = FairQueue()
        for number in range(MAX_REMEMBERED + 2):
            queue.put(f"{number}", f"{number}")
            taken(queue, 1, {})
        queue.put("0", "0")
        assert queue.get_nowait() == ("0", 0.0)


class TestEnd:
    def test_what_waits_is_given_before(self) -> None:
        queue = filled("one")
        queue.end()
        assert (queue.get(), queue.get()) == ("one", None)
