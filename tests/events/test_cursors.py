"""Cursors: opaque, exact, and refused when they cannot be true."""

import string
from base64 import urlsafe_b64encode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codimir.events.cursors import LONGEST_CURSOR, UnusableCursor, _check, cursor_of, positions_in

WORKSPACES = st.dictionaries(st.text(string.ascii_lowercase + "_", min_size=1), st.integers(0, 2**62), max_size=30)


class TestCursor:
    @given(WORKSPACES)
    def test_it_holds_every_position(self, positions: Any) -> None:
        assert positions_in(cursor_of(positions), positions) == positions

    @given(WORKSPACES, st.text())
    def test_no_other_text_is_one(self, positions: Any, text: str) -> None:
        cursor = cursor_of(positions)
        for broken in (text, cursor + text, cursor[:-1], cursor[1:], cursor.swapcase()):
            if broken != cursor:
                with pytest.raises(UnusableCursor):
                    positions_in(broken, positions)

    @given(st.binary())
    def test_a_forged_one_is_refused_or_read(self, body: bytes) -> None:
        forged = urlsafe_b64encode(b"\x01" + body + _check(b"\x01" + body)).rstrip(b"=").decode()
        with suppress(UnusableCursor):
            assert 0 <= positions_in(forged, {"workspace_1": 5})["workspace_1"] <= 5

    def test_it_is_short(self) -> None:
        assert len(cursor_of({"workspace_01m85tbw5te03a1pg9chfw8xz3": 1_000_000})) == 19
        assert len(cursor_of({f"workspace_{n}": 10_000_000 for n in range(500)})) <= LONGEST_CURSOR

    def test_one_of_10_000_characters_is_refused(self) -> None:
        with pytest.raises(UnusableCursor):
            positions_in("A" * 10_000, {})

    def test_one_from_the_future_is_refused(self) -> None:
        with pytest.raises(UnusableCursor):
            positions_in(cursor_of({"workspace_1": 8}), {"workspace_1": 7})

    def test_a_new_workspace_begins_at_the_present_and_a_lost_one_is_left_out(self) -> None:
        assert positions_in(cursor_of({"old": 3, "lost": 9}), {"old": 5, "new": 7}) == {"old": 3, "new": 7}
