"""Shapes of people."""

from codimir.http.paging import Reply


class Person(Reply):
    """A person as others see them."""

    id: str
    name: str
    email: str
    image: str | None
