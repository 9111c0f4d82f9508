"""Shapes of pictures."""

from typing import Literal

import msgspec

MAX_PIXELS = 50_000_000
"""Of how many pixels a picture is decoded"""


class Thumbnail(msgspec.Struct):
    """A WebP of 256 by 256 pixels without any metadata, or what is wrong with the picture."""

    content: bytes = b""
    refusal: Literal["too_large", "not_a_picture", "damaged"] | None = None
    width: int = 0
    height: int = 0
