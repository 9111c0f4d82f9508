"""The trash: what was deleted and can be restored."""

from codimir.config import Settings
from codimir.http.errors import ApiError, NotFound
from codimir.http.routing import get, post
from codimir.trash import api as trash
from codimir.trash.queries import TYPES
from codimir.trash.schemas import TrashQuery
from codimir.web.addresses import Address
from codimir.web.form_state import NOTHING, Answer, FormState
from codimir.web.forms import Form
from codimir.web.page_context import Frame
from codimir.web.pages.settings.layout import saved, settings_page

PATH = "/settings/trash"


class TrashPageQuery(TrashQuery, frozen=True):
    """The filters of the API, and what was just done."""

    done: str | None = None


@get(PATH)
async def list_trash(frame: Frame, query: TrashPageQuery, settings: Settings) -> Answer:
    """Show what was deleted in the workspace."""
    if frame.workspace_id is None:
        return frame.redirect("/settings/workspace")
    return await _show(frame, query, settings)


@post("/settings/trash/{item_id:str}/restore")
async def restore(item_id: str, frame: Frame, form: Form, settings: Settings) -> Answer:
    """Take something out of the trash, and go on where that was asked for."""
    try:
        await frame.call(trash.restore_from_trash, item_id=item_id, settings=settings)
    except NotFound:
        raise
    except ApiError as error:
        sent = FormState("restore", problems={"": error.problem}, status=error.status)
        return await _show(frame, TrashPageQuery(), settings, sent)
    return frame.redirect(form.get("back")) if form.get("back") else saved(frame, PATH, "restored")


async def _show(frame: Frame, query: TrashPageQuery, settings: Settings, sent: FormState = NOTHING) -> Answer:
    asked = TrashQuery(page=query.page, limit=query.limit, type=query.type, workspace=(frame.workspace_id or "",))
    found = await frame.call(trash.list_trash, query=asked, settings=settings)
    at = Address.of(frame.request.scope["path"], frame.request.scope["query_string"])
    return await settings_page(
        frame, "trash", frame.gettext("Trash"), sent=sent, trash=found, query=query, types=TYPES,
        days=settings.trash_days, at=at.without("done"),
    )  # fmt: skip


ROUTES = (list_trash, restore)
