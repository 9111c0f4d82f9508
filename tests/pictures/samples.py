"""Pictures of every kind, as encoders make them."""

from io import BytesIO
from typing import Any

from PIL import Image

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)
ORIENTATION, MAKER = 0x0112, 0x010F


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Return a picture as a file."""
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def decoded(content: bytes) -> Image.Image:
    """Return a file as a picture."""
    return Image.open(BytesIO(content))


def left_and_right() -> Image.Image:
    """Return a picture that is blue at the left and red at the right."""
    image = Image.new("RGB", (100, 50), RED)
    image.paste(BLUE, (0, 0, 50, 50))
    return image


def noise(mode: str = "RGB") -> Image.Image:
    """Return a picture of which every byte counts."""
    return Image.effect_noise((300, 300), 90).convert(mode)


def is_like(found: Any, wanted: tuple[int, int, int]) -> bool:
    """Return whether two colours differ by no more than what is lost in encoding."""
    return all(abs(one - other) <= 8 for one, other in zip(found, wanted, strict=True))
