"""The words that each workspace has used, to find what a person meant who mistyped or only began one.

Words of one workspace never help in another. What holds a digit, or is longer than a word, is never what somebody meant
who mistyped one; it is known all the same where it begins like one, because it is found by its beginning.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into, is_any_of
from codimir.database.types import UtcDateTime
from codimir.kit.libraries import OSA
from codimir.model.search import search_trigrams, search_words
from codimir.model.workspaces import workspaces

MIN_LENGTH, MAX_LENGTH = 3, 30
MIN_MISTYPED_LENGTH = 4
"""Shorter words are too near to each other."""
MAX_WITH_ONE_SLIP = 5
MAX_SIMILAR = 200
"""How many words that share most trigrams with a mistyped one are compared with it."""
MAX_MEANT = 5
SETTLED = timedelta(minutes=1)
"""After this time a word has been committed, or is gone with the unit that learnt it."""
MAX_FAMILIAR = 50_000
MAX_LEARNT = 256
"""How many new words of one text are offered for what was mistyped: each is written ten times."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When those are said to be learnt that are not offered; the next text that has one may offer it."""
MIN_BEGINNING_LENGTH = 4
"""What begins with so many letters is known to the last; there are fewer other beginnings, and each has an index."""
MAX_LONGER = 16
"""Of so many longer words that begin so, each is looked for by itself."""
LAST_CHARACTER = "\U0010ffff"


class FamiliarWords:
    """The words, by workspace, that this process need not look for any more in a database."""

    def __init__(self) -> None:
        self._words: dict[str, set[str]] = {}

    def of(self, workspace_id: str) -> set[str]:
        """Return the familiar words of a workspace; when there are too many of all of them, begin anew."""
        if sum(map(len, self._words.values())) > MAX_FAMILIAR:
            self.forget()
        return self._words.setdefault(workspace_id, set())

    def forget(self) -> None:
        """Look for every word again, as a process does that has just started."""
        self._words.clear()


async def learn(tx: Transaction, workspace_id: str, words: Iterable[str], texts: int = 1) -> None:
    """Remember the words that a workspace uses for the first time; for typos only the first of very many."""
    familiar = tx.memory.of(FamiliarWords).of(workspace_id)
    used = [word for word in dict.fromkeys(words) if word not in familiar and _is_kept(word)]
    if not used:
        return
    rows = await tx.fetch_all(_KNOWN_SINCE, words=used, workspace=workspace_id, settled=tx.now - SETTLED, now=tx.now)
    familiar.update(word for word, is_settled, _ in rows if is_settled)
    known, spare = {word for word, *_ in rows}, {word for word, _, is_spare in rows if is_spare}
    fresh = [word for word in used if _is_learnt(word) and (word in spare or word not in known)]
    offered, left_out = set(fresh[: MAX_LEARNT * texts]), set(fresh[MAX_LEARNT * texts :])
    new = sorted(set(used) - known)  # in one order, so that no two units wait for each other
    if new:
        learnt = [
            {"workspace_id": workspace_id, "word": word, "learnt_at": NEVER if word in left_out else tx.now}
            for word in new
        ]
        await tx.execute_many(insert_into(search_words, or_ignore=True), learnt)
    if offered:
        await _offer(tx, workspace_id, sorted(offered), sorted(offered & spare))


async def _offer(tx: Transaction, workspace_id: str, words: Sequence[str], spare: Sequence[str]) -> None:
    """Let words be found by their trigrams; `spare` are those that have been known without."""
    trigrams = [
        {"workspace_id": workspace_id, "word": word, "trigram": trigram}
        for word in words
        for trigram in sorted(_trigrams(word))
    ]
    await tx.execute_many(insert_into(search_trigrams, or_ignore=True), trigrams)
    if spare:
        await tx.execute(_OFFERED, workspace=workspace_id, words=spare, now=tx.now)


async def unknown_of(
    tx: Transaction, words: Sequence[str], beginnings: Collection[str], workspace_ids: list[str] | None
) -> list[str]:
    """Return those words that no one has used, and of which `beginnings` no one has used a longer one either."""
    mistyped = [word for word in words if _is_learnt(word) and len(word) >= MIN_MISTYPED_LENGTH]
    if not mistyped:
        return []
    everywhere = workspace_ids is None
    known = set(await tx.fetch_column(_known(everywhere=everywhere), words=mistyped, workspaces=workspace_ids))
    for beginning in mistyped:
        if beginning in known or beginning not in beginnings:
            continue
        after = beginning + LAST_CHARACTER
        statement = _beginning(everywhere=everywhere)
        if await tx.fetch_one(statement, beginning=beginning, after=after, workspaces=workspace_ids):
            known.add(beginning)
    return [word for word in mistyped if word not in known]


