"""Receive the file of a multipart form as a stream: what arrives is handed on at once and never held whole.

Litestar's own forms spool to a temporary file, keep every other part in memory, and know one limit per route only.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from email.header import decode_header, make_header
from email.message import Message
from hashlib import blake2b
from typing import Any

from litestar.exceptions import InternalServerException
from multipart import (
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    content_disposition_unquote,
    parse_options_header,
)

from codimir.http.errors import InvalidInput, PayloadTooLarge, UnsupportedMediaType
from codimir.http.headers import IDEMPOTENCY_KEY
from codimir.http.requests import HttpRequest
from codimir.http.validation_messages import label_of
from codimir.problems.problem import Problem, Problems

FORM_OVERHEAD = 64 * 1024
"""How many bytes a form may have besides its file."""
MAX_PARTS = 20
ANY_BYTES = "latin-1"
"""How the headers of parts are read: none is refused for its bytes, and `sent_filename` finds out what they mean."""
FIELD = "file"
"""The name of the part that holds the file."""

Parts = AsyncIterator[MultipartSegment | bytes | None]
"""The head of a part, some of its bytes, or None at its end."""


class Upload:
    """The one file of a form: its name and its kind as they were sent, and its bytes, to be read once."""

    def __init__(self, parts: Parts, field: str, max_bytes: int, *, digests: bool = False) -> None:
        self.filename = ""
        self.content_type = ""
        self.size = 0
        self._parts = parts
        self._field = field
        self._max_bytes = max_bytes
        self._problems: Problems = {}
        self._digest = blake2b() if digests else None

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Return the bytes of the file; they are right only when the end is reached.

        Raises PayloadTooLarge, and InvalidInput when the form breaks off or has other parts too.
        """
        is_in_file = True
        async for part in self._parts:
            if part is None:
                is_in_file = False
            elif isinstance(part, MultipartSegment):
                self._refuse(part)
            elif is_in_file:
                self.size += len(part)
                if self.size > self._max_bytes:
                    raise too_large(self._max_bytes)
                if self._digest is not None:
                    self._digest.update(part)
                yield part
        if self._problems:
            raise InvalidInput(details=self._problems)

    async def find(self) -> None:
        """Read up to the first byte of the file."""
        async for part in self._parts:
            if not isinstance(part, MultipartSegment):
                continue
            filename = sent_filename(part.header("Content-Disposition") or "")
            if part.name == self._field and filename and not self._problems:
                self.filename, self.content_type = filename, part.content_type or ""
                return
            self._refuse(part)
        self._problems.setdefault(self._field, [Problem("required", field=label_of(self._field))])
        raise InvalidInput(details=self._problems)

    def said(self) -> Sequence[bytes]:
        """Return what tells this file from others, when its end is reached."""
        digest = b"" if self._digest is None else self._digest.digest()
        return (self.filename.encode(), self.content_type.encode(), digest)

    def _refuse(self, part: MultipartSegment) -> None:
        if part.name != self._field:
            problem = Problem("unknown_field", known=self._field)
        elif sent_filename(part.header("Content-Disposition") or ""):
            problem = Problem("one_file_only")
        else:
            problem = Problem("required", field=label_of(self._field))
        self._problems.setdefault(_decoded_bytes(part.name or "body"), [problem])


class FileForm:
    """The form with one file that a request sends: nothing of it is read before the file is asked for."""

    def __init__(self, request: HttpRequest, max_bytes: int) -> None:
        self._request = request
        self._max_bytes = max_bytes
        self._upload: Upload | None = None

    async def file(self) -> Upload:
        """Find the file, as `receive_file` does."""
        self._upload = await receive_file(self._request, FIELD, self._max_bytes)
        return self._upload

    async def drain(self) -> None:
        """Take in the file and keep nothing of it but what tells it from others."""
        async for _ in (await self.file()).chunks():
            pass

    def said(self) -> Sequence[bytes]:
        """Return what tells this form from others, when the end of its file is reached."""
        return () if self._upload is None else self._upload.said()


async def receive_file(request: HttpRequest, field: str, max_bytes: int) -> Upload:
    """Find the file in the part of a form that has this name.

    Raises UnsupportedMediaType when it is no form, PayloadTooLarge as soon as it is known to be, and InvalidInput that
    names every wrong part.
    """
    content_type, options = request.content_type
    if content_type != "multipart/form-data":
        raise UnsupportedMediaType(Problem("multipart_expected", field=field))
    if (request.content_length or 0) > max_bytes + FORM_OVERHEAD:
        raise too_large(max_bytes)
    parts = _parts(request, options.get("boundary", ""), max_bytes)
    upload = Upload(parts, field, max_bytes, digests=IDEMPOTENCY_KEY in request.headers)
    await upload.find()
    return upload


def too_large(max_bytes: int) -> PayloadTooLarge:
    """Return how large a file may be."""
    return PayloadTooLarge(Problem("file_too_large", limit=max_bytes))


def sent_filename(disposition: str) -> str:
    """Return the name of a file from the `Content-Disposition` of its part, which was read as Latin-1; "" without one.

    Browsers send the bytes of UTF-8 (WHATWG). Other clients send `filename*` (RFC 8187, though RFC 7578 forbids it in
    forms), which says most and so goes first; encoded words (RFC 2047), as .NET does; or the bytes of Latin-1.
    """
    _, options = parse_options_header(disposition, unquote=content_disposition_unquote)
    if "*" in disposition and (extended := _extended_filename(disposition)):
        return extended
    plain = _decoded_bytes(options.get("filename", ""))
    return str(make_header(decode_header(plain))) if _ENCODED_WORDS.fullmatch(plain) else plain


def _extended_filename(disposition: str) -> str:
    """Return what `filename*` says, which `multipart` leaves out; "" where it cannot be read."""
    header = Message()
    header["content-disposition"] = disposition
    parameters: list[tuple[str, Any]] = header.get_params([], header="content-disposition")
    for name, value in parameters:
        if name == "filename" and isinstance(value, tuple):
            charset, _, text = value
            try:
                return str(text.encode(ANY_BYTES), charset or "utf-8")
            except (LookupError, UnicodeError):
                return ""
    return ""


def _decoded_bytes(text: str) -> str:
    try:
        return text.encode(ANY_BYTES).decode()
    except UnicodeDecodeError:
        return text


_ENCODED_WORDS = re.compile(r"(=\?[\w-]+\?[bq]\?[^?\s]*\?=\s*)+", re.IGNORECASE)


async def _parts(request: HttpRequest, boundary: str, max_bytes: int) -> Parts:
    received = 0
    try:
        parser = PushMultipartParser(boundary, max_segment_count=MAX_PARTS, header_charset=ANY_BYTES)
        async for chunk in request.stream():  # ends with an empty chunk, at which the parser checks that it is whole
            received += len(chunk)
            if received > max_bytes + FORM_OVERHEAD:
                raise too_large(max_bytes)
            for part in parser.parse(chunk):
                yield part
    except MultipartError as error:
        raise InvalidInput.fields(body=Problem("form_unreadable_because", reason=str(error))) from error
    except InternalServerException as error:
        raise InvalidInput.fields(body=Problem("upload_broken_off")) from error
