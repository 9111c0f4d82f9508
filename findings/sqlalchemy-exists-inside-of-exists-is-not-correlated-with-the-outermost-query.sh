#!/usr/bin/env bash
# SQLAlchemy 2.1.9: an EXISTS two levels below a query is correlated only with the SELECT right around it. A table of the
# outermost query that it names becomes another FROM inside, without a warning, so the condition holds for every row as
# soon as it holds for one.
#
# Expected: "correlated automatically" reaches every enclosing SELECT, as names do in SQL. Seen: of two people, of whom one
# is a member, both are found. In a check of rights that is a leak that no test with a single person notices.
# `.correlate(outer, inner)` on the innermost EXISTS mends it.
#
# Exits with 0 while it is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sqlalchemy==2.1.9
"$folder/venv/bin/python" -W error - <<'PYTHON'
import sys

import sqlalchemy as sa

metadata = sa.MetaData()
person = sa.Table("person", metadata, sa.Column("id", sa.Integer, primary_key=True))
team = sa.Table("team", metadata, sa.Column("id", sa.Integer, primary_key=True))
member = sa.Table("member", metadata, sa.Column("team_id", sa.Integer), sa.Column("person_id", sa.Integer))
joined = sa.select(member).where(member.c.person_id == person.c.id, member.c.team_id == team.c.id)


def people_in_a_team(membership: sa.Exists) -> sa.Select[tuple[int]]:
    return sa.select(person.c.id).where(sa.select(team).where(membership).exists()).order_by(person.c.id)


engine = sa.create_engine("sqlite://")
metadata.create_all(engine)
with engine.begin() as connection:
    connection.execute(person.insert(), [{"id": 1}, {"id": 2}])
    connection.execute(team.insert(), [{"id": 1}])
    connection.execute(member.insert(), [{"team_id": 1, "person_id": 1}])
    by_itself = connection.scalars(people_in_a_team(joined.exists())).all()
    when_told = connection.scalars(people_in_a_team(joined.correlate(person, team).exists())).all()
print("SQLAlchemy", sa.__version__)
print("members by automatic correlation:", by_itself, "| with correlate(person, team):", when_told)
sys.exit(0 if by_itself == [1, 2] and when_told == [1] else 1)
PYTHON
