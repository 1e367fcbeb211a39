"""Pictures as they are kept: upright, of their pixels alone, without where and when they were taken."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.channels.base import LARGEST_MEDIUM, MediumRefused

#: Pictures are kept no larger than this, in pixels: a phone's photo fills a screen, and a forged one does not fill the memory.
LONGEST_SIDE: Final = 2_048
MOST_PIXELS: Final = 60_000_000


def clean(content: bytes, content_type: str) -> tuple[bytes, str]:
    """What is kept of a medium: a picture upright, of its pixels alone and no larger than a screen; anything else as it is.

    Raises `MediumRefused` for a picture that cannot be read, or that would fill the memory.
    """
    if len(content) > LARGEST_MEDIUM:
        raise MediumRefused(f"larger than {LARGEST_MEDIUM} bytes")
    if not content_type.startswith("image/"):
        return content, content_type
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise MediumRefused(f"a picture of {picture.width} by {picture.height} pixels")
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _written(upright)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError):
        raise MediumRefused("a picture that cannot be read") from None


def _written(picture: Image.Image) -> tuple[bytes, str]:
    """A picture's pixels as JPEG, or as PNG where it has transparent ones; nothing that it said of itself goes along."""
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    pixels = picture.convert("RGBA" if clear else "RGB")
    pixels.info = {}
    file = io.BytesIO()
    if clear:
        pixels.save(file, "PNG", optimize=True)
        return file.getvalue(), "image/png"
    pixels.save(file, "JPEG", quality=85, exif=b"")
    return file.getvalue(), "image/jpeg"
