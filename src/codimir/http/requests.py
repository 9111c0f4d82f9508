"""The request as every route gets it."""

from typing import Any

from litestar import Request

HttpRequest = Request[Any, Any, Any]
"""A request of Litestar; who asks is found by `access.authentication`, not by Litestar's own means."""
