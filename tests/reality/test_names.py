"""Names are found whatever their case, accents and script, and stand where a reader looks for them."""

import random
import re
from typing import Any

import pytest

from codimir.kit.collation import search_key, sort_key
from tests.calls import AsyncCall
from tests.clients import Client, People

HTML = {"accept": "text/html"}
PEOPLE = {"john": "Ömer Åsberg", "mia": "Ольга Ёлкина", "victor": "李 雷", "ada": "Éclair Straße"}
FOUND_BY = {
    "john": ["ömer", "Ömer", "omer", "ÖMER", "åsb", "ASBERG", "r Å", "mer"],
    "mia": ["ольга", "Ольга", "ОЛЬГА", "ёлк", "Елкина"],
    "victor": ["李", "雷", "李 雷"],
    "ada": ["éclair", "Eclair", "ECLAIR", "strasse", "STRASSE", "straße"],
}
IDS = {"john": "user_102", "mia": "user_mia", "victor": "user_victor", "ada": "user_ada"}
IN_ORDER = [
    "#1", "1st", "2nd", "10th", "ähnlich", "app", "Ärger", "Éclair", "item 9", "item 10", "item 100", "Łódź", "Lublin",
    "Øre", "Oslo", "over", "Überprüfung", "Web", "\uff37eb 2", "zoo", "Ёлка", "Жук", "Ольга", "山田", "李",
]  # fmt: skip


@pytest.fixture
async def people(set_user: AsyncCall[None]) -> None:
    for who, name in PEOPLE.items():
        await set_user(who, name=name)


@pytest.fixture
def shuffled() -> list[str]:
    names = IN_ORDER.copy()
    random.Random(4).shuffle(names)
    return names


def options(page: str) -> list[str]:
    """Give what a menu offers, without the marks before it."""
    return re.findall(r'<span class="grow truncate" dir="auto">([^<]*)</span>', page)


async def offered(someone: Any, path: str, **query: str) -> str:
    page = await someone.http.get(path, params=query, headers={**HTML, "hx-request": "true"})
    assert page.status_code == 200, path
    return str(page.text)


@pytest.mark.usefixtures("people")
class TestPeople:
    @pytest.mark.parametrize("who", PEOPLE)
    async def test_they_are_found_in_every_menu(self, jane: Client, client: People, who: str) -> None:
        for text in FOUND_BY[who]:
            for path in ("/choices/assignee", "/filters/assignee", "/filters/reporter", "/palette"):
                assert PEOPLE[who] in await offered(jane, path, q=text), (path, text)
            found = await client("root").get("/api/users", search=text)
            assert IDS[who] in [each["id"] for each in found.data], text

    @pytest.mark.parametrize("who", PEOPLE)
    async def test_the_beginnings_of_their_names_are_found_after_an_at_sign(self, jane: Client, who: str) -> None:
        for text in FOUND_BY[who]:
            begins = any(f" {search_key(PEOPLE[who])}".find(f" {search_key(text)}") == at for at in range(20))
            shown = await offered(jane, "/mentions", q=f"@{text}", workspace="workspace_789")
            assert (f"@{who}" in shown) is begins, text

    async def test_what_is_not_in_a_name_finds_nobody(self, jane: Client, client: People) -> None:
        for text in ("öömer", "ольгаа", "雷李", "100%", "a_a", "\\"):
            assert options(await offered(jane, "/choices/assignee", q=text)) == [], text
            assert (await client("root").get("/api/users", search=text)).total == 0, text

    async def test_somebody_who_takes_another_name_is_found_by_it(self, client: People, jane: Client) -> None:
        await client("john").put("/api/user/profile", {"name": "Žofie Nová"})
        assert options(await offered(jane, "/choices/assignee", q="ŽOFIE")) == ["Žofie Nová"]
        assert options(await offered(jane, "/choices/assignee", q="ömer")) == []

    @pytest.mark.parametrize(
        ("written", "who"),
        [
            ("@Ömer", "john"), ("@omer", "john"), ("@Ömer.Åsberg", "john"), ("@omer.asberg", "john"),
            ("@Ольга", "mia"), ("@ольга.ёлкина", "mia"), ("@李", "victor"), ("@李雷", "victor"), ("@李.雷", "victor"),
            ("@éclair", "ada"), ("@Eclair.Strasse", "ada"), ("@john", "john"),
        ],
    )  # fmt: skip
    async def test_a_name_of_any_script_is_a_handle(self, jane: Client, written: str, who: str) -> None:
        said = (await jane.post("/api/tickets/quick", {"text": f"Do {written}", "projectId": "project_456"})).data
        assert said["assignee"] is not None, written
        assert said["assignee"]["id"] == IDS[who]
        await jane.post(f"/api/tickets/{said['id']}/comments", {"content": f"See {written} "})
        page = (await jane.http.get(f"/tickets/{said['id']}", headers=HTML)).text
        assert f'<span class="mention" title="{PEOPLE[who]}">{written}</span>' in page

    async def test_a_handle_that_two_people_have_is_nobody(self, jane: Client, set_user: AsyncCall[None]) -> None:
        await set_user("mia", name="Omer Other")
        line = {"text": "Do @omer", "projectId": "project_456", "preview": True}
        assert (await jane.post("/api/tickets/quick", line)).data["assignee"] is None
        assert (await jane.post("/api/tickets/quick", {**line, "text": "Do @ömer"})).data["assignee"][
            "id"
        ] == "user_102"


