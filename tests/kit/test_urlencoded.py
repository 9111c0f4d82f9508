"""Names and values of forms and queries."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codimir.kit.urlencoded import parse_urlencoded

PIECES = st.sampled_from(
    ["a", "%", "+", "=", "&", "%41", "%c3%A4", "%0A", "%0d%0A", "\n", "\r\n", " ", "_", "%=", "%4", "%%41", "=41"]
)


def read(parse: Callable[[], list[tuple[str, str]]]) -> list[tuple[str, str]] | str:
    try:
        return parse()
    except UnicodeDecodeError:
        return "not UTF-8"  # such as `%`, `a` and `a` in a row


class TestParse:
    @given(
        st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8"))), max_size=5)
    )
    def test_what_was_written_is_read(self, fields: list[tuple[str, str]]) -> None:
        assert parse_urlencoded(urlencode(fields).encode(), 1000) == fields

    @given(st.lists(PIECES).map("".join))
    def test_everything_is_read_as_python_reads_it(self, text: str) -> None:
        ours = read(lambda: parse_urlencoded(text.encode(), 1000))
        assert ours == read(lambda: parse_qsl(text, keep_blank_values=True, errors="strict"))

    @pytest.mark.parametrize("data", [b"a=%ff", b"%ff=a", b"a=\xff", b"a=%c3"])
    def test_what_is_not_utf_8_is_an_error(self, data: bytes) -> None:
        with pytest.raises(UnicodeDecodeError):
            parse_urlencoded(data, 1000)

    def test_more_fields_than_allowed_are_an_error(self) -> None:
        assert len(parse_urlencoded(b"a&b&c", 3)) == 3
        with pytest.raises(ValueError, match="more than 2 fields"):
            parse_urlencoded(b"a&b&c", 2)
