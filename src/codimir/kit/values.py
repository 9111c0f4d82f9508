"""Values of any type by their names."""

from collections.abc import Mapping
from typing import Any

Values = dict[str, Any]
"""What is bound to a statement, given to a template, or read from JSON."""
ReadOnlyValues = Mapping[str, Any]
