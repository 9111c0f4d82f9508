"""What a process asked of the file system and answered to its clients, in order, as `strace` saw it.

Every call has a beginning and an end, between which others go on. `strace` stops a thread at both, and so its order is
never another one than that of what follows from each other: what a thread does after a call has returned to it, or to
another that told it so, stands behind the end of that call.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tools.simulated_disk import Change, File, Folder, Naming, Sync, Truncation, Write, put_names

TRACED = (
    "openat", "creat", "mkdir", "mkdirat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "link",
    "linkat", "symlink", "symlinkat", "write", "pwrite64", "writev", "pwritev", "pwritev2", "sendto", "sendmsg",
    "fsync", "fdatasync", "sync_file_range", "ftruncate", "truncate", "fallocate", "copy_file_range", "sendfile",
    "splice", "lseek", "io_uring_setup",
)  # fmt: skip
MAX_SHOWN = 200
NEVER_READ_AGAIN = "-shm"
"""What SQLite writes about its log in memory that processes share; it is made anew after a power cut."""


class NotUnderstood(Exception):
    """A call changes the folder in a way that this file knows nothing of, so no image would be true."""


class Sent(NamedTuple):
    """Bytes that go to a client on a connection."""

    connection: str
    data: bytes


class Step(NamedTuple):
    """The beginning or the end of something."""

    is_end: bool
    what: Change | Sync | Sent


def is_there() -> bool:
    """Return whether processes can be traced here; some containers forbid it."""
    command = shutil.which("strace")
    return command is not None and subprocess.run([command, "-o", os.devnull, "true"], check=False).returncode == 0  # noqa: S603 - of this file


def tracing(log: Path) -> list[str]:
    """Return what stands before a command whose calls are written to a file."""
    return [
        "strace", "-f", "-yy", "-xx", "-s", "10000000", "--seccomp-bpf", "-e", "signal=none",
        "-e", f"trace={','.join(TRACED)}", "-o", str(log),
    ]  # fmt: skip


def steps_of(logs: Iterable[Path], folder: Path) -> Iterator[Step]:
    """Read what processes, one after the other, did to a folder that was empty before them, and what they sent.

    Raises NotUnderstood.
    """
    names: dict[str, File | Folder] = {}
    for log in logs:
        yield from _steps_in(log, _Reader(folder, names))


def _steps_in(log: Path, reader: "_Reader") -> Iterator[Step]:
    begun: dict[str, tuple[str, Change | Sync | Sent | None]] = {}
    with log.open(encoding="ascii") as lines:
        for line in lines:
            process, text = line.rstrip("\n").split(None, 1)
            if (resumed := _RESUMED.match(text)) is not None:
                call, what = begun.pop(process)
                yield from reader.end(call + resumed[1], what)
            elif _CALL.match(text) is not None:
                call = text.removesuffix(_UNFINISHED)
                what = reader.begin(call)
                if what is not None:
                    yield Step(is_end=False, what=what)
                if call == text:
                    yield from reader.end(call, what)
                else:
                    begun[process] = call, what


_UNFINISHED = " <unfinished ...>"
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)")
_CALL = re.compile(r"(\w+)\((.*)")
_TARGET = re.compile(r"(?:\d+|AT_FDCWD)<(TCP[^\]]*\]|[^<>]*)")
_QUOTED = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_HEX_OF_PATH = re.compile(r"(?:\\x[0-9a-f]{2})+")
_FAILED = re.compile(r"\) += -1 ")
_OPENED = re.compile(r"\) += (\d+)<([^<>]*)>")
_RETURNED = re.compile(r"\) += (\d+)")
_NUMBERS = re.compile(r", (\d+)")
_CHANGES_NAMES = ("mkdir", "rename", "unlink", "rmdir")


class _Reader:
    """Knows which file has which name, and where each descriptor stands."""

    def __init__(self, folder: Path, names: dict[str, File | Folder]) -> None:
        self._folder = str(folder)
        self._names = names
        self._positions: dict[tuple[str, str], int] = {}

    def begin(self, text: str) -> Change | Sync | Sent | None:
        """Read a call that begins; None where it changes nothing that counts."""
        name, arguments = _parted(text)
        if name.startswith(_CHANGES_NAMES):
            return self._naming(name, arguments)
        target = _TARGET.match(arguments)
        if target is None:
            return None
        if target[1].startswith("TCP"):
            return Sent(target[1], b"".join(map(_bytes, _QUOTED.findall(arguments))))
        path = self._path(_text(target[1]))
        if path is None or name in ("openat", "lseek"):
            return None
        if name in ("fsync", "fdatasync"):
            found = self._names.get(path)
            return Sync(found if isinstance(found, File) else path) if found is not None or path == "." else None
        return self._change(name, arguments, path)

    def end(self, text: str, what: Change | Sync | Sent | None) -> Iterator[Step]:
        """Read a call that has ended: only now it is known whether it did anything, and of a new file that it is new.

        Raises NotUnderstood for a write that failed, or did less than it should.
        """
        name, arguments = _parted(text)
        if text.endswith("?"):  # the process was killed in it
            return
        if _FAILED.search(text):
            if what is not None:
                raise NotUnderstood(text[:MAX_SHOWN])
            return
        if name == "openat":
            yield from self._opened(text, arguments)
        elif name == "lseek":
            self._seek(text, arguments)
        elif isinstance(what, Write | Sent) and _returned(text) != len(what.data):
            raise NotUnderstood(text[:MAX_SHOWN])
        elif isinstance(what, Naming):
            put_names(self._names, what)
        if what is not None and not isinstance(what, Sent):
            yield Step(is_end=True, what=what)

    def _opened(self, text: str, arguments: str) -> Iterator[Step]:
        opened = _OPENED.search(text)
        if opened is None or (path := self._path(_text(opened[2]))) is None:
            return
        if "O_APPEND" in arguments:
            raise NotUnderstood(text[:MAX_SHOWN])
        self._positions[opened[1], path] = 0
        if path in self._names or path == ".":
            if "O_TRUNC" in arguments and isinstance(file := self._names[path], File):
                yield from _at_once(Truncation(file, 0))
            return
        self._names[path] = File()
        yield from _at_once(Naming({path: self._names[path]}))

    def _change(self, name: str, arguments: str, path: str) -> Change:
        file = self._names.get(path)
        if not isinstance(file, File):
            raise NotUnderstood(f"{name} of {path}")
        numbers = [int(each) for each in _NUMBERS.findall(_QUOTED.sub('""', arguments))]
        data = b"".join(map(_bytes, _QUOTED.findall(arguments)))
        if name in ("pwrite64", "pwritev"):
            return Write(file, numbers[-1], data)
        if name in ("write", "writev"):
            place = (arguments.partition("<")[0], path)
            offset = self._positions.get(place, 0)
            self._positions[place] = offset + len(data)
            return Write(file, offset, data)
        if name == "ftruncate":
            return Truncation(file, numbers[0])
        raise NotUnderstood(f"{name} of {path}")

    def _naming(self, name: str, arguments: str) -> Naming | None:
        quoted = [_bytes(each).decode() for each in _QUOTED.findall(arguments)]
        above = _TARGET.match(arguments)
        base = _text(above[1]) if above is not None else ""
        paths = [self._path(str(PurePosixPath(base, each))) for each in quoted]
        if None in paths:
            return None
        [first, *rest] = [str(path) for path in paths]
        if name.startswith("mkdir"):
            return Naming({first: Folder()}) if first not in (".", *self._names) else None
        if first not in self._names:
            return None
        return Naming({first: None, **dict.fromkeys(rest, self._names[first])})

    def _seek(self, text: str, arguments: str) -> None:
        target = _TARGET.match(arguments)
        path = None if target is None else self._path(_text(target[1]))
        if path is not None:
            self._positions[arguments.partition("<")[0], path] = _returned(text)

    def _path(self, path: str) -> str | None:
        """Return a path from the folder on, or None for what is elsewhere, gone, or never read again."""
        if path == self._folder:
            return "."
        if not path.startswith(f"{self._folder}/") or path.endswith((NEVER_READ_AGAIN, "(deleted)")):
            return None
        return path.removeprefix(f"{self._folder}/")


def _at_once(change: Change) -> Iterator[Step]:
    yield Step(is_end=False, what=change)
    yield Step(is_end=True, what=change)


def _parted(text: str) -> tuple[str, str]:
    found = _CALL.match(text)
    return (found[1], found[2]) if found is not None else ("", "")


def _returned(text: str) -> int:
    return int(_RETURNED.findall(text)[-1])


def _bytes(quoted: str) -> bytes:
    return bytes.fromhex(quoted.replace("\\x", ""))


def _text(path: str) -> str:
    return _HEX_OF_PATH.sub(lambda found: _bytes(found[0]).decode(), path)
