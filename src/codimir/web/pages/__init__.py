"""The pages, a module for each; `ROUTES` are all of them."""

from codimir.web.pages import list as list_page
from codimir.web.pages import sign_in, start

ROUTES = (*start.ROUTES, *sign_in.ROUTES, *list_page.ROUTES)
"""Append the `ROUTES` of a new page here."""
