"""A grey stand-in for the certification mark, which is not ours to draw."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw


def picture(
    width: int = 400, height: int = 400, *, kind: str = "PNG", clear: bool = True, **options: Any
) -> bytes:
    """A grey disc; *clear*: on a transparent ground."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0) if clear else "#ffffff")
    ImageDraw.Draw(image).ellipse((4, 4, width - 5, height - 5), fill="#8c8c8c")
    out = io.BytesIO()
    (image if clear else image.convert("RGB")).save(out, kind, **options)
    return out.getvalue()


def ring(shade: str = "#8c8c8c", *, size: int = 400, alpha: int = 255) -> bytes:
    """A ring of *shade* on a transparent ground, *alpha* of 255 opaque."""
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    edge, thick = size // 20, size // 5
    ImageDraw.Draw(image).ellipse(
        (edge, edge, size - edge, size - edge), outline=shade, width=thick
    )
    image.putalpha(image.getchannel("A").point(lambda value: value * alpha // 255))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
