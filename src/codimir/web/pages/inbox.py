"""The inbox: what concerns the person, ticket by ticket, until they have read it."""

from collections.abc import Iterable

import msgspec
from litestar import Response

from codimir.database.core import Transaction
from codimir.http.paging import PageSize
from codimir.http.routing import get, post
from codimir.notifications.actions import mark_all_read, mark_read
from codimir.notifications.queries import list_notifications, list_texts
from codimir.notifications.schemas import Notification, NotificationList, NotificationListQuery
from codimir.web.addresses import Address
from codimir.web.forms import Form
from codimir.web.notification_mail import address_of, sentence
from codimir.web.page_context import Frame
from codimir.web.prose import ProseWriter


class InboxQuery(NotificationListQuery, frozen=True):
    """Which notifications to show."""

    limit: PageSize = 50


class Topic(msgspec.Struct, frozen=True):
    """What the person was told about one ticket or one place, the newest first."""

    href: str
    told: list[Notification]

    @property
    def unread(self) -> list[str]:
        """Return the ids of what is unread."""
        return [each.id for each in self.told if each.read_at is None]


@get("/inbox")
async def get_inbox(frame: Frame, query: InboxQuery, writer: ProseWriter) -> Response[bytes]:
    """Show what concerns the person."""

    async def unit(tx: Transaction) -> tuple[NotificationList, dict[str, str]]:
        listed = await list_notifications(tx, frame.actor, query)
        return listed, await list_texts(tx, listed.data)

    found, texts = await frame.db.read(unit)
    said = await writer.say(texts, frame.actor.id)
    return await frame.page(
        "pages/inbox.html", title=frame.gettext("Inbox"), here="inbox", topics=topics_of(found.data), said=said,
        unread=found.unread, pagination=found.pagination, query=query, say=lambda told: sentence(told, frame.language),
        at=Address.of(frame.request.scope["path"], frame.request.scope["query_string"]),
    )  # fmt: skip


@post("/inbox/read")
async def read_inbox(frame: Frame, form: Form) -> Response[None]:
    """Mark what the form names as read, or all of it where it names none."""
    ids = list(form.all("id"))

    async def unit(tx: Transaction) -> int:
        return await (mark_read(tx, frame.actor, ids) if ids else mark_all_read(tx, frame.actor))

    await frame.db.write(unit)
    return frame.redirect("/inbox")


def topics_of(told: Iterable[Notification]) -> list[Topic]:
    """Put notifications of the same ticket or place together, in the order of the newest of each."""
    topics: dict[str, Topic] = {}
    for each in told:
        about = each.ticket.id if each.ticket else each.place.id if each.place else each.workspace_id
        topics.setdefault(about, Topic(address_of(each), [])).told.append(each)
    return list(topics.values())


ROUTES = (get_inbox, read_inbox)
