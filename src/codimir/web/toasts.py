"""What was done without leaving the page: said in a toast, with a way to take it back."""

import msgspec
from litestar import Response

from codimir.kit.values import Values
from codimir.web.page_context import Frame


def done_here(frame: Frame, said: str, batch_id: str | None, **events: object) -> Response[None]:
    """Answer htmx that something was done, and what the modules of the page shall hear before it is shown anew.

    Without a batch nothing was changed, and the toast says so.
    """
    toast: Values = {"text": said, "undo": {"path": f"/api/batches/{batch_id}/undo"}}
    if batch_id is None:
        toast = {"text": frame.gettext("Nothing changed: it is so already")}
    heard = msgspec.json.encode({**events, "toast": toast, "stale": {}}).decode()
    return Response(None, status_code=204, headers={"hx-trigger": _in_ascii(heard)})


def _in_ascii(text: str) -> str:
    r"""Write JSON so that a header may hold it: the rest as `\u`, in two halves where four digits do not do."""
    return "".join(each if each.isascii() else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    halves = character.encode("utf-16-be").hex()
    return "".join(f"\\u{halves[at : at + 4]}" for at in range(0, len(halves), 4))
