"""Search in tickets: one interface, one form for each database.

The index is changed in the transaction that changes the ticket. Nobody else can write meanwhile, so of long texts only
a part is read, of many words only the first are put into it, and a comment is added without reading the others. What it
holds of deleted tickets stays there, and the conditions of who asks leave it out, as they leave out everything else
that they must not see.
"""

from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.kit.text import asked, words_in
from codimir.kit.values import ReadOnlyValues
from codimir.model.comments import comments
from codimir.model.jobs import background_jobs
from codimir.model.search import search_documents
from codimir.model.tickets import tickets
from codimir.model.workspaces import workspaces
from codimir.tickets.search.backend import Document, QueryTerm, SearchBackend
from codimir.tickets.search.postgres import POSTGRES
from codimir.tickets.search.sqlite import SQLITE
from codimir.tickets.search.vocabulary import is_begun_by_letters, learn, longer_words, unknown_of, words_meant_by

BACKENDS: Mapping[str, SearchBackend] = {"sqlite": SQLITE, "postgresql": POSTGRES}
MAX_WORDS = 40
"""Of a longer text that somebody pastes, so many first words are looked for."""
MAX_MISTYPED = 8
MIN_BEGINNING_LENGTH = 4
"""From so many letters on a word stands for longer ones too: `auth token` finds authentication tokens."""
MAX_BEGINNINGS = 3
"""Of more words only the last may be begun: each one that is makes search read much more."""
MAX_PLACES = 50
"""Who searches in more workspaces than this has the whole index searched, and what they do not see left out later."""
AT_A_TIME = 500
MAX_READ_OF_DESCRIPTION, MAX_WORDS_OF_DESCRIPTION = 65_536, 2_048
"""So many characters of a description are read for the index, and so many different words of them are put into it."""
MAX_READ_OF_COMMENT, MAX_WORDS_OF_COMMENT = 16_384, 1_024
MAX_READ_OF_COMMENTS, MAX_WORDS_OF_COMMENTS = 131_072, 2_048
"""The same of one comment, and of all comments on a ticket, of which the newest go first."""
MAX_COMMENTS, COMMENTS_AT_A_TIME = 1_000, 50


class MatchesWords(sa.ColumnElement[bool]):
    """The condition that a ticket matches a search expression.

    `one_by_one` says that few of the tickets that match are looked at, before enough are found.
    """

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, ticket_id: sa.ColumnElement[str], name: str, *, one_by_one: bool = False) -> None:
        self.ticket_id = ticket_id
        self.one_by_one = one_by_one
        self.asked = sa.bindparam(name, type_=sa.Text())

    def self_group(self, against: Any = None) -> "MatchesWords":  # noqa: ARG002 - its name is SQLAlchemy's
        """Stand among other conditions as it is, so that the database finds its index."""
        return self


@compiles(MatchesWords)
def _matches(element: MatchesWords, compiler: SQLCompiler, **kw: object) -> str:
    form = BACKENDS[compiler.dialect.name]
    return (form.is_match if element.one_by_one else form.matches).format(
        ticket_id=compiler.process(element.ticket_id, **kw), expression=compiler.process(element.asked, **kw)
    )


async def is_selective(tx: Transaction, expression: str) -> bool:
    """Return whether so few tickets match that each of them should be looked up."""
    return await BACKENDS[tx.dialect].is_selective(tx, expression)


async def expression_for(tx: Transaction, wanted: Sequence[QueryTerm], workspace_ids: list[str] | None) -> str:
    """Write the expression for MatchesWords that finds every wanted word; without one it matches nothing.

    `workspace_ids` are those that are searched, None for all of them.
    """
    return BACKENDS[tx.dialect].expression(wanted, await _places(tx, workspace_ids))


async def title_expression_for(tx: Transaction, wanted: Sequence[QueryTerm], workspace_ids: list[str] | None) -> str:
    """Write the expression that finds every wanted word, whole, in titles.

    None is written while tickets are indexed anew: those that are not yet would be missed.
    """
    if not wanted or await tx.fetch_value(_IS_REINDEXING) is not None:
        return ""
    return BACKENDS[tx.dialect].title_expression(wanted, await _places(tx, workspace_ids))


async def _places(tx: Transaction, workspace_ids: list[str] | None) -> list[str]:
    """Return the workspaces to narrow a search to; none where there is no other, or where there are too many."""
    if not workspace_ids or len(workspace_ids) > MAX_PLACES:
        return []
    return workspace_ids if await tx.fetch_value(_OTHER_WORKSPACE, workspaces=workspace_ids) is not None else []


