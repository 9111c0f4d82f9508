"""Cursors: opaque, exact, and refused when they cannot be true."""

import string
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codimir.events.cursors import MAX_CURSOR_LENGTH, CursorMaker, UnusableCursor

WORKSPACES = st.dictionaries(st.text(string.ascii_lowercase + "_", min_size=1), st.integers(0, 2**47), max_size=30)
OURS, THEIRS = CursorMaker("ours"), CursorMaker("theirs")


class TestCursor:
    @given(WORKSPACES)
    def test_it_holds_every_position(self, positions: Any) -> None:
        assert OURS.positions_in(OURS.cursor_of(positions), positions) == positions

    @given(WORKSPACES, st.text())
    def test_no_other_text_is_one(self, positions: Any, text: str) -> None:
        cursor = OURS.cursor_of(positions)
        for broken in (text, cursor + text, cursor[:-1], cursor[1:], cursor.swapcase(), THEIRS.cursor_of(positions)):
            if broken != cursor:
                with pytest.raises(UnusableCursor):
                    OURS.positions_in(broken, positions)

    @given(st.binary())
    def test_nobody_makes_one_up(self, body: bytes) -> None:
        made_up = urlsafe_b64encode(body).rstrip(b"=").decode()
        with pytest.raises(UnusableCursor):
            OURS.positions_in(made_up, {"workspace_1": 5})

    def test_it_is_as_long_as_the_workspaces_are_many(self) -> None:
        lengths = {len(OURS.cursor_of({"workspace_01m85tbw5te03a1pg9chfw8xz3": 10**n})) for n in range(13)}
        assert lengths == {39}
        assert len(OURS.cursor_of({f"workspace_{n}": 10_000_000 for n in range(500)})) <= MAX_CURSOR_LENGTH

    def test_one_of_10_000_characters_is_refused(self) -> None:
        with pytest.raises(UnusableCursor):
            OURS.positions_in("A" * 10_000, {})

    def test_one_from_the_future_is_refused(self) -> None:
        with pytest.raises(UnusableCursor):
            OURS.positions_in(OURS.cursor_of({"workspace_1": 8}), {"workspace_1": 7})

    def test_a_new_workspace_begins_at_the_present_and_a_lost_one_is_left_out(self) -> None:
        cursor = OURS.cursor_of({"old": 3, "lost": 9})
        assert OURS.positions_in(cursor, {"old": 5, "new": 7}) == {"old": 3, "new": 7}
        assert OURS.unknown_to(cursor, ["old", "new"]) == ["new"]
