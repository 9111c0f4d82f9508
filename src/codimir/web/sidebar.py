"""The rail as HTML: the same for every page of a place, so it is written once and kept by what it shows."""

from functools import lru_cache

import msgspec
from markupsafe import Markup

from codimir.web.queries import Rail, RailProject, Viewer
from codimir.web.rendering import render

MAX_KEPT = 512


class Around(msgspec.Struct, frozen=True):
    """Everything that the rail depends on."""

    rail: Rail
    here: str
    project: RailProject | None
    workspace_id: str | None
    viewer: Viewer
    theme: str


def rail_html(language: str, around: Around) -> Markup:
    """Write the rail."""
    return _written(language, msgspec.msgpack.encode(around))


@lru_cache(maxsize=MAX_KEPT)
def _written(language: str, packed: bytes) -> Markup:
    around = msgspec.msgpack.decode(packed, type=Around)
    data = {name: getattr(around, name) for name in Around.__struct_fields__}
    return Markup(render("components/rail.html", language, **data))  # noqa: S704 - a template wrote it
