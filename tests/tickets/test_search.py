"""GET /api/tickets/search, and `search` of GET /api/tickets."""

from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.database.core import Database, Transaction
from codimir.database.statements import Statement, insert_into
from codimir.kit.text import words_in
from codimir.model.comments import comments
from codimir.model.jobs import background_jobs
from codimir.model.search import search_documents, search_trigrams, search_words
from codimir.model.tickets import tickets
from codimir.tickets.listing.best_matches import CANDIDATES
from codimir.tickets.search import index, vocabulary
from codimir.tickets.search.index import index_tickets
from codimir.tickets.search.vocabulary import FamiliarWords
from tests.calls import AsyncCall
from tests.cast import LONG_AGO
from tests.clients import Client, People
from tests.jobs.test_jobs import reindexing

ODD = [
    "%", "_", "'", '"', "'; DROP TABLE tickets; --", '"login', "login*", "login AND", "OR", "NOT login", "NEAR(login)",
    "title:login", "(login", "^login", "-login", "login:*", "login & !", "<->", "\\", "{a b}", "§workspace789", "§",
    "💥", "\u0301", "\u202e", "Ω≈ç√", "a" * 10_000, "a " * 5_000, "'" * 3_000,
]  # fmt: skip


@pytest.fixture
def found(client: People) -> AsyncCall[list[str]]:
    """Search as someone and give the titles."""

    async def search(q: str, who: str = "jane", **query: Any) -> list[str]:
        reply = await client(who).get("/api/tickets/search", q=q, **query)
        assert reply.status == 200, reply.body
        return [ticket["title"] for ticket in reply.data]

    return search


@pytest.fixture
def listed(client: People) -> AsyncCall[set[str]]:
    """List with `search` as someone and give the titles; the total is that of the titles."""

    async def search(text: str, who: str = "jane", **query: Any) -> set[str]:
        reply = await client(who).get("/api/tickets", search=text, limit=100, **query)
        assert reply.status == 200, reply.body
        assert reply.total == len(reply.data)
        return {ticket["title"] for ticket in reply.data}

    return search


@pytest.fixture
def load_tickets(db: Database) -> AsyncCall[list[str]]:
    """Load many tickets in WEB at once, past every verb, and give their ids."""

    async def load(count: int, title: str, description: str | None = None) -> list[str]:
        row = {
            "workspace_id": "workspace_789", "project_id": "project_456", "number": None, "key": None,
            "title": title, "title_sort": title, "description": description, "type": "TASK", "status": "backlog",
            "priority": "medium", "rank": "V", "stage": "PLANNING", "assignee_id": None, "reporter_id": None,
            "group_id": None, "due_date": None, "completed_at": None, "comment_count": 0, "attachment_count": 0,
            "time_log_count": 0, "created_at": LONG_AGO, "updated_at": LONG_AGO, "deleted_at": None,
        }  # fmt: skip
        ids = [f"ticket_{n:04}" for n in range(count)]

        async def unit(tx: Transaction) -> None:
            await tx.execute_many(insert_into(tickets), [{**row, "id": ticket_id} for ticket_id in ids])
            await index_tickets(tx, ids)

        await db.write(unit)
        return ids

    return load


