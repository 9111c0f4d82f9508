"""The bar of a list as HTML: its filters and how it is shown, written once for what it shows and kept.

Every link in it holds the whole address, so one of a long address is long many times over, and is not kept. Nor is one
of a search: hardly two are the same.
"""

from functools import lru_cache
from typing import Literal

import msgspec
from markupsafe import Markup

from codimir.tickets.fields import FILTER_NAMES, Order, Sort
from codimir.web.addresses import Address
from codimir.web.chips import Chip
from codimir.web.rendering import render

MAX_KEPT, MAX_KEPT_LENGTH = 256, 500
"""How many bars are kept, and how long the filters of one may be in its address."""


class Shown(msgspec.Struct, frozen=True):
    """How a list is shown, as far as its bar says it."""

    search: str | None
    sort: Sort | Literal["relevance"]
    order: Order
    by: str | None
    show: tuple[str, ...]


class Bar(msgspec.Struct, frozen=True):
    """Everything that the bar depends on."""

    path: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    chips: tuple[Chip, ...]
    total: int
    in_project: bool
    shown: Shown
    reversed: bool


class Offered(msgspec.Struct, frozen=True):
    """What the menu of a list offers."""

    sorts: tuple[tuple[Sort | Literal["relevance"], Order], ...]
    groupings: tuple[str, ...]
    all_columns: tuple[str, ...]


def bar_html(language: str, bar: Bar, offered: Offered) -> Markup:
    """Write the bar."""
    is_long = len(repr((bar.values, bar.chips))) > MAX_KEPT_LENGTH
    return (_write if bar.shown.search or is_long else cached_html)(language, bar, offered)


def _write(language: str, bar: Bar, offered: Offered) -> Markup:
    data = {
        "at": Address(bar.path, dict(bar.values)), "chips": bar.chips, "fields": FILTER_NAMES, "query": bar.shown,
        "total": bar.total, "project": bar.in_project, "reversed": bar.reversed, "columns": bar.shown.show,
        "view_menu": "components/list_menu.html", "is_selectable": True, "sorts": offered.sorts,
        "groupings": offered.groupings, "all_columns": offered.all_columns,
    }  # fmt: skip
    return Markup(render("components/filters.html", language, **data))  # noqa: S704 - a template wrote it


cached_html = lru_cache(maxsize=MAX_KEPT)(_write)
