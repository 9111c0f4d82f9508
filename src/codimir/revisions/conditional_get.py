"""Answer a read: with 304 if the client has the newest reply, else with the reply and its tag."""

from typing import Any

import msgspec

from codimir.database.core import Database
from codimir.http.headers import header_of
from codimir.http.replies import NOT_MODIFIED, Call, JsonResponse, WithCookies, encode, reply_of
from codimir.http.requests import HttpRequest, HttpResponse
from codimir.kit.values import Values
from codimir.revisions.etags import ANY, PRIVATE, RequestFingerprint, TagMaker, resource_in, tagged, tags_in
from codimir.revisions.read_tracking import TrackedDatabase
from codimir.revisions.versions import PEOPLE, Versions, Viewer, find_workspace_of, versions_for


async def answer_read(
    call: Call,
    request: HttpRequest,
    values: Values,
    viewer: Viewer,
    db: Database,
    *,
    follows_from_data: bool,
) -> HttpResponse:
    """Answer a read of someone; `follows_from_data` says that nothing but the data and the time goes into the reply."""
    versions = await versions_for(db, viewer)
    tags: TagMaker = request.app.state.tags
    question = RequestFingerprint(tags, viewer, versions, request.scope["path"], values.get("query"))
    held = tags_in(header_of(request, b"if-none-match") or "")
    if held and (tag := question.matching_etag(held)) is not None:
        return JsonResponse(None, NOT_MODIFIED, tagged(tag))
    noted = TrackedDatabase(db, viewer.id, request.app.state.long_reads)
    result = await call(noted, values)
    if isinstance(result, WithCookies) or not isinstance(result, msgspec.Struct):
        return _private(reply_of(result, 200))
    body = encode(result)
    if not follows_from_data or noted.reads_unversioned:
        tag = tags.by_content(viewer, body)
    else:
        tag = question.by_minute() if noted.reads_the_clock else question.by_versions()
    if (thing := resource_in(result)) is not None:
        version = await _version_of(db, versions, thing)
        tag = tag if version is None else tags.with_revision(tag, viewer, version, thing.id)
    if tag in held or ANY in held:
        return JsonResponse(None, NOT_MODIFIED, tagged(tag))
    return JsonResponse(body, 200, tagged(tag))


async def _version_of(db: Database, versions: Versions, thing: Any) -> int | None:
    """Return how far the workspace of a thing had come when the reply was begun."""
    workspace = getattr(thing, "workspace_id", None)
    if workspace is None and len(versions) == len((PEOPLE, "the only one")):
        [workspace] = versions.keys() - {PEOPLE}
    elif workspace is None:
        workspace = await db.read(lambda tx: find_workspace_of(tx, thing.id))
    return None if workspace is None else versions.get(workspace)


def _private(response: HttpResponse) -> HttpResponse:
    for name, value in PRIVATE.items():
        response.headers.setdefault(name, value)
    return response
