"""Pictures as people have them become small squares without metadata; what is none is refused in words."""

import pytest
from PIL import Image

from codimir.pictures.schemas import Thumbnail
from codimir.pictures.thumbnails import SIDE, thumbnail
from tests.pictures.samples import (
    BLUE,
    MAKER,
    ORIENTATION,
    RED,
    WHITE,
    decoded,
    encoded,
    is_like,
    left_and_right,
    noise,
)

CENTRE = (SIDE // 2, SIDE // 2)


def small(content: bytes) -> Image.Image:
    made = thumbnail(content)
    assert made.refusal is None
    return decoded(made.content)


class TestThumbnail:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
    def test_every_format_becomes_a_square_webp(self, kind: str) -> None:
        image = small(encoded(left_and_right(), kind))
        assert (image.format, image.size, image.mode) == ("WEBP", (SIDE, SIDE), "RGB")
        assert is_like(image.getpixel((10, 128)), BLUE)
        assert is_like(image.getpixel((245, 128)), RED)

    def test_it_stands_upright_and_forgets_where_it_was_taken(self) -> None:
        told = Image.Exif()
        told[ORIENTATION], told[MAKER] = 6, "A camera"
        image = small(encoded(left_and_right(), "JPEG", exif=told, quality=95))
        assert is_like(image.getpixel((128, 10)), BLUE)
        assert is_like(image.getpixel((128, 245)), RED)
        assert not image.getexif()
        assert not image.info.keys() & {"exif", "xmp", "icc_profile"}

    def test_of_an_animation_the_first_frame(self) -> None:
        frames = [Image.new("RGB", (40, 40), colour) for colour in (RED, BLUE)]
        assert is_like(small(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])).getpixel(CENTRE), RED)

    def test_sixteen_bits_of_grey_stay_grey(self) -> None:
        assert is_like(small(encoded(Image.new("I;16", (40, 40), 0x8000))).getpixel(CENTRE), (128, 128, 128))

    def test_colours_for_print(self) -> None:
        assert is_like(small(encoded(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG")).getpixel(CENTRE), RED)

    @pytest.mark.parametrize("mode", ["RGBA", "LA"])
    def test_what_is_transparent_is_white(self, mode: str) -> None:
        assert is_like(small(encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 0)).convert(mode))).getpixel(CENTRE), WHITE)

    def test_a_transparent_palette(self) -> None:
        assert is_like(small(encoded(Image.new("P", (40, 40), 0), transparency=0)).getpixel(CENTRE), WHITE)

    def test_one_pixel_is_enough(self) -> None:
        assert is_like(small(encoded(Image.new("RGB", (1, 1), RED))).getpixel(CENTRE), RED)


class TestRefused:
    @pytest.mark.parametrize("content", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
    def test_what_is_no_picture(self, content: bytes) -> None:
        assert thumbnail(content).refusal == "not_a_picture"

    def test_a_format_that_is_not_taken(self) -> None:
        assert thumbnail(encoded(left_and_right(), "TIFF")).refusal == "not_a_picture"

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
    def test_half_a_picture(self, kind: str) -> None:
        whole = encoded(noise(), kind)
        assert thumbnail(whole[: len(whole) // 2]).refusal == "damaged"

    def test_too_many_pixels_are_not_decoded(self) -> None:
        content = encoded(Image.new("1", (10_001, 5_001)))
        assert len(content) < 10_000
        assert thumbnail(content) == Thumbnail(refusal="too_large", width=10_001, height=5_001)
