"""What an update changes: what it gives and what differs."""

import msgspec
from msgspec import UNSET, UnsetType

from codimir.kit.updates import api_names, changed, in_api_names, new_values


class Thing(msgspec.Struct, rename="camel"):
    name: str
    due_date: str | None


class ThingUpdate(msgspec.Struct, rename="camel"):
    name: str | UnsetType = UNSET
    due_date: str | None | UnsetType = UNSET
    colour: str | UnsetType = UNSET


OLD = Thing("One", "2024-02-01")


class TestChanged:
    def test_what_is_not_given_stays(self) -> None:
        assert changed(OLD, ThingUpdate()) == {}

    def test_what_is_the_same_is_no_change(self) -> None:
        assert changed(OLD, ThingUpdate(name="One", due_date="2024-02-01")) == {}

    def test_null_clears(self) -> None:
        changes = changed(OLD, ThingUpdate(name="Two", due_date=None))
        assert changes == {"name": ("One", "Two"), "due_date": ("2024-02-01", None)}
        assert new_values(changes) == {"name": "Two", "due_date": None}

    def test_a_field_that_stands_elsewhere(self) -> None:
        assert changed(OLD, ThingUpdate(colour="red"), colour="blue") == {"colour": ("blue", "red")}


class TestNames:
    def test_they_are_those_of_the_api(self) -> None:
        assert api_names(Thing) == {"name": "name", "due_date": "dueDate"}
        assert in_api_names(Thing, {"due_date": 1, "colour": 2}) == {"dueDate": 1, "colour": 2}
