"""What the browser gets that is no part of the API: the API document, the page that shows it, files."""

import asyncio

from litestar import Response

from codimir.http.openapi import ApiDocument
from codimir.http.requests import HttpRequest
from codimir.http.routing import get
from codimir.http.static import send
from codimir.web import assets, pages

FILE_HEADERS = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {**FILE_HEADERS, "content-security-policy": PAGE_POLICY}


@get("/api/openapi.json")
async def get_document(request: HttpRequest, document: ApiDocument) -> Response[bytes]:
    """Get the description of the API in OpenAPI 3.1."""
    file = await asyncio.to_thread(lambda: document.file)  # to make it takes a third of a second, once
    return send(request, file, FILE_HEADERS)


@get("/api/docs")
async def get_docs_page(request: HttpRequest) -> Response[bytes]:
    """Show the description of the API as a page on which it can be tried."""
    return send(request, assets.FOLDER.get("api-docs.html"), PAGE_HEADERS)


@get("/static/{path:path}")
async def get_static(path: str, request: HttpRequest) -> Response[bytes]:
    """Get a file of the pages."""
    name = path.removeprefix("/")
    if name.startswith(assets.PREFIX):
        kept = {**FILE_HEADERS, "cache-control": assets.KEPT_FOR_GOOD}
        return send(request, assets.find(name.removeprefix(assets.PREFIX)), kept)
    return send(request, assets.find(name), FILE_HEADERS)


@get("/favicon.ico")
async def get_icon(request: HttpRequest) -> Response[bytes]:
    """Get the icon that browsers ask for by this name."""
    return send(request, assets.FOLDER.get("favicon.svg"), FILE_HEADERS)


ROUTES = (get_document, get_docs_page, get_static, get_icon, *pages.ROUTES)
