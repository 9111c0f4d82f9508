"""Names of files as clients of all kinds send them."""

from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import Client

FORM = {"content-type": "multipart/form-data; boundary=frontier"}
ENCODED_WORD = "=?utf-8?B?w6kudHh0?="


def form(parameters: bytes) -> bytes:
    head = b'--frontier\r\nContent-Disposition: form-data; name="file"; ' + parameters
    return head + b"\r\n\r\nhello\r\n--frontier--\r\n"


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        (b'filename="a.txt"', "a.txt"),
        ('filename="\u00e9.txt"'.encode(), "\u00e9.txt"),
        ('filename="\u00e9.txt"'.encode("latin-1"), "\u00e9.txt"),
        (f"filename=\"{ENCODED_WORD}\"; filename*=utf-8''%C3%A9.txt".encode(), "\u00e9.txt"),
        (f'filename="{ENCODED_WORD}"'.encode(), "\u00e9.txt"),
        (b"filename*=utf-8''%C3%A9.txt", "\u00e9.txt"),
        (b"filename*=UTF-8'fr'%C3%A9.txt", "\u00e9.txt"),
        (b"filename*=iso-8859-1''%E9.txt", "\u00e9.txt"),
        (b"filename=\"plain.txt\"; filename*=utf-8''%FF.txt", "plain.txt"),
        (b"filename=\"plain.txt\"; filename*=nonsense''a.txt", "plain.txt"),
        (b'filename="100%.txt"', "100%.txt"),
        (b'filename="what=?.txt"', "what=?.txt"),
        ('filename="\u65e5\u672c\u8a9e.pdf"'.encode(), "\u65e5\u672c\u8a9e.pdf"),
    ],
    ids=[
        "plain", "utf-8", "latin-1", "dotnet", "encoded word", "extended", "with a language", "extended latin-1",
        "not utf-8", "no charset", "percent", "looks encoded", "japanese",
    ],
)  # fmt: skip
async def test_the_name_is_kept_as_it_was_meant(
    jane: Client, new_ticket: AsyncCall[Any], parameters: bytes, name: str
) -> None:
    ticket = await new_ticket()
    path = f"/api/tickets/{ticket['id']}/attachments"
    reply = await jane.request("POST", path, content=form(parameters), headers=FORM)
    assert (reply.status, reply.body["data"]["filename"] if reply.status == 201 else reply.body) == (201, name)
