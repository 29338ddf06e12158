"""Photos: decodes pictures of products and draws them again, so that nothing of the sent file is
kept.

Re-encoding removes EXIF with its GPS position (personal data), and whatever else may hide in a
picture file. The name is the hash of what was sent: the same picture is stored once.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from labelsvc.errors import FileMissing, PhotoRefused
from labelsvc.files import Files

#: Pictures of one product.
MAX_PHOTOS: Final = 6
MOST_BYTES: Final = 15_000_000
#: 50 megapixels is more than any phone of a producer takes; it is 150 MB decoded.
MOST_PIXELS: Final = 50_000_000
LEAST_SIDE: Final = 200
FORMATS: Final = ("JPEG", "PNG", "WEBP")
#: Longest side in pixels of the large and of the small picture.
LARGE, SMALL = 1600, 640
#: What the small picture may weigh: it is the heaviest part of the scan page.
SMALL_BYTES: Final = 40_000
_QUALITIES = (82, 74, 66, 58, 50, 42, 34, 26)


@dataclass(frozen=True)
class StoredPhoto:
    """*key* without the ending, see `variants`; *width* and *height* of the large picture."""

    key: str
    width: int
    height: int


def variants(key: str) -> tuple[str, ...]:
    """Keys of the four files of a photo: large and small, JPEG and WebP."""
    return f"{key}.jpg", f"{key}.webp", f"{key}-small.jpg", f"{key}-small.webp"


def store_photo(files: Files, data: bytes) -> StoredPhoto:
    """Draw a sent picture again in four variants and store them.

    :param data: a JPEG, PNG or WebP file of at most 15 MB and 50 megapixels.
    :raises PhotoRefused: it is something else, too large, too small or damaged.
    """
    large = _decoded(data)
    small = large.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    stored = StoredPhoto(f"photos/{hashlib.sha256(data).hexdigest()[:32]}", *large.size)
    made = (
        _encoded(large, "JPEG", 84),
        _encoded(large, "WEBP", 80),
        _light(small, "JPEG"),
        _light(small, "WEBP"),
    )
    for key, blob in zip(variants(stored.key), made, strict=True):
        files.put(key, blob)
    return stored


def lost(files: Files, key: str) -> list[str]:
    """Keys of the files of a photo that are gone, or no pictures any more."""
    return [name for name in variants(key) if _read(files, name) is None]


def draw_again(files: Files, key: str) -> bool:
    """Make lost files of a photo from one of its large ones; False where neither is left."""
    large = _read(files, variants(key)[0]) or _read(files, variants(key)[1])
    if large is None:
        return False
    small = large.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    made = (
        _encoded(large, "JPEG", 84),
        _encoded(large, "WEBP", 80),
        _light(small, "JPEG"),
        _light(small, "WEBP"),
    )
    for name, blob in zip(variants(key), made, strict=True):
        if _read(files, name) is None:
            files.put(name, blob)
    return True


def _read(files: Files, key: str) -> Image.Image | None:
    try:
        with Image.open(io.BytesIO(files.get(key)), formats=FORMATS) as source:
            source.load()
            return source.convert("RGB")
    except (FileMissing, OSError, SyntaxError, ValueError):
        return None


def redrawn(data: bytes) -> tuple[bytes, int, int]:
    """A sent picture drawn again as a JPEG without metadata, its width and height.

    :raises PhotoRefused: as `store_photo`.
    """
    image = _decoded(data)
    return _encoded(image, "JPEG", 84), *image.size


def _decoded(data: bytes) -> Image.Image:
    """The picture in sRGB, upright, on white, at most LARGE on its longest side, without metadata."""
    return _on_white(decoded(data, least=LEAST_SIDE, most=LARGE))


def decoded(data: bytes, *, least: int, most: int) -> Image.Image:
    """A sent picture in sRGB, upright, at most *most* pixels on its longest side, without metadata:
    as RGB, or as RGBA where a part of it lets the ground through.

    :raises PhotoRefused: as `store_photo`; *least* pixels are asked for on each side.
    """
    if not data:
        raise PhotoRefused("The file is empty.", fix="Choose the picture again.")
    if len(data) > MOST_BYTES:
        raise PhotoRefused(
            "The picture has {size} MB, {most} are allowed.",
            fix="Send it in a smaller size.",
            size=round(len(data) / 1e6, 1),
            most=MOST_BYTES // 1_000_000,
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns where we refuse
            with Image.open(io.BytesIO(data), formats=FORMATS) as source:
                _check_size(*source.size, least)
                # JPEG can be decoded at a fraction of its size: less memory, less time.
                source.draft("RGB", (most * 2, most * 2))
                source.load()
                upright = ImageOps.exif_transpose(source)
                # Colours first: an icc profile belongs to the picture's own mode.
                made = _plain(_in_srgb(upright))
    except PhotoRefused:
        raise
    except UnidentifiedImageError:
        raise PhotoRefused(
            "This is not a JPEG, PNG or WebP picture.",
            fix="Choose a photo, or save it as JPEG first.",
        ) from None
    except Image.DecompressionBombError:
        raise PhotoRefused("The picture has too many pixels.", fix="Send a smaller one.") from None
    except Exception as error:  # decoders raise a dozen kinds for damaged data
        raise PhotoRefused("The picture is damaged.", fix="Choose another one.") from error
    made.thumbnail((most, most), Image.Resampling.LANCZOS)
    clean = Image.new(made.mode, made.size)
    clean.paste(made)  # a new picture has no info dictionary to leak
    return clean


def _check_size(width: int, height: int, least: int) -> None:
    """Before anything is decoded: a file of 1 kB can claim a picture of 4 GB."""
    if width * height > MOST_PIXELS:
        raise PhotoRefused(
            "The picture has {width} × {height} pixels, too many.",
            fix="Send a smaller one.",
            width=width,
            height=height,
        )
    if min(width, height) < least:
        raise PhotoRefused(
            "The picture has only {width} × {height} pixels.",
            fix="Send one of at least {least} pixels on each side.",
            width=width,
            height=height,
            least=least,
        )


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colours as a browser shows them without the profile that is dropped."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    colours = image.convert("RGB") if image.mode == "RGBA" else image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(
            colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a broken profile: the plain values are as good a guess as any
    if made is None:
        return image
    if image.mode == "RGBA":
        made.putalpha(image.getchannel("A"))
    return made


def _plain(image: Image.Image) -> Image.Image:
    """As RGB, or as RGBA where something of it is transparent."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        found = image.convert("RGBA")
        low, _ = found.getchannel("A").getextrema()
        if float(low) < 255:  # type: ignore[arg-type]
            return found
    return image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def _light(image: Image.Image, kind: str) -> bytes:
    """Encoded so that it weighs at most SMALL_BYTES; a busy picture is made smaller at last."""
    while True:
        for quality in _QUALITIES:
            made = _encoded(image, kind, quality)
            if len(made) <= SMALL_BYTES:
                return made
        image = image.resize((image.width * 3 // 4, image.height * 3 // 4))


def _encoded(image: Image.Image, kind: str, quality: int) -> bytes:
    made = io.BytesIO()
    if kind == "JPEG":
        image.save(made, "JPEG", quality=quality, optimize=True, progressive=True)
    else:
        image.save(made, "WEBP", quality=quality, method=4)
    return made.getvalue()
