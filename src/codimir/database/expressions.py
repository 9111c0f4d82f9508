"""Parts of statements, whatever type their values have."""

from typing import Any

import sqlalchemy as sa

AnyColumn = sa.ColumnElement[Any]
AnySelect = sa.Select[Any]
