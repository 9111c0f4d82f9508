"""The request as every route gets it."""

from typing import Any

from litestar import Request, Response

HttpRequest = Request[Any, Any, Any]
"""A request of Litestar; who asks is found by `authentication/authentication.py`, not by Litestar's own means."""
HttpResponse = Response[Any]
"""A response, whatever its content."""
