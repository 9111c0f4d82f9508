"""What an update changes of a Struct: the fields that it gives and that differ."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET

from codimir.kit.values import ReadOnlyValues, Values


def changed(old: msgspec.Struct, update: msgspec.Struct, **more: object) -> dict[str, tuple[Any, Any]]:
    """Return what each field was and what it becomes that an update gives and that differs; absent fields are UNSET.

    `more` are fields that the old Struct has not, and their values.
    """
    given = msgspec.structs.asdict(update).items()
    before = {name: more[name] if name in more else getattr(old, name) for name, value in given if value is not UNSET}
    return {name: (before[name], value) for name, value in given if value is not UNSET and value != before[name]}


def new_values(changes: Mapping[str, tuple[Any, Any]]) -> Values:
    """Return what each changed field becomes."""
    return {name: new for name, (_, new) in changes.items()}


def in_api_names(struct: type[msgspec.Struct], by_field: ReadOnlyValues) -> Values:
    """Return something by the names that fields have in the API; what is no field of the Struct keeps its name."""
    names = api_names(struct)
    return {names.get(field, field): value for field, value in by_field.items()}


@lru_cache
def api_names(struct: type[msgspec.Struct]) -> dict[str, str]:
    """Return the names that the fields of a Struct have in the API."""
    return dict(zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True))
