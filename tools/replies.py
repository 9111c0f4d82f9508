"""Which changes a server acknowledged, and when, read from the bytes that it sent."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from tools.system_calls import Sent, Step

HEAD_END = b"\r\n\r\n"


class Acknowledged(NamedTuple):
    """Something that a reply says is there now."""

    kind: Literal["ticket", "comment", "attachment"]
    id: str
    shown: dict[str, Any]


def read_replies(steps: Sequence[Step]) -> Iterator[tuple[int, Acknowledged]]:
    """Yield what each reply of success acknowledges, with the number of the step in which it began to be sent."""
    found = [each for sent in _by_connection(steps) for each in _replies_on(sent)]
    for number, body in sorted(found, key=lambda each: each[0]):
        data = msgspec.json.decode(body).get("data") if body.startswith(b"{") else None
        kind = data["id"].partition("_")[0] if isinstance(data, dict) and "id" in data else ""
        if kind == "ticket":
            yield number, Acknowledged("ticket", data["id"], data)
        elif kind == "comment":
            yield number, Acknowledged("comment", data["id"], data)
        elif kind == "attachment":
            yield number, Acknowledged("attachment", data["id"], data)


def _by_connection(steps: Sequence[Step]) -> list[list[tuple[int, bytes]]]:
    """Return what was sent on each connection; what goes on after the end of another one of its name is its own too."""
    sent: dict[str, list[tuple[int, bytes]]] = {}
    for number, step in enumerate(steps):
        if isinstance(step.what, Sent) and not step.is_end:
            sent.setdefault(step.what.connection, []).append((number, step.what.data))
    return list(sent.values())


def _replies_on(sent: list[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Yield the bodies of the replies of success, with the step in which each reply began."""
    stream, starts = b"", []
    for number, data in sent:
        starts.append((len(stream), number))
        stream += data
    at = 0
    while (end := stream.find(HEAD_END, at)) > 0:
        head = stream[at:end].decode("latin-1").lower()
        length = next(int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:"))
        body = stream[end + len(HEAD_END) :][:length]
        if head.split()[1].startswith("2") and len(body) == length:
            yield max(number for start, number in starts if start <= at), body
        at = end + len(HEAD_END) + length
