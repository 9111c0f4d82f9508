"""The pages, a module for each; `ROUTES` are all of them."""

from codimir.web.pages import board, bulk, choices, entry, sign_in, start, ticket
from codimir.web.pages import list as list_page

ROUTES = (
    *start.ROUTES,
    *sign_in.ROUTES,
    *entry.ROUTES,
    *list_page.ROUTES,
    *board.ROUTES,
    *choices.ROUTES,
    *bulk.ROUTES,
    *ticket.ROUTES,
)
"""Append the `ROUTES` of a new page here."""
