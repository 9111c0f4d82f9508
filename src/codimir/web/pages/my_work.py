"""My work: what is due, what the person has, where they are mentioned, what they reported."""

from itertools import chain

from litestar import Response

from codimir.database.core import Transaction
from codimir.http.routing import get
from codimir.kit.values import Values
from codimir.model.enums import OPEN_STATUSES
from codimir.notifications.queries import list_notifications, list_texts
from codimir.notifications.schemas import NotificationListQuery
from codimir.tickets.date_ranges import OVERDUE
from codimir.tickets.listing.pages import list_tickets
from codimir.tickets.schemas import TicketListQuery
from codimir.tickets.statistics.due import list_due
from codimir.web.notification_mail import sentence
from codimir.web.page_context import Frame
from codimir.web.pages.inbox import topics_of
from codimir.web.prose import ProseWriter
from codimir.web.task_counts import count_tasks

SOON = "now..7d"
COLUMNS = frozenset({"key", "status", "labels", "due", "updatedAt"})


@get("/my-work")
async def get_my_work(frame: Frame, writer: ProseWriter) -> Response[bytes]:
    """Show what the person has to do."""

    async def unit(tx: Transaction) -> Values:
        assigned = TicketListQuery(assignee=("me",), status=OPEN_STATUSES, archived=False, sort="priority", limit=30)
        reported = TicketListQuery(reporter=("me",), limit=10)
        mentions = NotificationListQuery(kind=("mentioned",), limit=10)
        return {
            "overdue": await list_due(tx, frame.actor, OVERDUE, 30),
            "soon": await list_due(tx, frame.actor, SOON, 30),
            "assigned": await list_tickets(tx, frame.actor, assigned),
            "reported": await list_tickets(tx, frame.actor, reported),
            "mentions": (told := await list_notifications(tx, frame.actor, mentions)),
            "texts": await list_texts(tx, told.data),
        }

    found = await frame.db.read_long(unit)
    said = await writer.say(found.pop("texts"), frame.actor.id)
    shown = chain.from_iterable(found[name].data for name in ("overdue", "soon", "assigned", "reported"))
    tasks = await count_tasks(shown, writer, frame.actor.id)
    return await frame.page(
        "pages/my_work.html", title=frame.gettext("My work"), here="my-work", columns=COLUMNS,
        open_ones=",".join(OPEN_STATUSES), tasks=tasks, span=SOON, said=said,
        topics=topics_of(found["mentions"].data), say=lambda told: sentence(told, frame.language),
        **found,
    )  # fmt: skip


ROUTES = (get_my_work,)
