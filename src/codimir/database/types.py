"""Column types whose values are the same from both databases.

SQLAlchemy renders the SQL of these types. Their values are converted by `statements`, because the drivers run the
statements without SQLAlchemy.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator

Convert = Callable[[Any], Any]
Codec = tuple[Convert | None, Convert | None]
"""From a Python value to what the driver takes, and back; None where they are the same."""


def utc_text(moment: datetime) -> str:
    """Write a moment as text of fixed width, such as `2024-02-01T00:00:00.000000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


class PortableType(TypeDecorator[Any]):
    """A type with its form in each database, and the codec of its values there."""

    impl: Any = sa.Text
    cache_ok = True
    forms: Mapping[str, sa.types.TypeEngine[Any]]
    codecs: Mapping[str, Codec]

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Name the type in the database."""
        return dialect.type_descriptor(self.forms[dialect.name])


class UtcDateTime(PortableType):
    """A moment: `timestamptz`, or text of fixed width that sorts in order of time; always an aware UTC `datetime`."""

    cache_ok = True
    forms = {"sqlite": sa.Text(), "postgresql": sa.DateTime(timezone=True)}
    codecs = {"sqlite": (utc_text, datetime.fromisoformat)}


class Json(PortableType):
    """A JSON value."""

    forms = {"sqlite": sa.Text(), "postgresql": postgresql.JSONB()}
    codecs = {"sqlite": (lambda value: msgspec.json.encode(value).decode(), msgspec.json.decode)}


class OrderedEnum(PortableType):
    """One of a fixed list of words, stored as its rank so that the database sorts in the order of the list."""

    impl = sa.SmallInteger

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self.words = tuple(words)
        codec = ({word: rank for rank, word in enumerate(self.words)}.__getitem__, self.words.__getitem__)
        self.forms = dict.fromkeys(("sqlite", "postgresql"), sa.SmallInteger())
        self.codecs = dict.fromkeys(("sqlite", "postgresql"), codec)


class ListOf(PortableType):
    """A list of values as one parameter: `text[]` and its like, or a JSON array."""

    def __init__(self, item: sa.types.TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item
        encode, _ = codec_of(item, "postgresql")
        item_form = item.forms["postgresql"] if isinstance(item, PortableType) else item
        self.forms = {"sqlite": sa.Text(), "postgresql": postgresql.ARRAY(item_form)}
        self.codecs = {
            "sqlite": (_json_list_encoder(item), None),
            "postgresql": ((lambda values: [encode(value) for value in values]) if encode else list, None),
        }


def sortable_text() -> sa.types.TypeEngine[str]:
    """Text that both databases sort by code point."""
    return sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def codec_of(column_type: sa.types.TypeEngine[Any], dialect_name: str) -> Codec:
    """Return the codec of a column's values in a database."""
    if isinstance(column_type, PortableType):
        return column_type.codecs.get(dialect_name, (None, None))
    if isinstance(column_type, sa.Boolean) and dialect_name == "sqlite":
        return (None, bool)
    return (None, None)


def _json_list_encoder(item: sa.types.TypeEngine[Any]) -> Convert:
    encode, _ = codec_of(item, "sqlite")
    if encode is None:
        return lambda values: msgspec.json.encode(list(values)).decode()
    return lambda values: msgspec.json.encode([encode(value) for value in values]).decode()
