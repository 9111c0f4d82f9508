"""Decode a picture that somebody sent, and encode a small square of it anew.

Only the process of a worker imports this: decoders meet hostile input, and Pillow is large.
"""

import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from codimir.pictures.schemas import MAX_PIXELS, Thumbnail

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
SIDE = 256
"""In pixels"""
QUALITY = 85
BACKGROUND = (255, 255, 255, 255)
"""Behind what is transparent: initials stand there on pages, and would be seen through it."""
HIGH_BYTE = 1 / 256


def thumbnail(content: bytes) -> Thumbnail:
    """Return the middle square of a picture, upright; of an animation the first frame."""
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we have a bound of our own
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                return Thumbnail(refusal="too_large", width=width, height=height)
            return Thumbnail(_encoded(_square(image)))
    except UnidentifiedImageError:
        return Thumbnail(refusal="not_a_picture")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return Thumbnail(refusal="damaged")


def _square(image: Image.Image) -> Image.Image:
    image.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded no larger than needed
    upright = ImageOps.exif_transpose(image)
    small = ImageOps.fit(_in_eight_bits(upright), (SIDE, SIDE), Image.Resampling.LANCZOS)
    if small.mode != "RGBA":
        return small
    return Image.alpha_composite(Image.new("RGBA", small.size, BACKGROUND), small).convert("RGB")


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture in RGB, or in RGBA where it is transparent somewhere."""
    if image.mode.startswith("I"):  # 16 bits of grey, which `convert` would cut off instead of scaling
        return image.convert("I").point(lambda value: value * HIGH_BYTE).convert("L").convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _encoded(image: Image.Image) -> bytes:
    fresh = Image.new("RGB", image.size)  # what came with the picture, such as where it was taken, stays behind
    fresh.paste(image)
    written = BytesIO()
    fresh.save(written, "WEBP", quality=QUALITY, method=4)
    return written.getvalue()
