"""What is on a disk after a power cut: everything that was synced, and of everything else any part.

Files are what a POSIX file system promises of them and no more. A write is safe once a sync of its file, which began
after it had ended, has returned; a name once its folder was synced so. Until then each 512 or 4,096 bytes of a write
may be there or not, in any order, whatever other writes are; and so may each change of a name. What a write does not
touch it does not change, as SQLite assumes too (https://sqlite.org/psow.html).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from random import Random
from typing import Literal

Loss = Literal["everything", "nothing", "writes", "sectors", "pages"]
"""What of the unsynced is lost: all, nothing, whole writes by chance, or parts of them of 512 or of 4,096 bytes"""
BYTES_OF: dict[Loss, int] = {"sectors": 512, "pages": 4096}


class File:
    """A file: its bytes that are safe, and the changes that are not yet, in their order."""

    def __init__(self, content: bytes = b"") -> None:
        self.safe = bytearray(content)
        self.pending: list[Write | Truncation] = []


class Folder:
    """A folder, which has a name of its own."""


@dataclass(frozen=True, eq=False)
class Write:
    """Bytes that are written to a place of a file."""

    file: File
    offset: int
    data: bytes


@dataclass(frozen=True, eq=False)
class Truncation:
    """A file gets a size."""

    file: File
    size: int


@dataclass(frozen=True, eq=False)
class Naming:
    """Paths get something in the place of what they had, or nothing; of a renaming both at once."""

    names: Mapping[str, File | Folder | None]


@dataclass(frozen=True, eq=False)
class Sync:
    """Everything that has ended of a file, or of the names in a folder, becomes safe."""

    what: File | str


Change = Write | Truncation | Naming
Image = dict[str, bytes | None]
"""The files by their paths; None for folders"""


class SimulatedDisk:
    """A disk that is changed step by step; each change and each sync has a beginning and an end."""

    def __init__(self, names: Mapping[str, File | Folder]) -> None:
        self._names = dict(names)
        self._renamed: list[Naming] = []
        self._under_way: set[Change] = set()
        self._syncing: dict[Sync, set[Change]] = {}

    def begin(self, step: Change | Sync) -> None:
        """Begin a change, which may be on the disk from now on, or a sync of what has ended."""
        if isinstance(step, Sync):
            unsynced: Iterable[Change] = step.what.pending if isinstance(step.what, File) else self._renamed_in(step)
            self._syncing[step] = set(unsynced) - self._under_way
            return
        self._under_way.add(step)
        if isinstance(step, Naming):
            self._renamed.append(step)
        else:
            step.file.pending.append(step)

    def end(self, step: Change | Sync) -> None:
        """End a change or a sync."""
        if not isinstance(step, Sync):
            self._under_way.remove(step)
            return
        safe = self._syncing.pop(step)
        if isinstance(step.what, File):
            for change in step.what.pending:
                if change in safe:
                    _apply(step.what.safe, change)
            step.what.pending = [each for each in step.what.pending if each not in safe]
        else:
            for naming in self._renamed:
                if naming in safe:
                    put_names(self._names, naming)
            self._renamed = [each for each in self._renamed if each not in safe]

    def image(self, loss: Loss, rng: Random) -> Image:
        """Return what is on the disk when the power is cut now."""
        names = dict(self._names)
        for naming in self._renamed:
            if _is_kept(loss, rng):
                put_names(names, naming)
        return {
            path: _content(found, loss, rng) if isinstance(found, File) else None
            for path, found in names.items()
            if all(str(above) in names for above in list(PurePosixPath(path).parents)[:-1])
        }

    def _renamed_in(self, sync: Sync) -> list[Naming]:
        return [each for each in self._renamed if any(str(PurePosixPath(p).parent) == sync.what for p in each.names)]


def put_names(names: dict[str, File | Folder], naming: Naming) -> None:
    """Give paths what they have after a change of names."""
    for path, found in naming.names.items():
        if found is None:
            names.pop(path, None)
        else:
            names[path] = found


def _is_kept(loss: Loss, rng: Random) -> bool:
    return loss == "nothing" or (loss != "everything" and rng.random() < 1 / 2)


def _content(file: File, loss: Loss, rng: Random) -> bytes:
    content = bytearray(file.safe)
    for change in file.pending:
        for part in _parts(change, loss):
            if _is_kept(loss, rng):
                _apply(content, part)
    return bytes(content)


def _parts(change: Write | Truncation, loss: Loss) -> Iterator[Write | Truncation]:
    """Yield the parts of a change that are lost or kept by themselves."""
    if isinstance(change, Truncation) or loss not in BYTES_OF:
        yield change
        return
    size, start, end = BYTES_OF[loss], change.offset, change.offset + len(change.data)
    while start < end:
        stop = min(end, (start // size + 1) * size)
        yield Write(change.file, start, change.data[start - change.offset : stop - change.offset])
        start = stop


def _apply(content: bytearray, change: Write | Truncation) -> None:
    if isinstance(change, Truncation):
        del content[change.size :]
        content.extend(bytes(change.size - len(content)))
    else:
        content.extend(bytes(max(0, change.offset - len(content))))
        content[change.offset : change.offset + len(change.data)] = change.data