class TestSearch:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().get("/api/tickets/search", q="login")).status == 401

    async def test_outsider_finds_nothing(
        self, found: AsyncCall[list[str]], listed: AsyncCall[set[str]], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(title="Login fails")
        assert await found("login") == ["Login fails"]
        assert await found("login", "eve") == []
        assert await found("WEB-1", "eve") == []
        assert await listed("login", "eve") == set()

    async def test_a_private_project_is_found_by_its_members(
        self, found: AsyncCall[list[str]], listed: AsyncCall[set[str]], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(title="Secret login", projectId="project_sec")
        assert await found("login") == await found("login", "ada") == await found("sec-1", "root") == ["Secret login"]
        assert await found("login", "mia") == await found("SEC-1", "mia") == []
        assert await listed("login", "mia") == set()

    async def test_gives_tickets_as_lists_do(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket(title="Login fails", labelIds=["label_1"], assigneeId="user_102")
        [ticket] = (await jane.get("/api/tickets/search", q="login")).data
        assert ticket == (await jane.get("/api/tickets")).data[0]
        assert ticket["assignee"]["name"] == "John Doe"

    @pytest.mark.parametrize(
        "query", [{}, {"q": ""}, {"q": "a", "limit": 0}, {"q": "a", "limit": 101}, {"q": "a", "x": 1}]
    )
    async def test_a_wrong_query_is_refused(self, jane: Client, query: Any) -> None:
        reply = await jane.get("/api/tickets/search", **query)
        assert (reply.status, reply.error["code"]) == (400, "VALIDATION_ERROR")

    async def test_an_unknown_project_is_refused(self, jane: Client) -> None:
        reply = await jane.get("/api/tickets/search", q="a", project="project_evil")
        assert reply.details == {"project": ["Invalid project ID"]}


class TestWhatIsFound:
    @pytest.mark.parametrize(
        "q",
        [
            "login",
            "LOGIN",
            "log",
            "fails login",
            "cafe",
            "Café",
            "deploy",
            "username",
            "getuser",
            "web-1",
            "web 1",
            "web",
        ],
    )
    async def test_words_of_the_title_the_description_and_the_key(
        self, found: AsyncCall[list[str]], listed: AsyncCall[set[str]], new_ticket: AsyncCall[Any], q: str
    ) -> None:
        await new_ticket(
            title="Login fails", description="At the **Café** after deploy: `getUserName()`, user_name username"
        )
        await new_ticket(title="Something else", projectId=None)
        assert await found(q) == ["Login fails"]
        assert await listed(q) == {"Login fails"}

    async def test_every_word_must_be_there_and_only_the_last_may_be_begun(
        self, found: AsyncCall[list[str]], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(title="Login fails", description="on mobile")
        assert await found("login mob") == ["Login fails"]
        assert await found("login desktop") == []
        assert await found("mob login") == []

    async def test_words_of_a_comment(
        self, found: AsyncCall[list[str]], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(title="Login fails")
        path = f"/api/tickets/{ticket['id']}/comments"
        comment = (await jane.post(path, {"content": "Seen in Zanzibar"})).data
        assert await found("zanzibar") == ["Login fails"]
        assert await found("login zanzibar") == ["Login fails"]
        await jane.put(f"{path}/{comment['id']}", {"content": "Seen in Timbuktu"})
        assert (await found("zanzibar"), await found("timbuktu")) == ([], ["Login fails"])
        await jane.delete(f"{path}/{comment['id']}")
        assert await found("timbuktu") == []

    async def test_the_words_of_now(
        self, found: AsyncCall[list[str]], listed: AsyncCall[set[str]], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(title="Login fails")
        await jane.put(f"/api/tickets/{ticket['id']}", {"title": "Logout works", "description": "on mobile"})
        assert (await found("fails"), await listed("fails")) == ([], set())
        assert await found("logout mobile") == ["Logout works"]

    async def test_a_deleted_ticket_is_not_found(
        self, found: AsyncCall[list[str]], listed: AsyncCall[set[str]], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(title="Login fails")
        await jane.delete(f"/api/tickets/{ticket['id']}")
        assert (await found("login"), await found("WEB-1"), await listed("login")) == ([], [], set())

    @pytest.mark.parametrize(
        "q", ["ошибка", "ОШИБКИ входа", "елки", "登录", "录失", "失败", "登", "ログイン", "로그인", "🚀", "ภาษา"]
    )
    async def test_words_of_every_script(
        self, found: AsyncCall[list[str]], listed: AsyncCall[set[str]], new_ticket: AsyncCall[Any], q: str
    ) -> None:
        await new_ticket(title="Ошибка ошибки входа Ёлки 登录失败 ログインできない 로그인 오류 🚀 ภาษาไทย")
        await new_ticket(title="Plain")
        assert len(await found(q)) == len(await listed(q)) == 1

    async def test_neighbours_in_scripts_without_spaces_must_be_neighbours(
        self, found: AsyncCall[list[str]], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(title="登录失败")
        assert await found("登败") == []

    async def test_filters_apply(self, found: AsyncCall[list[str]], new_ticket: AsyncCall[Any]) -> None:
        await new_ticket(title="Login A", status="todo")
        await new_ticket(title="Login B", status="done")
        await new_ticket(title="Login C", projectId="project_sec", status="done")
        assert await found("login", status="done") == ["Login C", "Login B"]
        assert await found("login", status="done,todo", project="WEB") == ["Login B", "Login A"]
        assert await found("WEB-1", status="done") == []
        assert await found("login", limit=1) == ["Login C"]

    async def test_search_and_filters_of_the_list(
        self, listed: AsyncCall[set[str]], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(title="Login A", labelIds=["label_1"])
        await new_ticket(title="Login B", assigneeId="user_101")
        await new_ticket(title="Other", assigneeId="user_101", labelIds=["label_1"])
        assert await listed("login", assignee="me") == {"Login B"}
        assert await listed("login", label="label_1", project="WEB", sort="title") == {"Login A"}
        assert await listed("   ") == {"Login A", "Login B", "Other"}


class TestOrder:
    async def test_title_before_key_before_description_before_comments(
        self, found: AsyncCall[list[str]], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        in_title = await new_ticket(title="Web is down", projectId=None)
        await new_ticket(title="In the key")
        in_description = {"title": "In the description", "description": "the web " * 50, "projectId": None}
        await new_ticket(**in_description)
        in_comments = await new_ticket(title="In the comments", projectId=None)
        for _ in range(3):
            await jane.post(f"/api/tickets/{in_comments['id']}/comments", {"content": "web web web"})
        assert await found("web") == ["Web is down", "In the key", "In the description", "In the comments"]
        await jane.put(f"/api/tickets/{in_title['id']}", {"title": "Down"})
        assert await found("web") == ["In the key", "In the description", "In the comments"]

    async def test_more_words_in_the_title_come_first_and_then_the_newest(
        self, found: AsyncCall[list[str]], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(title="Login timeout")
        await new_ticket(title="Login", description="timeout")
        await new_ticket(title="Timeout", description="login")
        await new_ticket(title="Other", description="login timeout")
        assert await found("login timeout") == ["Login timeout", "Timeout", "Login", "Other"]

    @pytest.mark.parametrize("key", ["WEB-1", "web-1", " Web-1 "])
    async def test_an_exact_key_comes_first(
        self, found: AsyncCall[list[str]], new_ticket: AsyncCall[Any], key: str
    ) -> None:
        await new_ticket(title="The one")
        await new_ticket(title="WEB-1 is mentioned")
        assert await found(key) == ["The one", "WEB-1 is mentioned"]
        assert await found(key, limit=1) == ["The one"]

    async def test_a_former_key_finds_too(
        self, found: AsyncCall[list[str]], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(title="The one")
        await jane.put(f"/api/tickets/{ticket['id']}", {"projectId": "project_sec"})
        assert await found("WEB-1") == await found("SEC-1") == ["The one"]
        assert await found("WEB-1", "mia") == []

    async def test_the_newest_of_many_matches_are_ranked(
        self, found: AsyncCall[list[str]], listed: AsyncCall[set[str]], load_tickets: AsyncCall[list[str]]
    ) -> None:
        await load_tickets(CANDIDATES + 1, title="Other", description="login")
        assert len(await found("login", limit=100)) == 100

    async def test_every_word_in_the_title_comes_first_however_old_it_is(
        self, found: AsyncCall[list[str]], new_ticket: AsyncCall[Any], load_tickets: AsyncCall[list[str]]
    ) -> None:
        await new_ticket(title="Login timeout")
        await load_tickets(CANDIDATES, title="Login", description="timeout")
        assert await found("login timeout", limit=2) == ["Login timeout", "Login"]
        assert await found("timeout", limit=2) == ["Login timeout", "Login"]

    async def test_while_tickets_are_indexed_anew_titles_are_not_asked_alone(
        self, db: Database, found: AsyncCall[list[str]], new_ticket: AsyncCall[Any]
    ) -> None:
        for number in (1, 2):
            await new_ticket(title=f"Login timeouts {number}")
        await db.write(lambda tx: tx.execute(Statement(sa.delete(search_words))))
        await db.write(lambda tx: tx.execute(insert_into(background_jobs), **reindexing(tx)))
        assert await found("timeou") == ["Login timeouts 2", "Login timeouts 1"]
        assert await found("login", limit=1) == ["Login timeouts 2"]


class TestWhereItIs:
    async def test_a_moved_ticket_is_found_by_who_sees_it_there(
        self, found: AsyncCall[list[str]], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(title="Login")
        for project, seen in (("project_sec", []), (None, ["Login"]), ("project_sec", []), ("project_456", ["Login"])):
            await jane.put(f"/api/tickets/{ticket['id']}", {"projectId": project})
            assert await found("login", "mia") == seen
            assert await found("login") == ["Login"]

    async def test_what_is_deleted_is_found_again_when_it_comes_back(
        self, listed: AsyncCall[set[str]], found: AsyncCall[list[str]], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(title="Login")
        await jane.delete(f"/api/tickets/{ticket['id']}")
        assert (await found("login"), await listed("login")) == ([], set())
        await jane.post(f"/api/trash/{ticket['id']}/restore")
        assert (await found("login"), await listed("login")) == (["Login"], {"Login"})


class TestTypos:
    @pytest.mark.parametrize(
        "q", ["timout", "timeuot", "timmeout", "tineout", "request timout", "TIMOUT", "timout request"]
    )
    async def test_a_typo_still_finds(
        self, found: AsyncCall[list[str]], listed: AsyncCall[set[str]], new_ticket: AsyncCall[Any], q: str
    ) -> None:
        await new_ticket(title="Request timeout")
        await new_ticket(title="Request denied")
        assert await found(q) == ["Request timeout"]
        assert await listed(q) == {"Request timeout"}

    async def test_the_nearest_word_is_meant_and_a_known_word_is_not_replaced(
        self, found: AsyncCall[list[str]], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(title="Request timeout")
        await new_ticket(title="Request timeouts")
        await new_ticket(title="Requests")
        assert await found("timout requests") == []
        assert await found("requesst timeout") == ["Request timeout", "Request timeouts"]

    async def test_a_beginning_is_no_typo(self, found: AsyncCall[list[str]], new_ticket: AsyncCall[Any]) -> None:
        await new_ticket(title="Timeouts")
        await new_ticket(title="Timer")
        assert await found("timeo") == ["Timeouts"]

    @pytest.mark.parametrize("q", ["xyz", "tie", "v1235", "zzzzzzzz"])
    async def test_what_is_too_far_finds_nothing(
        self, found: AsyncCall[list[str]], new_ticket: AsyncCall[Any], q: str
    ) -> None:
        await new_ticket(title="Time of v1234")
        assert await found(q) == []

    async def test_words_of_another_workspace_do_not_count(
        self, found: AsyncCall[list[str]], client: People, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(title="Timeout")
        await client("eve").post("/api/tickets", {"title": "timout", "projectId": "project_evil"})
        assert await found("timout") == ["Timeout"]
        assert await found("timeuot", "eve") == ["timout"]
        assert await found("timout", "root") == ["timout"]

    async def test_every_word_of_a_batch_is_known(
        self, db: Database, found: AsyncCall[list[str]], load_ticket: AsyncCall[None], new_ticket: AsyncCall[Any]
    ) -> None:
        words = ["".join(letters) for letters in product("abcdefgh", repeat=3)]
        ids = [f"ticket_{start}" for start in range(0, 300, 30)]
        for start, ticket_id in zip(range(0, 300, 30), ids, strict=True):
            text = " ".join(f"{word}word" for word in words[start : start + 30])
            await load_ticket(ticket_id, title=f"Batch {start}", description=text)
        await new_ticket(title=f"{words[299]}worda")
        await db.write(lambda tx: tx.execute(Statement(sa.delete(search_words))))
        db.memory.of(FamiliarWords).forget()
        await db.write(lambda tx: index_tickets(tx, ids))
        assert await found(f"{words[299]}word batch") == ["Batch 270"]
        known = Statement(sa.select(sa.func.count()).select_from(search_words).where(search_words.c.word.like("%word")))
        assert await db.read(lambda tx: tx.fetch_value(known)) == 300

    async def test_words_of_a_unit_that_fails_are_not_learnt(
        self, db: Database, found: AsyncCall[list[str]], new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(title="Other")
        change = Statement(sa.update(tickets).where(tickets.c.id == ticket["id"]).values(title="Timeout"))

        async def unit(tx: Any) -> None:
            await tx.execute(change)
            await index_tickets(tx, [ticket["id"]])
            raise LookupError

        with pytest.raises(LookupError):
            await db.write(unit)
        assert await found("timout") == []
        await new_ticket(title="Timeout")
        assert await found("timout") == ["Timeout"]


class TestOddTexts:
    @pytest.mark.parametrize(("path", "name"), [("/api/tickets/search", "q"), ("/api/tickets", "search")])
    async def test_never_fail(self, jane: Client, new_ticket: AsyncCall[Any], path: str, name: str) -> None:
        for text in ODD:
            await new_ticket(title="Login fails", description=f"{text} " * 3)
            reply = await jane.get(path, **{name: text})
            assert reply.status == 200, text

    async def test_without_a_word_nothing_is_found(
        self, found: AsyncCall[list[str]], listed: AsyncCall[set[str]], new_ticket: AsyncCall[Any]
    ) -> None:
        for text in ("%", "'; --", "!?", "—", "***", '""', "§"):
            await new_ticket(title=f"Login {text}")
            assert (await found(text), await listed(text)) == ([], set()), text

    async def test_a_pasted_paragraph_finds_its_ticket(
        self, found: AsyncCall[list[str]], new_ticket: AsyncCall[Any]
    ) -> None:
        paragraph = "The quick brown fox, number {}, jumps over the lazy dog's tail! "
        text = "".join(paragraph.format(n) for n in range(200))
        await new_ticket(title="Fox", description=text)
        assert await found(text[:10_000]) == ["Fox"]

    async def test_more_words_than_an_index_can_hold(
        self, db: Database, found: AsyncCall[list[str]], new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(title="Huge", description=" ".join(f"d{n}" for n in range(35_000)))
        row = {
            "workspace_id": "workspace_789", "ticket_id": ticket["id"], "author_id": "user_101", "deleted_at": None,
            "created_at": LONG_AGO, "updated_at": LONG_AGO,
        }  # fmt: skip
        long_word = chr(0x10400) * 5
        texts = [" ".join(f"{long_word}{part}x{n}" for n in range(2_700)) for part in range(10)]

        async def unit(tx: Transaction) -> None:
            rows = [{**row, "id": f"comment_{part}", "content": text} for part, text in enumerate(texts)]
            await tx.execute_many(insert_into(comments), rows)
            await index_tickets(tx, [ticket["id"]])

        await db.write(unit)
        assert await found("huge d2000") == await found(f"{long_word}9x1 d1") == ["Huge"]
        assert await found("d34999") == await found("d4096") == []


class TestComments:
    @pytest.fixture
    def comment(self, jane: Client) -> AsyncCall[str]:
        """Comment on a ticket and give the path of the comment."""

        async def add(ticket: Any, content: str) -> str:
            path = f"/api/tickets/{ticket['id']}/comments"
            reply = await jane.post(path, {"content": content})
            assert reply.status == 201, reply.body
            return f"{path}/{reply.data['id']}"

        return add

    async def test_words_of_several_are_found_together(
        self, found: AsyncCall[list[str]], comment: AsyncCall[str], new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(title="Login", description="fails")
        for text in ("seen in Zanzibar", "and in Timbuktu", "and"):
            await comment(ticket, text)
        assert await found("zanzibar timbuktu fails login and") == ["Login"]

    async def test_one_that_goes_takes_only_its_own_words_along(
        self, found: AsyncCall[list[str]], jane: Client, comment: AsyncCall[str], new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(title="Login")
        await comment(ticket, "seen in Zanzibar")
        second = await comment(ticket, "seen in Timbuktu, login")
        await jane.delete(second)
        assert await found("seen zanzibar login") == ["Login"]
        assert await found("timbuktu") == []
        await jane.post(f"/api/trash/{second.rpartition('/')[2]}/restore")
        assert await found("seen zanzibar timbuktu") == ["Login"]

    async def test_they_stay_when_the_ticket_changes(
        self,
        found: AsyncCall[list[str]],
        client: People,
        jane: Client,
        comment: AsyncCall[str],
        new_ticket: AsyncCall[Any],
    ) -> None:
        ticket = await new_ticket(title="Login", description="old")
        await comment(ticket, "Zanzibar old")
        await jane.put(f"/api/tickets/{ticket['id']}", {"title": "Changed", "description": "new"})
        assert (await client("ada").put("/api/projects/project_456", {"key": "NET"})).status == 200
        assert await found("changed new zanzibar old net") == ["Changed"]
        assert await found("login") == []

    async def test_a_comment_is_added_without_a_look_at_other_texts(
        self,
        found: AsyncCall[list[str]],
        comment: AsyncCall[str],
        new_ticket: AsyncCall[Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        ticket = await new_ticket(title="Long", description=" ".join(f"d{n}" for n in range(35_000)))
        await comment(ticket, " ".join(f"c{n}" for n in range(10_000)))
        cut: list[str] = []

        def noting(text: str, *limits: int) -> Any:
            cut.append(text)
            return words_in(text, *limits)

        monkeypatch.setattr(index, "words_in", noting)
        await comment(ticket, "hi")
        assert cut == ["hi"]
        assert await found("hi d4 c1000") == ["Long"]

    async def test_of_one_only_so_many_words_are_indexed(
        self, found: AsyncCall[list[str]], comment: AsyncCall[str], new_ticket: AsyncCall[Any]
    ) -> None:
        await comment(await new_ticket(title="Long"), " ".join(f"c{n}" for n in range(index.MAX_WORDS_OF_COMMENT + 1)))
        assert await found(f"c{index.MAX_WORDS_OF_COMMENT - 1}") == ["Long"]
        assert await found(f"c{index.MAX_WORDS_OF_COMMENT}") == []

    async def test_of_very_many_words_the_newest_are_found(
        self,
        found: AsyncCall[list[str]],
        comment: AsyncCall[str],
        new_ticket: AsyncCall[Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(index, "MAX_WORDS_OF_COMMENTS", 4)
        ticket = await new_ticket(title="Long")
        for text in ("eins zwei", "drei vier", "vier sechs"):
            await comment(ticket, text)
        assert await found("drei vier sechs") == ["Long"]
        assert [await found(word) for word in ("eins", "zwei")].count([]) == 1

    @pytest.mark.parametrize("deletes", [True, False])
    async def test_after_a_change_old_words_stay_but_those_that_are_gone(
        self,
        found: AsyncCall[list[str]],
        jane: Client,
        comment: AsyncCall[str],
        new_ticket: AsyncCall[Any],
        monkeypatch: pytest.MonkeyPatch,
        *,
        deletes: bool,
    ) -> None:
        monkeypatch.setattr(index, "MAX_READ_OF_COMMENTS", 10)
        ticket = await new_ticket(title="Long")
        for text in ("the first", "a second"):
            await comment(ticket, text)
        gone = await comment(ticket, "it is gone")
        await comment(ticket, "and the newest")
        await (jane.delete(gone) if deletes else jane.put(gone, {"content": "it came back"}))
        assert await found("first second newest the") == ["Long"]
        assert await found("gone") == []

    async def test_of_very_many_new_words_only_the_first_are_offered_for_a_typo(
        self, db: Database, comment: AsyncCall[str], new_ticket: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(vocabulary, "MAX_LEARNT", 2)
        ticket = await new_ticket(title="One two three")
        offered = search_trigrams.c.word
        words = Statement(sa.select(offered).distinct().order_by(offered))
        assert await db.read(lambda tx: tx.fetch_all(words)) == [("one",), ("two",)]
        await comment(ticket, "two three")
        assert await db.read(lambda tx: tx.fetch_all(words)) == [("one",), ("three",), ("two",)]


class TestIndex:
    async def test_many_are_indexed_at_once_and_none_twice(
        self, db: Database, listed: AsyncCall[set[str]], load_tickets: AsyncCall[list[str]]
    ) -> None:
        ids = await load_tickets(3, title="Login")
        await db.write(lambda tx: index_tickets(tx, [*ids, "ticket_unknown"]))
        await db.write(lambda tx: index_tickets(tx, []))
        count = Statement(sa.select(sa.func.count()).select_from(search_documents))
        assert await db.read(lambda tx: tx.fetch_value(count)) == 3
        reply = await listed("login")
        assert reply == {"Login"}

    async def test_numbers_and_ids_are_offered_to_nobody(self, db: Database, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket(title="Trace 4bf92f3577b34da6 v2 port8080", description="x" * 31 + " of 42")
        offered = Statement(sa.select(search_trigrams.c.word).distinct().order_by(search_trigrams.c.word))
        assert await db.read(lambda tx: tx.fetch_all(offered)) == [("port",), ("trace",)]
