"""Shapes of pictures."""

import msgspec


class Thumbnail(msgspec.Struct):
    """A WebP of 256 by 256 pixels without any metadata, or what is wrong with the picture."""

    content: bytes = b""
    problem: str = ""
