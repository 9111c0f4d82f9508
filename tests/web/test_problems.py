"""What is wrong is said in the language of the page."""

import pytest

GERMAN = {"accept-language": "de"}


class TestProblems:
    async def test_a_field_of_a_form_says_it(self, fetch):
        page = await fetch("ada", "/projects", method="POST", data={"name": "", "visibility": "public"}, headers=GERMAN)
        assert page.status_code == 400
        assert "Das wird gebraucht" in page.text
        assert "Name is required" not in page.text

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("status=x", "Muss eines davon sein: backlog, todo"),
            ("assignee=user_eve", "Das gibt es nicht, oder Sie d\xfcrfen es nicht sehen"),
            ("due=2024-02-02..2024-02-01", "Der Zeitraum endet, bevor er beginnt"),
        ],
    )
    async def test_the_page_of_an_error_says_it(self, fetch, query, said):
        assert said in (await fetch("jane", f"/tickets?{query}", headers=GERMAN)).text

    async def test_english_stays_as_it_is(self, fetch):
        page = await fetch("ada", "/projects", method="POST", data={"name": "", "visibility": "public"})
        assert "Name is required" in page.text
