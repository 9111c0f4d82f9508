"""What the start says of a database whose schema is not what its number promises."""

import typer

from codimir.access import tables as access_tables
from codimir.attachments import tables as attachments_tables
from codimir.cli.running import Refused
from codimir.comments import tables as comments_tables
from codimir.database import tables as database_tables
from codimir.database.comparing import lacking_in
from codimir.database.core import Transaction
from codimir.events import tables as events_tables
from codimir.groups import tables as groups_tables
from codimir.http import tables as http_tables
from codimir.invitations import tables as invitations_tables
from codimir.jobs import tables as jobs_tables
from codimir.labels import tables as labels_tables
from codimir.links import tables as links_tables
from codimir.notifications import tables as notifications_tables
from codimir.openid import tables as openid_tables
from codimir.projects import tables as projects_tables
from codimir.tickets import tables as tickets_tables
from codimir.timelogs import tables as timelogs_tables
from codimir.users import tables as users_tables
from codimir.webhooks import tables as webhooks_tables
from codimir.workspaces import tables as workspaces_tables

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
