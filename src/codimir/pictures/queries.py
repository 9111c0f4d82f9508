"""Reading which pictures people have."""

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.model.users import people_version, users
from codimir.pictures.addresses import ELSEWHERE


async def find_pictures_elsewhere(tx: Transaction) -> list[str]:
    """Return the addresses of all pictures of people that are on other hosts."""
    return await tx.fetch_column(_ELSEWHERE)


async def get_people_version(tx: Transaction) -> int:
    """Return a number that rises whenever anything of a person changes."""
    return int(await tx.fetch_value(_VERSION))


_VERSION = Statement(sa.select(people_version.c.version))
_ELSEWHERE = Statement(
    sa.select(users.c.image)
    .where(sa.or_(*[users.c.image.like(sa.literal_column(f"'{scheme}%'")) for scheme in ELSEWHERE]))
    .distinct()
    .order_by(users.c.image)
)
