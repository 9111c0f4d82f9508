"""What the start says of a database whose schema is not what its number promises."""

import typer

from codimir.cli.refusals import Refused
from codimir.database import tables as database_tables
from codimir.database.comparing import lacking_in
from codimir.database.core import Transaction
from codimir.model import attachments as attachments_tables
from codimir.model import authentication as access_tables
from codimir.model import comments as comments_tables
from codimir.model import events as events_tables
from codimir.model import groups as groups_tables
from codimir.model import idempotency as http_tables
from codimir.model import identities as openid_tables
from codimir.model import invitations as invitations_tables
from codimir.model import jobs as jobs_tables
from codimir.model import labels as labels_tables
from codimir.model import links as links_tables
from codimir.model import notifications as notifications_tables
from codimir.model import projects as projects_tables
from codimir.model import ticket_counters as ticket_counters_tables
from codimir.model import tickets as tickets_tables
from codimir.model import timelogs as timelogs_tables
from codimir.model import users as users_tables
from codimir.model import webhooks as webhooks_tables
from codimir.model import workspaces as workspaces_tables

TABLES = (
    access_tables,
    attachments_tables,
    comments_tables,
    database_tables,
    events_tables,
    groups_tables,
    http_tables,
    invitations_tables,
    jobs_tables,
    labels_tables,
    links_tables,
    notifications_tables,
    openid_tables,
    projects_tables,
    ticket_counters_tables,
    tickets_tables,
    timelogs_tables,
    users_tables,
    webhooks_tables,
    workspaces_tables,
)
"""Every table there is is loaded with these."""


async def check_schema(tx: Transaction) -> None:
    """Say which indexes a database lacks.

    Raises Refused when it lacks columns: every write would fail.
    """
    lacking = await lacking_in(tx)
    if lacking.columns:
        raise Refused(
            f"the database lacks {', '.join(lacking.columns)}, though its schema has the newest number: a migration "
            "was changed after it had been run here. Restore a backup from before, or load the data into a new one"
        )
    for index in lacking.indexes:
        typer.echo(f"codimir: the database lacks the index {index}: what needs it takes longer", err=True)