async def words_meant_by(tx: Transaction, word: str, workspace_ids: list[str] | None) -> list[str]:
    """Return the used words that a mistyped one may mean: those of the fewest slips, up to two, in a short word one.

    A slip is a letter too many, too few, wrong, or changed with its neighbour (optimal string alignment distance).
    """
    slips = 1 if len(word) <= MAX_WITH_ONE_SLIP else 2
    similar = await tx.fetch_all(
        _similar(everywhere=workspace_ids is None), trigrams=sorted(_trigrams(word)), workspaces=workspace_ids,
        shortest=len(word) - slips, longest=len(word) + slips,
    )  # fmt: skip
    distances = {row[0]: OSA.distance(word, row[0], score_cutoff=slips) for row in similar}
    fewest = min(distances.values(), default=slips + 1)
    return [other for other, distance in distances.items() if distance == fewest <= slips][:MAX_MEANT]


async def longer_words(tx: Transaction, beginning: str, workspace_ids: list[str] | None) -> list[str] | None:
    """Return every word in use that begins so, itself too; None if they are many, or not all of them are known."""
    if len(beginning) < MIN_BEGINNING_LENGTH or not beginning.isalpha():
        return None
    after, most = beginning + LAST_CHARACTER, MAX_LONGER + 1
    statement = _longer(everywhere=workspace_ids is None)
    words = await tx.fetch_column(statement, beginning=beginning, after=after, workspaces=workspace_ids, most=most)
    return None if len(words) > MAX_LONGER else words


def is_begun_by_letters(word: str) -> bool:
    """Return whether a word is known as one that begins so."""
    return word[:MIN_BEGINNING_LENGTH].isalpha() and len(word) >= MIN_BEGINNING_LENGTH


def _is_kept(word: str) -> bool:
    return is_begun_by_letters(word) or _is_learnt(word)


def _is_learnt(word: str) -> bool:
    return MIN_LENGTH <= len(word) <= MAX_LENGTH and word.isalpha()


def _trigrams(word: str) -> set[str]:
    marked = f"^{word}$"
    return {marked[start : start + 3] for start in range(len(word))}


def _of_workspaces(column: sa.ColumnElement[str], *, everywhere: bool) -> sa.ColumnElement[bool]:
    """Name the workspaces even when they are all of them: the keys of these tables begin with it."""
    return column.in_(sa.select(workspaces.c.id)) if everywhere else is_any_of(column, "workspaces")


_KNOWN_SINCE = Statement(
    sa.select(
        search_words.c.word,
        search_words.c.learnt_at < sa.bindparam("settled", type_=UtcDateTime()),
        search_words.c.learnt_at > sa.bindparam("now", type_=UtcDateTime()),
    ).where(search_words.c.workspace_id == sa.bindparam("workspace"), is_any_of(search_words.c.word, "words"))
)
_OFFERED = Statement(
    sa.update(search_words)
    .where(search_words.c.workspace_id == sa.bindparam("workspace"), is_any_of(search_words.c.word, "words"))
    .values(learnt_at=sa.bindparam("now", type_=UtcDateTime()))
)


@lru_cache(maxsize=2)
def _known(*, everywhere: bool) -> Statement:
    words = search_words.c
    scope = _of_workspaces(words.workspace_id, everywhere=everywhere)
    return Statement(sa.select(words.word).distinct().where(scope, is_any_of(words.word, "words")))


@lru_cache(maxsize=2)
def _beginning(*, everywhere: bool) -> Statement:
    words = search_words.c
    begins = (words.word >= sa.bindparam("beginning")) & (words.word < sa.bindparam("after"))
    return Statement(
        sa.select(words.word).where(_of_workspaces(words.workspace_id, everywhere=everywhere), begins).limit(1)
    )


@lru_cache(maxsize=2)
def _longer(*, everywhere: bool) -> Statement:
    words = search_words.c
    begins = (words.word >= sa.bindparam("beginning")) & (words.word < sa.bindparam("after"))
    return Statement(
        sa.select(words.word)
        .distinct()
        .where(_of_workspaces(words.workspace_id, everywhere=everywhere), begins)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )


@lru_cache(maxsize=2)
def _similar(*, everywhere: bool) -> Statement:
    words = search_trigrams.c
    length = sa.func.length(words.word)
    return Statement(
        sa.select(words.word)
        .where(
            _of_workspaces(words.workspace_id, everywhere=everywhere),
            is_any_of(words.trigram, "trigrams"),
            length.between(sa.bindparam("shortest", type_=sa.Integer()), sa.bindparam("longest", type_=sa.Integer())),
        )
        .group_by(words.word)
        .order_by(sa.func.count().desc(), words.word)
        .limit(MAX_SIMILAR)
    )
