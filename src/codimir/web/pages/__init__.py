"""The pages, a module for each; `ROUTES` are all of them."""

from codimir.web.pages import (
    board,
    bulk,
    dashboard,
    inbox,
    menus,
    my_work,
    new_ticket,
    onboarding,
    palette,
    pictures,
    projects,
    settings,
    sign_in,
    start,
    tasks,
    ticket,
)
from codimir.web.pages import list as list_page

ROUTES = (
    *start.ROUTES,
    *sign_in.ROUTES,
    *onboarding.ROUTES,
    *list_page.ROUTES,
    *board.ROUTES,
    *menus.ROUTES,
    *bulk.ROUTES,
    *projects.ROUTES,
    *settings.ROUTES,
    *new_ticket.ROUTES,
    *palette.ROUTES,
    *ticket.ROUTES,
    *tasks.ROUTES,
    *inbox.ROUTES,
    *my_work.ROUTES,
    *dashboard.ROUTES,
    *pictures.ROUTES,
)
"""Append the `ROUTES` of a new page here."""
