"""The routes of pictures of people."""

from typing import Annotated

from litestar import Response

from codimir.authorization.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.http.errors import NotFound
from codimir.http.paging import Data
from codimir.http.replies import NOT_MODIFIED, JsonResponse
from codimir.http.requests import HttpRequest, HttpResponse
from codimir.http.routing import WriteTx, delete, get, put
from codimir.http.uploads import FileForm, Upload, too_large
from codimir.pictures.addresses import DIGEST
from codimir.pictures.pictures import Pictures
from codimir.problems.problem import Problem
from codimir.revisions.etags import ANY, tagged, tags_in
from codimir.users.actions import update_profile
from codimir.users.profiles import get_profile
from codimir.users.schemas import Profile, ProfileUpdate

MAX_BYTES = 10 * 1024 * 1024
WEBP = "image/webp"
SENT = {
    "content-type": WEBP,
    "cache-control": "private, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
}


@put("/api/user/picture", scope="admin", max_bytes=None, takes_files=True)
async def update_picture(db: Database, actor: Actor, form: FileForm, pictures: Pictures) -> Data[Profile]:
    """Upload your picture: a multipart form with one part, named `file`, of at most 10 MiB.

    PNG, JPEG, WebP and GIF are taken. Of the picture the middle square is kept, upright, in 256 by 256 pixels and
    without its metadata; its address is the `image` of your profile.
    """
    image = await pictures.keep_upload(await _content(await form.file()))

    async def unit(tx: Transaction) -> Data[Profile]:
        await update_profile(tx, actor, ProfileUpdate(image=image))
        return Data(await get_profile(tx, actor))

    return await db.write(unit)


@delete("/api/user/picture", scope="admin")
async def delete_picture(tx: WriteTx, actor: Actor) -> None:
    """Remove your picture; you are shown by your initials then."""
    await update_profile(tx, actor, ProfileUpdate(image=None))


@get("/api/pictures/{digest:str}")
async def get_picture(
    digest: str,
    request: HttpRequest,
    actor: Actor,  # noqa: ARG001 - only who is signed in may ask
    pictures: Pictures,
) -> Annotated[HttpResponse, WEBP]:
    """Get the uploaded picture of a person; its address is the `image` of whoever has it."""
    if not DIGEST.fullmatch(digest):
        raise NotFound(Problem("resource_not_found", kind="Picture"))
    return await sent(request, pictures, digest)


async def sent(request: HttpRequest, pictures: Pictures, digest: str) -> HttpResponse:
    """Return a reply with a picture. Raises NotFound."""
    content = await pictures.read(digest)
    headers = {**tagged(digest), **SENT}
    if not {digest, ANY}.isdisjoint(tags_in(request.headers.get("if-none-match", ""))):
        return JsonResponse(None, NOT_MODIFIED, headers)
    return Response(content, headers=headers, media_type=WEBP)


async def _content(upload: Upload) -> bytes:
    content = bytearray()
    async for chunk in upload.chunks():
        content += chunk
        if len(content) > MAX_BYTES:
            raise too_large(MAX_BYTES)
    return bytes(content)


ROUTES = (update_picture, delete_picture, get_picture)
