"""Names that people chose, as they stand in mails to others."""

import pytest

from codimir.mail.messages import MAX_SHOWN_NAME_LENGTH, quoted_name


class TestQuotedName:
    @pytest.mark.parametrize(
        "name",
        [
            "Acme",
            "Acme Inc.",
            "J.R.R. Tolkien",
            "Release 1.23",
            "Smith & Co",
            "Müller-Lüdenscheidt",
            "日本 支社",
            "A/B",
        ],
    )
    def test_a_name_stays_as_it_is(self, name: str) -> None:
        assert quoted_name(name) == f'"{name}"'

    @pytest.mark.parametrize(
        "address",
        [
            "https://evil.test", "HTTPS://evil.test/x?y=1", "evil.test", "pay.evil.test/now", "www.evil",
            "me@evil.test", "mailto:me", "tel:+431234", "//evil", "evil\u3002test", "evil\uff0etest", "evil\u2024test",
            "evil\u200b.test", "ev\u00adil.test", "пример.рф", "(evil.test)", "x:evil.test",
        ],
    )  # fmt: skip
    def test_an_address_is_left_out(self, address: str) -> None:
        assert quoted_name(f"Pay {address} now") == '"Pay … now"'

    def test_quotes_lines_and_control_characters_do_not_get_out_of_it(self) -> None:
        assert quoted_name('a" b\u202e\x1b[31m') == '"a\' b[31m"'

    def test_a_long_one_is_cut(self) -> None:
        assert len(quoted_name("x" * 1_000)) == MAX_SHOWN_NAME_LENGTH + 2