async def wanted_words(tx: Transaction, text: str, workspace_ids: list[str] | None) -> list[QueryTerm]:
    """Return the words to look for: all that were typed, perhaps only begun, and mistyped ones as they were meant."""
    found = asked(text)[:MAX_WORDS]
    if not found:
        return []
    begun = {each.word for each in found if len(found) <= MAX_BEGINNINGS and _is_short_form(each.word)}
    begun.add(found[-1].word)
    meant = {
        word: await words_meant_by(tx, word, workspace_ids)
        for word in islice(await unknown_of(tx, [each.word for each in found], begun, workspace_ids), MAX_MISTYPED)
    }
    expands = BACKENDS[tx.dialect].expands_beginnings and await tx.fetch_value(_IS_REINDEXING) is None
    terms: list[QueryTerm] = []
    for word, parts in found:
        term = QueryTerm((word, *meant.get(word, ())), word in begun, parts)
        if expands and term.is_beginning:
            term = term._replace(longer=await _longer_words(tx, term.spellings, workspace_ids))
        if expands and term.is_beginning and parts:
            term = term._replace(longer_last_parts=await _longer_words(tx, parts[-1:], workspace_ids))
        terms.append(term)
    return terms


async def _longer_words(
    tx: Transaction, spellings: Sequence[str], workspace_ids: list[str] | None
) -> tuple[str, ...] | None:
    """Return every word in use that begins with one of these; None where they are many, or may be unknown."""
    longer: set[str] = set()
    for spelling in spellings:
        words = await longer_words(tx, spelling, workspace_ids)
        if words is None:
            return None
        longer.update(words)
    return tuple(sorted(longer))


def _is_short_form(word: str) -> bool:
    """Return whether a word that is not the last stands for longer ones too, which begin so."""
    return len(word) >= MIN_BEGINNING_LENGTH and word.isalpha()


async def index_tickets(tx: Transaction, ticket_ids: Sequence[str]) -> None:
    """Bring the index up to date with tickets and their comments."""
    for start in range(0, len(ticket_ids), AT_A_TIME):
        rows = await tx.fetch_all(_TICKETS, ticket_ids=ticket_ids[start : start + AT_A_TIME])
        await _put(tx, [_document(row, (await _newest_words(tx, row[0]))[0]) for row in rows])


async def reindex_tickets(tx: Transaction, workspace_id: str, after: int, limit: int) -> tuple[int, int]:
    """Bring the index up to date with the next tickets of a workspace; return how many, and the number of the last."""
    rows = await tx.fetch_all(_NEXT_DOCUMENTS, workspace=workspace_id, after=after, limit=limit)
    await index_tickets(tx, [ticket_id for _, ticket_id in rows])
    return len(rows), rows[-1][0] if rows else after


async def index_new_tickets(tx: Transaction, new: Sequence[ReadOnlyValues]) -> None:
    """Put tickets that nobody can have commented on into the index, from the rows that are written of them."""
    await _put(tx, [_document([row[name] for name in _READ], []) for row in new])


async def index_fields(tx: Transaction, ticket_ids: Sequence[str]) -> None:
    """Bring the index up to date with the titles, keys and descriptions of tickets; their comments stay as they are."""
    for start in range(0, len(ticket_ids), AT_A_TIME):
        rows = await tx.fetch_all(_TICKETS, ticket_ids=ticket_ids[start : start + AT_A_TIME])
        comments_of = await BACKENDS[tx.dialect].comments_of(tx, [row[0] for row in rows])
        await _put(tx, [_document(row, comments_of.get(row[0], [])) for row in rows])


async def index_comment(tx: Transaction, workspace_id: str, ticket_id: str, text: str) -> None:
    """Add a comment to the index, by itself: no other text of its ticket is read again."""
    form = BACKENDS[tx.dialect]
    known = (await form.comments_of(tx, [ticket_id])).get(ticket_id, [])
    new = set(words := words_of_comment(text)).difference(known)
    if not new:
        return
    if len(known) + len(new) > MAX_WORDS_OF_COMMENTS and not form.keeps_order:
        words, known = (await _newest_words(tx, ticket_id))[0], []
    await form.put_comments(tx, workspace_id, ticket_id, _first(MAX_WORDS_OF_COMMENTS, words, known))
    await learn(tx, workspace_id, words)


