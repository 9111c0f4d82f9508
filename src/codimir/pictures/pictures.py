"""Keep the pictures of people in the file store, each decoded and encoded anew before."""

import logging

from codimir.attachments.storage import FileStore
from codimir.http.errors import InvalidInput, ServiceUnavailable
from codimir.kit.worker_process import TimeLimitExceeded, WorkerError, WorkerProcess
from codimir.pictures.addresses import UPLOADED, digest_of, digest_of_address, storage_key
from codimir.pictures.schemas import MAX_PIXELS, Thumbnail
from codimir.problems.problem import Problem

CPU_SECONDS = 5.0
MEMORY_BYTES = 1024 * 1024 * 1024
"""The address space of the process that decodes: 50 million pixels in RGBA are 200 MB, and filters need copies."""
IDLE_SECONDS = 30.0
THUMBNAIL = "codimir.pictures.thumbnails:thumbnail"

log = logging.getLogger("codimir")


class Pictures:
    """The pictures of people."""

    def __init__(self, files: FileStore) -> None:
        self._files = files
        self._worker = WorkerProcess(memory_bytes=MEMORY_BYTES, idle_seconds=IDLE_SECONDS)

    async def keep_upload(self, content: bytes) -> str:
        """Keep a picture that somebody uploaded and return its address.

        Raises InvalidInput when it cannot be read, ServiceUnavailable when there is no room.
        """
        small = await self._thumbnail(content)
        digest = digest_of(small)
        await self._files.put_at(storage_key(digest), small)
        return f"{UPLOADED}{digest}"

    async def keep_copy(self, address: str, content: bytes) -> None:
        """Keep a copy of what is at an address elsewhere. Raises as `keep_upload` does."""
        await self._files.put_at(storage_key(digest_of_address(address)), await self._thumbnail(content))

    async def has_copy(self, address: str) -> bool:
        """Return whether the picture at an address elsewhere has been copied."""
        return await self._files.has(storage_key(digest_of_address(address)))

    async def read(self, digest: str) -> bytes:
        """Return a picture as WebP. Raises NotFound."""
        return await self._files.read(storage_key(digest))

    def stop(self) -> None:
        """Decode nothing more."""
        self._worker.stop()

    async def close(self) -> None:
        """End the process that decodes."""
        await self._worker.close()

    async def _thumbnail(self, content: bytes) -> bytes:
        try:
            made = await self._worker.call(THUMBNAIL, content, returns=Thumbnail, cpu_seconds=CPU_SECONDS)
        except TimeLimitExceeded as error:
            raise InvalidInput.fields(file=Problem("picture_too_slow")) from error
        except WorkerError as error:
            log.warning("a picture could not be read: %s", error)
            raise ServiceUnavailable from error
        if made.refusal is not None:
            raise InvalidInput.fields(file=_problem_of(made))
        return made.content


def _problem_of(refused: Thumbnail) -> Problem:
    if refused.refusal == "too_large":
        return Problem("picture_too_large", width=refused.width, height=refused.height, limit=MAX_PIXELS)
    return Problem("picture_damaged" if refused.refusal == "damaged" else "not_a_picture")
