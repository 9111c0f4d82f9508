"""Labels that a line names and that are not there yet."""

from tests.clients import People

ROUTE = "/api/tickets/quick"


class TestPreview:
    async def test_it_names_them_and_says_who_may(self, client: People) -> None:
        line = {"text": "Fix #bug #Mobile #12 #feature \\#word #mobile WEB", "preview": True}
        for person, may in (("jane", False), ("ada", True)):
            said = (await client(person).post(ROUTE, line)).data
            assert (said["unknownLabels"], said["canCreateLabels"]) == (["Mobile"], may)


class TestCreate:
    async def test_they_are_created_where_one_may(self, client: People) -> None:
        line = {"text": 'Fix #bug #Mobile #"two words" #12 \\#word WEB', "makesLabels": True}
        ticket = (await client("ada").post(ROUTE, line)).data
        assert ticket["title"] == "Fix #12 #word"
        assert {label["name"] for label in ticket["labels"]} == {"bug", "Mobile", "two words"}
        again = (await client("jane").post(ROUTE, {"text": "More #mobile WEB"})).data
        assert [label["name"] for label in again["labels"]] == ["Mobile"]

    async def test_who_may_not_keeps_the_word_in_the_title(self, client: People) -> None:
        ticket = (await client("jane").post(ROUTE, {"text": "Fix #mobile WEB", "makesLabels": True})).data
        assert (ticket["title"], ticket["labels"]) == ("Fix #mobile", [])

    async def test_nothing_is_created_unasked(self, client: People) -> None:
        ticket = (await client("ada").post(ROUTE, {"text": "Fix #mobile WEB"})).data
        assert (ticket["title"], ticket["labels"]) == ("Fix #mobile", [])

    async def test_a_line_that_is_refused_leaves_none(self, client: People) -> None:
        assert (await client("ada").post(ROUTE, {"text": "#mobile WEB", "makesLabels": True})).status == 400
        names = [label["name"] for label in (await client("ada").get("/api/labels", project="WEB")).data]
        assert "mobile" not in names
