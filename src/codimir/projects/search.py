"""Search in projects: the best match first."""

from functools import lru_cache

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.kit.collation import search_key
from codimir.kit.libraries import fuzz, fuzzy_search
from codimir.model.projects import former_project_keys, projects
from codimir.projects.queries import (
    NOT_DELETED,
    PROJECT,
    FilterShape,
    asked_words,
    bind_filter,
    bound_words,
    matching,
    with_everything,
)
from codimir.projects.schemas import Project, ProjectSearchQuery

NEAREST_SCORE = 75
"""From how alike on, of a hundred, a name is taken for what was meant."""
MAX_SLIP = 100


async def search_projects(tx: Transaction, actor: Actor, query: ProjectSearchQuery) -> list[Project]:
    """Return the projects that match best; one that has or had the key that is asked for comes first.

    When nothing matches, the names that are most like what was typed are taken.
    """
    shape, values = await bind_filter(tx, actor, query.workspace)
    values |= {"statuses": list(NOT_DELETED), "key": query.q.strip().upper(), "begun": search_key(query.q)}
    words = asked_words(query.q) or []
    wanted = msgspec.structs.replace(shape, words=len(words))
    rows = await tx.fetch_all(_best(wanted), **values, **bound_words(words), limit=query.limit) if words else []
    ids = [project_id for project_id, *_ in rows]
    if words and not ids and len(query.q) <= MAX_SLIP:
        names: dict[str, str] = dict(await tx.fetch_all(_names(shape), **values))
        alike = fuzzy_search.extract(
            values["begun"], names, scorer=fuzz.WRatio, limit=query.limit, score_cutoff=NEAREST_SCORE
        )
        ids = [project_id for _, _, project_id in alike]
    found = {project.id: project for project in PROJECT.all(await tx.fetch_all(_ROWS, ids=ids))}
    return [found[project_id] for project_id in ids]


@lru_cache(maxsize=64)
def _best(shape: FilterShape) -> Statement:
    key, begun = sa.bindparam("key", type_=sa.Text()), sa.bindparam("begun", type_=sa.Text())
    had = sa.select(former_project_keys.c.project_id).where(former_project_keys.c.key == key)
    keyed = (projects.c.key == key) | projects.c.id.in_(had)
    by_words = matching(shape).subquery("by_words")
    visible = matching(msgspec.structs.replace(shape, words=0)).where(keyed).subquery("by_key")
    rank = sa.case(
        (projects.c.key == key, 0),
        (projects.c.id.in_(sa.select(visible.c.id)), 1),
        (sa.func.substr(projects.c.name_search, 1, sa.func.length(begun)) == begun, 2),
        else_=3,
    )
    found = sa.select(by_words.c.id).union(sa.select(visible.c.id)).subquery("found")
    return Statement(
        sa.select(projects.c.id)
        .select_from(found.join(projects, projects.c.id == found.c.id))
        .order_by(rank, projects.c.name_sort, projects.c.id)
        .limit(sa.bindparam("limit", type_=sa.Integer()))
    )


@lru_cache(maxsize=4)
def _names(shape: FilterShape) -> Statement:
    seen = matching(shape).subquery("seen")
    return Statement(
        sa.select(projects.c.id, projects.c.name_search).select_from(seen.join(projects, projects.c.id == seen.c.id))
    )


_ROWS = Statement(with_everything(projects).where(is_any_of(projects.c.id, "ids")))