async def reindex_comments(tx: Transaction, workspace_id: str, ticket_id: str, removed: str) -> None:
    """Bring the index up to date with the comments on a ticket after one of them was changed or deleted.

    `removed` is the text that is gone. Of many long comments only the newest are read again; what the older ones put
    into the index stays there, but for the words of the text that is gone.
    """
    form = BACKENDS[tx.dialect]
    words, is_all = await _newest_words(tx, ticket_id)
    older: list[str] = []
    if not is_all:
        gone = set(words_of_comment(removed))
        known = (await form.comments_of(tx, [ticket_id])).get(ticket_id, [])
        older = [word for word in known if word not in gone]
    await form.put_comments(tx, workspace_id, ticket_id, _first(MAX_WORDS_OF_COMMENTS, words, older))
    await learn(tx, workspace_id, words)


def words_of_comment(text: str) -> list[str]:
    """Return the words by which a comment is found."""
    return words_in(text[:MAX_READ_OF_COMMENT], MAX_WORDS_OF_COMMENT)


async def forget_tickets(tx: Transaction, ticket_ids: Sequence[str]) -> None:
    """Take tickets that go for good out of the index."""
    await BACKENDS[tx.dialect].forget(tx, ticket_ids)


async def _put(tx: Transaction, documents: Sequence[Document]) -> None:
    await BACKENDS[tx.dialect].put(tx, documents)
    words_of: dict[str, list[str]] = {}
    for each in documents:
        words_of.setdefault(each.workspace_id, []).extend((*each.title, *each.description, *each.comments))
        # a whole key, `desk727`, is found by its beginning because its `desk` is
        words_of[each.workspace_id] += filter(is_begun_by_letters, filter(str.isalpha, each.key))
    for workspace_id, words in words_of.items():
        await learn(tx, workspace_id, words, texts=len(documents))


def _document(row: Sequence[Any], comments_words: Sequence[str]) -> Document:
    ticket_id, workspace_id, project_id, deleted_at, title, key, description = row
    described = words_in((description or "")[:MAX_READ_OF_DESCRIPTION], MAX_WORDS_OF_DESCRIPTION)
    return Document(
        ticket_id, workspace_id, project_id or workspace_id, deleted_at, words_in(title), words_in(key or ""),
        described, comments_words,
    )  # fmt: skip


async def _newest_words(tx: Transaction, ticket_id: str) -> tuple[list[str], bool]:
    """Return the words of the newest comments on a ticket, the newest first, and whether those are all comments."""
    words: dict[str, None] = {}
    read = 0
    for start in range(0, MAX_COMMENTS, COMMENTS_AT_A_TIME):
        rows = await tx.fetch_all(_NEWEST_COMMENTS, ticket=ticket_id, skipped=start)
        for (text,) in rows:
            words |= dict.fromkeys(words_of_comment(text))
            read += len(text)
            if len(words) >= MAX_WORDS_OF_COMMENTS or read >= MAX_READ_OF_COMMENTS:
                return list(words)[:MAX_WORDS_OF_COMMENTS], False
        if len(rows) < COMMENTS_AT_A_TIME:
            return list(words), True
    return list(words), False


def _first(count: int, *words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(chain(*words)))[:count]


_READ = ("id", "workspace_id", "project_id", "deleted_at", "title", "key", "description")
_TICKETS = Statement(
    sa.select(*(tickets.c[name] for name in _READ))
    .where(is_any_of(tickets.c.id, "ticket_ids"))
    .order_by(tickets.c.created_at, tickets.c.id)
    .with_for_update()
)
_OTHER_WORKSPACE = Statement(
    sa.select(workspaces.c.id).where(~is_any_of(workspaces.c.id, "workspaces")).limit(sa.literal_column("1"))
)
_IS_REINDEXING = Statement(
    sa.select(background_jobs.c.id)
    .where(background_jobs.c.kind == sa.literal_column("'search.reindexing'"))
    .limit(sa.literal_column("1"))
)
_NEXT_DOCUMENTS = Statement(
    sa.select(search_documents.c.id, search_documents.c.ticket_id)
    .where(
        search_documents.c.id > sa.bindparam("after", type_=sa.BigInteger()),
        search_documents.c.workspace_id == sa.bindparam("workspace"),
    )
    .order_by(search_documents.c.id)
    .limit(sa.bindparam("limit", type_=sa.Integer()))
)
_NEWEST_COMMENTS = Statement(
    sa.select(sa.func.substr(comments.c.content, 1, MAX_READ_OF_COMMENT))
    .where(comments.c.ticket_id == sa.bindparam("ticket"), comments.c.deleted_at.is_(None))
    .order_by(comments.c.created_at.desc(), comments.c.id.desc())
    .limit(COMMENTS_AT_A_TIME)
    .offset(sa.bindparam("skipped", type_=sa.Integer()))
)
