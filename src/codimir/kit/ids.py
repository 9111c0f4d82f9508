"""Ids are TypeIDs: a prefix that names the kind, and a UUIDv7 (github.com/jetify-com/typeid, version 0.3)."""

from typeid import TypeID


def new_id(kind: str) -> str:
    """Build an id such as `ticket_01m85tbw5te03a1pg9chfw8xz3`; later ids of a kind sort after earlier ones."""
    return str(TypeID(prefix=kind))
