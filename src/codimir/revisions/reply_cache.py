"""Replies to reads, kept as they were sent while nothing that they follow from has changed.

A reply is kept under who asked and what they may do, how far everything that they see had come, and the bytes of the
question. Any write there raises a version, so the next request asks another question: nothing is ever thrown away
because it became wrong, only because others are asked more (docs/decisions/0069-kept-replies.md).
"""

import asyncio
from collections import OrderedDict
from typing import Any, NamedTuple

from codimir.http.replies import encode
from codimir.revisions.versions import Versions, Viewer

BYTES_OF_ENTRY = 600
"""What an entry takes besides the bytes in it: two tuples, their texts, and its place in the order"""
BYTES_OF_ORIGIN, READERS_IN_ORIGIN = 1_200, 6
"""What the parsed query takes where a reply is shared, and the person as a multiple of their bytes in the question"""
SHARE_OF_ONE = 8
"""One reply takes this part of the room at most: it must not push out all others."""


class Question(NamedTuple):
    """Who asks, and what."""

    reader: bytes
    """The person, their rights and how far what they see has come"""
    path: str
    query: bytes


class Origin(NamedTuple):
    """To whom a reply was given that all get who see the same, and what its tag for them is made from."""

    viewer: Viewer
    versions: Versions
    query: Any
    """As it was parsed"""
    subject: tuple[int, str] | None
    """The one thing that it is about: the version of its workspace, and its id"""


class KeptReply(NamedTuple):
    """A reply."""

    body: bytes
    tag: str
    origin: Origin | None = None
    """There is none of a reply that is for one person"""


def question_of(viewer: Viewer, versions: Versions, path: str, query: bytes) -> Question:
    """Build the question of somebody who sees what has come so far."""
    return Question(encode(viewer if versions is viewer.versions else (viewer, versions)), path, query)


class ReplyCache:
    """The replies that were given last, no more than fit into so many bytes; 0 keeps none."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._kept: OrderedDict[Question, KeptReply] = OrderedDict()
        self._making: dict[Question, asyncio.Event | None] = {}
        self._shared: dict[tuple[str, bytes], Question] = {}
        self._holders: dict[int, int] = {}

    def __len__(self) -> int:
        """Return how many replies are kept."""
        return len(self._kept)

    async def find(self, question: Question) -> KeptReply | None:
        """Return the reply to a question, if need be once it has been made for another request."""
        kept = self._kept.get(question)
        if kept is None and question in self._making:
            made = self._making[question] = self._making[question] or asyncio.Event()
            await made.wait()
            kept = self._kept.get(question)
        if kept is not None:
            self._kept.move_to_end(question)
        return kept

    def find_shared(self, question: Question) -> KeptReply | None:
        """Return the reply to the same question of whoever asked it last, if all get it who see the same."""
        asked = self._shared.get(question[1:])
        return None if asked is None else self._kept.get(asked)

    def begin(self, question: Question) -> bool:
        """Let others with the same question wait until its reply is made; False where somebody makes it already."""
        if question in self._making:
            return False
        self._making[question] = None
        return True

    def end(self, question: Question) -> None:
        """Let them see whether it is kept."""
        made = self._making.pop(question)
        if made is not None:
            made.set()

    def keep(self, question: Question, reply: KeptReply) -> None:
        """Keep a reply instead of those that nobody has asked for the longest time."""
        if _size_of(question, reply) + len(reply.body) > self.max_bytes // SHARE_OF_ONE:
            return
        self._forget(question)
        self._kept[question] = reply
        self.bytes += _size_of(question, reply) + self._hold(reply.body, 1)
        if reply.origin is not None:
            self._shared[question[1:]] = question
        while self.bytes > self.max_bytes:
            self._forget(next(iter(self._kept)))

    def _forget(self, question: Question) -> None:
        reply = self._kept.pop(question, None)
        if reply is None:
            return
        self.bytes -= _size_of(question, reply) + self._hold(reply.body, -1)
        if self._shared.get(question[1:]) == question:
            del self._shared[question[1:]]

    def _hold(self, body: bytes, more: int) -> int:
        """Count the entries with a body, which are several where people share it; return what it takes or frees."""
        before = self._holders.get(id(body), 0)
        self._holders[id(body)] = before + more
        if before + more == 0:
            del self._holders[id(body)]
        return len(body) if 0 in (before, before + more) else 0


def _size_of(question: Question, reply: KeptReply) -> int:
    """Return what an entry takes without its body; to whom it was given, it names twice."""
    shared = BYTES_OF_ORIGIN + READERS_IN_ORIGIN * len(question.reader) if reply.origin else 0
    return BYTES_OF_ENTRY + len(question.reader) + len(question.path) + len(question.query) + shared