class TestOrder:
    async def test_groups(self, jane: Client, client: People, shuffled: list[str]) -> None:
        for name in shuffled:
            assert (await client("ada").post("/api/groups", {"name": name})).status == 201
        found = (await jane.get("/api/groups", limit=100)).data
        assert [each["name"] for each in found if each["name"] in IN_ORDER] == IN_ORDER
        assert [name for name in options(await offered(jane, "/choices/group")) if name in IN_ORDER] == IN_ORDER

    async def test_labels(self, jane: Client, client: People, new_ticket: AsyncCall[Any], shuffled: list[str]) -> None:
        made = [(await client("ada").post("/api/labels", {"name": name})).data for name in shuffled]
        found = (await jane.get("/api/labels", limit=100)).data
        assert [each["name"] for each in found if each["name"] in IN_ORDER] == IN_ORDER
        assert [name for name in options(await offered(jane, "/choices/label")) if name in IN_ORDER] == IN_ORDER
        ticket = await new_ticket(labelIds=[each["id"] for each in made])
        assert [each["name"] for each in ticket["labels"]] == IN_ORDER
        [listed] = (await jane.get("/api/tickets")).data
        assert [each["name"] for each in listed["labels"]] == IN_ORDER

    async def test_projects(self, jane: Client, load_project: AsyncCall[None], shuffled: list[str]) -> None:
        for number, name in enumerate(shuffled):
            await load_project(f"project_{number}", name=name, key=f"N{number}")
        found = (await jane.get("/api/projects", sort="name", order="asc", limit=100)).data
        assert [each["name"] for each in found if each["name"] in IN_ORDER] == IN_ORDER
        in_menu = options(await offered(jane, "/choices/project"))
        assert [name for name in in_menu if name in IN_ORDER] == IN_ORDER
        page = (await jane.http.get("/tickets", headers=HTML)).text
        rail = [shuffled[int(each)] for each in dict.fromkeys(re.findall(r'href="/projects/N(\d+)/', page))]
        assert len(rail) > 10
        assert rail == [name for name in IN_ORDER if name in rail]

    async def test_people(self, jane: Client, set_user: AsyncCall[None]) -> None:
        names = {"ada": "Zoo", "john": "ähnlich", "mia": "Ärger", "victor": "Éclair", "jane": "Yes"}
        for who, name in names.items():
            await set_user(who, name=name)
        nobody, me, *others = options(await offered(jane, "/choices/assignee"))
        assert "Yes" in me
        assert others == ["ähnlich", "Ärger", "Éclair", "Zoo"], nobody


class TestFound:
    async def test_groups_labels_and_projects_in_menus(
        self, jane: Client, client: People, load_project: AsyncCall[None]
    ) -> None:
        await client("ada").post("/api/groups", {"name": "Ökologie"})
        await client("ada").post("/api/labels", {"name": "Fähre"})
        await load_project("project_n", name="Über Łódź", key="UL")
        for field, texts, name in (
            ("group", ("ÖKO", "oko", "öko"), "Ökologie"),
            ("label", ("FÄHRE", "fahre"), "Fähre"),
            ("project", ("über ł", "UBER L", "łódź", "lodz"), "Über Łódź"),
        ):
            for text in texts:
                assert options(await offered(jane, f"/choices/{field}", q=text)) == [name], (field, text)
                assert options(await offered(jane, f"/filters/{field}", q=text)) == [name], (field, text)

    async def test_whatever_is_called_anew(self, jane: Client, client: People) -> None:
        ada = client("ada")
        for path, field in (
            ("/api/groups/group_103", "group"),
            ("/api/labels/label_1", "label"),
            ("/api/projects/project_456", "project"),
            ("/api/workspaces/workspace_789", "workspace"),
        ):
            assert (await ada.put(path, {"name": "Ünique Name"})).status == 200, path
            assert options(await offered(jane, f"/filters/{field}", q="UNIQUE")) == ["Ünique Name"], field

    async def test_a_project_whose_name_begins_so_comes_first(
        self, jane: Client, load_project: AsyncCall[None]
    ) -> None:
        await load_project("project_a", name="Alte Übersicht", key="AU")
        await load_project("project_b", name="Übersicht", key="UE")
        found = (await jane.get("/api/projects/search", q="ÜBERS")).data
        assert [each["name"] for each in found] == ["Übersicht", "Alte Übersicht"]


class TestKeys:
    def test_numbers_count_by_their_value(self) -> None:
        names = ["a", "a 1", "a 02", "a 2", "a 10", "a 10 b", "a 11", "a " + "9" * 120, "b"]
        assert sorted(["b", *names[:-1]], key=sort_key) == names

    def test_an_accent_parts_only_what_is_equal_otherwise(self) -> None:
        assert sorted(["cote b", "côte", "cote", "coté", "Cote a"], key=sort_key) == [
            "cote", "coté", "côte", "Cote a", "cote b",
        ]  # fmt: skip

    @pytest.mark.parametrize("name", ["\u0130stanbul", "\u0049stanbul", "\u0131stanbul", "istanbul", "I\u0307STANBUL"])
    def test_an_i_is_an_i_in_turkish_too(self, name: str) -> None:
        assert search_key(name) == "istanbul"

    def test_forms_of_width_and_composition_are_one(self) -> None:
        assert search_key("Cafe\u0301") == search_key("\uff23\uff21\uff26\uff25") == search_key("CAFÉ") == "cafe"
