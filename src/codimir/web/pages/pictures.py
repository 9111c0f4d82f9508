"""The copies of the pictures that people have on other hosts."""

from litestar import Response

from codimir.authorization.actor import Actor
from codimir.http.errors import NotFound
from codimir.http.requests import HttpRequest, HttpResponse
from codimir.http.routing import get
from codimir.pictures.addresses import DIGEST
from codimir.pictures.api import sent
from codimir.pictures.pictures import Pictures

NOTHING_YET = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
HEADERS = {"cache-control": "private, max-age=60", "x-content-type-options": "nosniff"}


@get("/pictures/{digest:str}")
async def get_copy(
    digest: str,
    request: HttpRequest,
    actor: Actor,  # noqa: ARG001 - only who is signed in may ask
    pictures: Pictures,
) -> HttpResponse:
    """Send the copy of a picture; until there is one, an empty picture, through which the initials are seen."""
    if not DIGEST.fullmatch(digest):
        raise NotFound
    try:
        return await sent(request, pictures, digest)
    except NotFound:
        return Response(NOTHING_YET, media_type="image/svg+xml", headers=HEADERS)


ROUTES = (get_copy,)
