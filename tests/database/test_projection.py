"""Structs made of rows, by one declaration of where each field is read from."""

import msgspec
import pytest
import sqlalchemy as sa

from codimir.database.projection import Projection

metadata = sa.MetaData()
people = sa.Table("people", metadata, sa.Column("id", sa.Text()), sa.Column("name", sa.Text()))
letters = sa.Table("letters", metadata, *(sa.Column(name, sa.Text()) for name in ("id", "body", "written_by", "kind")))


class Someone(msgspec.Struct):
    id: str
    name: str


class Letter(msgspec.Struct):
    id: str
    writer: Someone | None
    kind: str
    is_long: bool
    stamps: list[str]


SOMEONE = Projection(Someone, people)
LETTER = Projection(
    Letter, letters, writer=SOMEONE.optional(), is_long=sa.func.length(letters.c.body) > 9, stamps=None
)  # fmt: skip


class TestProjection:
    def test_columns_stand_in_the_order_of_the_fields(self) -> None:
        assert [column.name for column in LETTER.columns[:-1]] == ["id", "id", "name", "kind"]

    def test_a_field_may_come_from_a_projection_a_column_or_whoever_makes_it(self) -> None:
        row = ("letter_1", "user_1", "Ada", "short", False)
        assert LETTER.make(row, stamps=["red"]) == Letter("letter_1", Someone("user_1", "Ada"), "short", False, ["red"])

    def test_what_an_outer_join_did_not_find_is_none(self) -> None:
        assert LETTER.make(("letter_1", None, None, "short", False), stamps=[]).writer is None

    def test_the_columns_behind_its_own_are_left(self) -> None:
        assert SOMEONE.split(("user_1", "Ada", 7, None)) == (Someone("user_1", "Ada"), (7, None))
        assert SOMEONE.all([("user_1", "Ada"), ("user_2", "Bo")]) == [Someone("user_1", "Ada"), Someone("user_2", "Bo")]

    def test_a_field_that_nothing_fills_is_an_error_when_the_program_starts(self) -> None:
        with pytest.raises(TypeError, match=r"Someone\.id"):
            Projection(Someone)
        with pytest.raises(KeyError):
            Projection(Letter, letters, writer=SOMEONE)
