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
from codimir.revisions.etags import ANY, PRIVATE, RequestFingerprint, TagMaker, encoded_tagged, resource_in, tags_in
from codimir.revisions.read_tracking import TrackedDatabase
from codimir.revisions.reply_cache import KeptReply, Origin, ReplyCache, question_of
from codimir.revisions.sharing import Audiences
from codimir.revisions.versions import PEOPLE, Versions, Viewer, find_workspace_of, versions_for


class ReadRoute:
    """A route that answers reads of someone."""

    def __init__(
        self, call: Call, viewer_name: str, database_name: str, *, follows_from_data: bool, is_shared: bool
    ) -> None:
        self.call = call
        self.viewer_name = viewer_name
        self.database_name = database_name
        self.follows_from_data = follows_from_data
        """Whether nothing but the data and the time goes into the replies"""
        self.is_shared = is_shared
        """Whether all who see the same get the same replies, unless a statement names them"""
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
            return JsonResponse(None, NOT_MODIFIED, encoded_headers=encoded_tagged(reply.tag))
        return JsonResponse(reply.body, 200, encoded_headers=encoded_tagged(reply.tag))

    async def make(self, values: Values) -> tuple[HttpResponse, KeptReply | None]:
        """Make the reply; and give it to be kept, where it is the same until a version is raised."""
        db: Database = values.pop(self.route.database_name)
        question = RequestFingerprint(
            self.tags, self.viewer, self.versions, self.request.scope["path"], values.get("query")
        )
        if self.held and (tag := question.matching_etag(self.held)) is not None:
            return JsonResponse(None, NOT_MODIFIED, encoded_headers=encoded_tagged(tag)), None
        state = self.request.app.state
        reads, is_shared = state.long_reads, self.route.is_shared and bool(state.reply_cache.max_bytes)
        noted = TrackedDatabase(db, self.viewer.id, reads, looks_for_person=is_shared)
        result = await self.route.call(noted, values)
        if isinstance(result, WithCookies) or not isinstance(result, msgspec.Struct):
            return _private(reply_of(result, 200)), None
        body = encode(result)
        by_content = not self.route.follows_from_data or noted.reads_unversioned
        if by_content:
            tag = self.tags.by_content(self.viewer, body)
        else:
            tag = question.by_minute() if noted.reads_the_clock else question.by_versions()
        subject = await _subject_of(db, self.versions, result)
        origin = Origin(self.viewer, self.versions, values.get("query"), subject)
        reply = KeptReply(body, self._about(subject, tag), None if noted.names_the_person or not is_shared else origin)
        return self.answer(reply), None if by_content or noted.reads_the_clock else reply

    async def take_over(self, reply: KeptReply) -> KeptReply | None:
        """Return the reply to somebody else with a tag of one's own, where both see the same."""
        origin, state = reply.origin, self.request.app.state
        if origin is None or origin.versions != self.versions:
            return None
        audiences: Audiences = state.audiences
        if not await audiences.see_the_same(state.database, self.versions, self.viewer, origin.viewer):
            return None
        question = RequestFingerprint(self.tags, self.viewer, self.versions, self.request.scope["path"], origin.query)
        return KeptReply(reply.body, self._about(origin.subject, question.by_versions()), origin)

    def _about(self, subject: tuple[int, str] | None, tag: str) -> str:
        return tag if subject is None else self.tags.with_revision(tag, self.viewer, *subject)


async def answer_read(route: ReadRoute, request: HttpRequest, values: Values, parse: Parse) -> HttpResponse:
    """Answer a read of someone; what the request says besides is parsed where the reply is not known."""
    viewer: Viewer = values[route.viewer_name]
    state = request.app.state
    versions = await versions_for(state.database, viewer)
    read = _Read(route, request, viewer, versions)
    replies: ReplyCache = state.reply_cache
    if not (route.follows_from_data and replies.max_bytes):
        await parse(request, values)
        return (await read.make(values))[0]
    question = question_of(viewer, versions, request.scope["path"], request.scope["query_string"])
    if (kept := await replies.find(question)) is not None:
        return read.answer(kept)
    others = replies.find_shared(question) if route.is_shared else None
    if others is not None and (kept := await read.take_over(others)) is not None:
        replies.keep(question, kept)
        return read.answer(kept)
    is_first = route.was_kept and replies.begin(question)
    try:
        await parse(request, values)
        response, reply = await read.make(values)
        if reply is not None:
            replies.keep(question, reply)
        route.was_kept = reply is not None or (
            isinstance(response, JsonResponse) and response.status_code == NOT_MODIFIED
        )
        return response
    finally:
        if is_first:
            replies.end(question)


async def _subject_of(db: Database, versions: Versions, result: Any) -> tuple[int, str] | None:
    """Return the one thing that a reply is about, and how far its workspace had come when it was begun."""
    thing = resource_in(result)
    if thing is None:
        return None
    workspace = getattr(thing, "workspace_id", None)
    if workspace is None and len(versions) == len((PEOPLE, "the only one")):
        [workspace] = versions.keys() - {PEOPLE}
    elif workspace is None:
        workspace = await db.read(lambda tx: find_workspace_of(tx, thing.id))
    version = None if workspace is None else versions.get(workspace)
    return None if version is None else (version, thing.id)


def _private(response: HttpResponse) -> HttpResponse:
    for name, value in PRIVATE.items():
        response.headers.setdefault(name, value)
    return response
