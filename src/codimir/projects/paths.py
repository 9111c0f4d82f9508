"""Where the routes of one project are found."""

from collections.abc import Iterator
from dataclasses import replace

from codimir.http.routing import AnyRoute

SINGULAR, PLURAL = "/api/project/", "/api/projects/"


def in_both_numbers(*routes: AnyRoute) -> Iterator[AnyRoute]:
    """Return each route as it is documented, and once more under the plural that its list has."""
    for route in routes:
        yield route
        yield replace(route, path=PLURAL + route.path.removeprefix(SINGULAR), alias_of=route.path)
