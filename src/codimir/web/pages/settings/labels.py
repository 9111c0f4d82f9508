"""The labels of the workspace."""

from collections import Counter
from collections.abc import Sequence

from codimir.authorization.permissions import Permission
from codimir.database.core import Transaction
from codimir.http.paging import Page
from codimir.http.routing import get, post
from codimir.labels import api as labels
from codimir.labels.queries import list_labels
from codimir.labels.schemas import LabelCreate, LabelListQuery, LabelUpdate
from codimir.model.schemas import Label
from codimir.web.form_state import NOTHING, Answer, FormState, parsed, redisplay_on_error
from codimir.web.forms import Form
from codimir.web.page_context import Frame
from codimir.web.pages.settings.layout import may, saved, settings_page

PATH = "/settings/labels"
PALETTE = (
    "#6b7280", "#d73a4a", "#e36209", "#d4a72c", "#4d9d3a", "#1f883d", "#0e8a94", "#2b7bb9", "#6554c0", "#b5479d",
)  # fmt: skip
OFFERED = (PALETTE[7], *PALETTE[1:7], *PALETTE[8:], PALETTE[0])
"""In which order a new label is offered them."""
OWN = "own"


def next_color(present: Sequence[Label]) -> str:
    """Return the colour of the palette that the fewest of the labels have, the first of several."""
    counts = Counter(label.color.lower() for label in present)
    return min(OFFERED, key=lambda color: counts[color])


@get(PATH)
async def list_own_labels(frame: Frame) -> Answer:
    """Show the labels that every project of the workspace has."""
    if frame.workspace_id is None:
        return frame.redirect("/settings/workspace")
    return await _show(frame)


@post(PATH)
async def create_label(frame: Frame, form: Form) -> Answer:
    """Make a label."""

    async def do() -> Answer:
        new = parsed(LabelCreate, name=form.get("name"), color=color_of(form), workspaceId=frame.workspace_id)
        await frame.call(labels.create_label, data=new)
        return saved(frame, PATH, "added")

    return await redisplay_on_error(form, "label", do, lambda sent: _show(frame, sent))


@post("/settings/labels/{label_id:str}")
async def update_label(label_id: str, frame: Frame, form: Form) -> Answer:
    """Change the name or the colour of a label."""

    async def do() -> Answer:
        update = parsed(LabelUpdate, name=form.get("name"), color=color_of(form))
        await frame.call(labels.update_label, label_id=label_id, data=update)
        return saved(frame, PATH)

    return await redisplay_on_error(form, label_id, do, lambda sent: _show(frame, sent))


@post("/settings/labels/{label_id:str}/delete")
async def delete_label(label_id: str, frame: Frame) -> Answer:
    """Delete a label and take it off its tickets."""
    await frame.call(labels.delete_label, label_id=label_id)
    return saved(frame, PATH, "deleted")


def color_of(form: Form) -> str:
    """Return the colour that was chosen: one of the palette, or a free one."""
    chosen = form.get("color")
    return form.get(OWN) if chosen == OWN else chosen


async def _show(frame: Frame, sent: FormState = NOTHING) -> Answer:
    query = LabelListQuery(limit=100, workspace=(frame.workspace_id or "",))

    async def unit(tx: Transaction) -> Page[Label]:
        return await list_labels(tx, frame.actor, query)

    found = await frame.db.read(unit)
    own = [label for label in found.data if label.project_id is None]
    return await settings_page(
        frame, "labels", frame.gettext("Labels"), sent=sent, palette=PALETTE, labels=own, color=next_color(own),
        may_create=may(frame, Permission.LABEL_CREATE),
    )  # fmt: skip


ROUTES = (list_own_labels, create_label, update_label, delete_label)
