"""The routes of attachments."""

from typing import Annotated

from litestar import Response
from litestar.response import Stream

from codimir.attachments import actions, queries
from codimir.attachments.names import SAFE_TYPES, UNKNOWN_TYPE, clean_filename, clean_type, download_headers
from codimir.attachments.schemas import Attachment
from codimir.attachments.storage import FileStore
from codimir.authorization.actor import Actor
from codimir.database.core import Database, DatabaseError, Transaction
from codimir.http.errors import ApiError, InvalidInput
from codimir.http.paging import Page, PageQuery
from codimir.http.ranges import wanted_range
from codimir.http.replies import NOT_MODIFIED, JsonResponse
from codimir.http.requests import HttpRequest, HttpResponse
from codimir.http.routing import Created, ReadTx, WriteTx, delete, get, post
from codimir.http.uploads import FileForm, Upload
from codimir.kit.ids import new_id
from codimir.problems.problem import Problem
from codimir.revisions.etags import ANY, tagged, tags_in
from codimir.revisions.idempotency import Replay
from codimir.tickets.queries import get_visible_ticket


@get("/api/tickets/{ref:str}/attachments")
async def list_attachments(tx: ReadTx, actor: Actor, ref: str, query: PageQuery) -> Page[Attachment]:
    """List the files on a ticket, the oldest first."""
    return await queries.list_attachments(tx, await get_visible_ticket(tx, actor, ref), query)


@post("/api/tickets/{ref:str}/attachments", max_bytes=None, takes_files=True)
async def add_attachment(db: Database, actor: Actor, ref: str, form: FileForm, files: FileStore) -> Created[Attachment]:
    """Attach a file to a ticket: a multipart form with one part, named `file`."""

    async def may_attach(tx: Transaction) -> None:
        actions.require_may_attach(actor, await get_visible_ticket(tx, actor, ref))

    await db.read(may_attach)
    upload = await form.file()
    filename = clean_filename(upload.filename)
    if not filename:
        raise InvalidInput.fields(file=Problem("file_name_missing"))
    key = await files.put(upload.chunks())
    return await _attach(db, files, actor, ref, key, upload, filename)


async def _attach(
    db: Database, files: FileStore, actor: Actor, ref: str, key: str, upload: Upload, filename: str
) -> Created[Attachment]:
    """Write the row of a file whose bytes are in the store, or let go of them."""
    attachment_id = new_id("attachment")

    async def unit(tx: Transaction) -> Created[Attachment]:
        found = await get_visible_ticket(tx, actor, ref, lock=True)
        await actions.add_attachment(
            tx, actor, found, attachment_id,
            filename=filename, content_type=clean_type(upload.content_type), size=upload.size, storage_key=key,
        )  # fmt: skip
        attachment = await queries.get_attachment(tx, found, attachment_id)
        return Created(attachment, attachment.url)

    try:
        return await db.write(unit)
    except (ApiError, DatabaseError, Replay):
        # A connection that breaks during the commit leaves open whether it happened.
        if not await db.read(lambda tx: queries.is_written(tx, attachment_id)):
            await files.delete(key)
        raise


@get("/api/tickets/{ref:str}/attachments/{attachment_id:str}")
async def download_attachment(
    db: Database, actor: Actor, ref: str, attachment_id: str, request: HttpRequest, files: FileStore
) -> Annotated[HttpResponse, UNKNOWN_TYPE, *sorted(SAFE_TYPES)]:
    """Download a file of a ticket; what a browser could run is of no type but bytes.

    `Range` gets a part of it, with `If-Range` only while the file is the same.
    """

    async def unit(tx: Transaction) -> tuple[Attachment, str]:
        found = await get_visible_ticket(tx, actor, ref)
        attachment = await queries.get_attachment(tx, found, attachment_id)
        return attachment, await queries.get_storage_key(tx, attachment)

    attachment, key = await db.read(unit)
    tag = f"{attachment.id}.{attachment.size}"  # its bytes never change
    if not {tag, ANY}.isdisjoint(tags_in(request.headers.get("if-none-match", ""))):
        return JsonResponse(None, NOT_MODIFIED, tagged(tag))
    headers = tagged(tag, download_headers(attachment.filename, attachment.content_type, attachment.size))
    if request.method == "HEAD":
        return Response(b"", headers=headers)
    asked, if_range = (request.headers.get(name, "") for name in ("range", "if-range"))
    part = wanted_range(asked, if_range, tag, attachment.size)
    if part is None:
        return Stream(await files.open(key), headers=headers)
    headers |= {"content-range": part.header(attachment.size), "content-length": str(part.length)}
    return Stream(await files.open(key, part), status_code=206, headers=headers)


@delete("/api/tickets/{ref:str}/attachments/{attachment_id:str}")
async def delete_attachment(tx: WriteTx, actor: Actor, ref: str, attachment_id: str) -> None:
    """Take a file off a ticket; who attached it may, and the administrators."""
    found = await get_visible_ticket(tx, actor, ref, lock=True)
    attachment = await queries.get_attachment(tx, found, attachment_id)
    await actions.delete_attachment(tx, actor, found, attachment)


ROUTES = (list_attachments, add_attachment, download_attachment, delete_attachment)
