"""What a database holds, and which files belong to it."""

from typing import NamedTuple

from codimir.pictures.addresses import storage_key_of


class StoredFile(NamedTuple):
    """A file of the file store that a row names."""

    key: str
    size: int | None
    """In bytes; None where the row does not say: a picture, which may not be there yet."""


class Contents(NamedTuple):
    """A database at one moment."""

    schema: str
    rows: dict[str, int]
    files: list[StoredFile]


def file_of_picture(image: str) -> StoredFile | None:
    """Return the file of the picture of a person, if it is one that the file store has."""
    key = storage_key_of(image)
    return None if key is None else StoredFile(key, None)
