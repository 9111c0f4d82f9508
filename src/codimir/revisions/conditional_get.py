"""Answer a read: with 304 if the client has the newest reply, else with the reply and its tag.

A reply that is known already is not made again: the rest of the request is then not even looked at.
"""

from typing import Any

import msgspec

from codimir.database.core import Database
from codimir.http.headers import header_of
from codimir.http.replies import NOT_MODIFIED, Call, JsonResponse, WithCookies, encode, reply_of
from codimir.http.requests import HttpRequest, HttpResponse
from codimir.http.routing import Parse
from codimir.kit.values import Values
from codimir.revisions.etags import ANY, PRIVATE, RequestFingerprint, TagMaker, resource_in, tagged, tags_in
from codimir.revisions.read_tracking import TrackedDatabase
from codimir.revisions.reply_cache import KeptReply, ReplyCache, question_of
from codimir.revisions.versions import PEOPLE, Versions, Viewer, find_workspace_of, versions_for


class ReadRoute:
    """A route that answers reads of someone."""

    def __init__(self, call: Call, viewer_name: str, database_name: str, *, follows_from_data: bool) -> None:
        self.call = call
        self.viewer_name = viewer_name
        self.database_name = database_name
        self.follows_from_data = follows_from_data
        """Whether nothing but the data and the time goes into the replies"""
        self.was_kept = follows_from_data
        """Whether the last reply was kept; where it was not, nobody waits for the reply to somebody else"""


class _Read:
    """A read that is being answered."""

    def __init__(self, route: ReadRoute, request: HttpRequest, viewer: Viewer, versions: Versions) -> None:
        self.route = route
        self.request = request
        self.viewer = viewer
        self.versions = versions
        self.tags: TagMaker = request.app.state.tags
        header = header_of(request, b"if-none-match")
        self.held = tags_in(header) if header else []

    def answer(self, reply: KeptReply) -> HttpResponse:
        """Send a reply, or say that the client has it."""
        if reply.tag in self.held or ANY in self.held:
            return JsonResponse(None, NOT_MODIFIED, tagged(reply.tag))
        return JsonResponse(reply.body, 200, tagged(reply.tag))

    async def make(self, values: Values) -> tuple[HttpResponse, KeptReply | None]:
        """Make the reply; and give it to be kept, where it is the same until a version is raised."""
        db: Database = values.pop(self.route.database_name)
        question = RequestFingerprint(
            self.tags, self.viewer, self.versions, self.request.scope["path"], values.get("query")
        )
        if self.held and (tag := question.matching_etag(self.held)) is not None:
            return JsonResponse(None, NOT_MODIFIED, tagged(tag)), None
        noted = TrackedDatabase(db, self.viewer.id, self.request.app.state.long_reads)
        result = await self.route.call(noted, values)
        if isinstance(result, WithCookies) or not isinstance(result, msgspec.Struct):
            return _private(reply_of(result, 200)), None
        body = encode(result)
        by_content = not self.route.follows_from_data or noted.reads_unversioned
        if by_content:
            tag = self.tags.by_content(self.viewer, body)
        else:
            tag = question.by_minute() if noted.reads_the_clock else question.by_versions()
        if (thing := resource_in(result)) is not None:
            version = await _version_of(db, self.versions, thing)
            tag = tag if version is None else self.tags.with_revision(tag, self.viewer, version, thing.id)
        reply = KeptReply(body, tag)
        return self.answer(reply), None if by_content or noted.reads_the_clock else reply


async def answer_read(route: ReadRoute, request: HttpRequest, values: Values, parse: Parse) -> HttpResponse:
    """Answer a read of someone; what the request says besides is parsed where the reply is not known."""
    viewer: Viewer = values[route.viewer_name]
    versions = await versions_for(request.app.state.database, viewer)
    read = _Read(route, request, viewer, versions)
    if not route.follows_from_data:
        await parse(request, values)
        return (await read.make(values))[0]
    replies: ReplyCache = request.app.state.reply_cache
    question = question_of(viewer, versions, request.scope["path"], request.scope["query_string"])
    if (kept := await replies.find(question)) is not None:
        return read.answer(kept)
    with replies.making(question, others_wait=route.was_kept):
        await parse(request, values)
        response, reply = await read.make(values)
        if reply is not None:
            replies.keep(question, reply)
        route.was_kept = reply is not None
        return response


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
