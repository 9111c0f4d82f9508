"""Safe requests: how far people have come."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

RAISE = "UPDATE people_version SET version = version + 1"
LARGEST_START = 2**62


def upgrade() -> None:
    """Make the version of people, and let the database raise it."""
    people_version = op.create_table(
        "people_version",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_people_version")),
    )
    op.bulk_insert(people_version, [{"version": secrets.randbelow(LARGEST_START)}])
    if op.get_bind().dialect.name == "sqlite":
        for change in ("INSERT", "UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER users_{change.lower()}_raises_version AFTER {change} ON users BEGIN {RAISE}; END"
            )
    else:
        op.execute(
            "CREATE FUNCTION raise_people_version() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {RAISE}; RETURN NULL; END $$"
        )
        op.execute(
            "CREATE TRIGGER users_raise_version AFTER INSERT OR UPDATE OR DELETE ON users"
            " FOR EACH STATEMENT EXECUTE FUNCTION raise_people_version()"
        )
