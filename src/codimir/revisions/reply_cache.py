"""Replies to reads, kept as they were sent while nothing that they follow from has changed.

A reply is kept under who asked and what they may do, how far everything that they see had come, and the bytes of the
question. Any write there raises a version, so the next request asks another question: nothing is ever thrown away
because it became wrong, only because others are asked more (docs/decisions/0067-kept-replies.md).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from codimir.http.replies import encode
from codimir.revisions.versions import Versions, Viewer

BYTES_OF_ENTRY = 600
"""What an entry takes besides the bytes in it: two tuples, their texts, and its place in the order"""
SHARE_OF_ONE = 8
"""One reply takes this part of the room at most: it must not push out all others."""


class Question(NamedTuple):
    """Who asks, and what."""

    reader: bytes
    """The person, their rights and how far what they see has come"""
    path: str
    query: bytes


class KeptReply(NamedTuple):
    """A reply."""

    body: bytes
    tag: str


def question_of(viewer: Viewer, versions: Versions, path: str, query: bytes) -> Question:
    """Build the question of somebody who sees what has come so far."""
    return Question(encode(viewer if versions is viewer.versions else (viewer, versions)), path, query)


class ReplyCache:
    """The replies that were given last, no more than fit into so many bytes; 0 keeps none."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._kept: OrderedDict[Question, KeptReply] = OrderedDict()
        self._making: dict[Question, asyncio.Event] = {}

    def __len__(self) -> int:
        """Return how many replies are kept."""
        return len(self._kept)

    async def find(self, question: Question) -> KeptReply | None:
        """Return the reply to a question, if need be once it has been made for another request."""
        kept = self._kept.get(question)
        if kept is None and (made := self._making.get(question)) is not None:
            await made.wait()
            kept = self._kept.get(question)
        if kept is not None:
            self._kept.move_to_end(question)
        return kept

    @contextmanager
    def making(self, question: Question, *, others_wait: bool) -> Iterator[None]:
        """Let other requests with the same question wait for its reply meanwhile."""
        if not others_wait or question in self._making or not self.max_bytes:
            yield
            return
        made = self._making[question] = asyncio.Event()
        try:
            yield
        finally:
            del self._making[question]
            made.set()

    def keep(self, question: Question, reply: KeptReply) -> None:
        """Keep a reply instead of those that nobody has asked for the longest time."""
        size = _size_of(question, reply)
        if size > self.max_bytes // SHARE_OF_ONE:
            return
        self._forget(question)
        self._kept[question] = reply
        self.bytes += size
        while self.bytes > self.max_bytes:
            self._forget(next(iter(self._kept)))

    def _forget(self, question: Question) -> None:
        reply = self._kept.pop(question, None)
        if reply is not None:
            self.bytes -= _size_of(question, reply)


def _size_of(question: Question, reply: KeptReply) -> int:
    return BYTES_OF_ENTRY + len(question.reader) + len(question.path) + len(question.query) + len(reply.body)
