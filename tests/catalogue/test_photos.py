"""What is stored of a picture: its pixels, upright, in sRGB, on white, and nothing else."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, ImageFile
from PIL.PngImagePlugin import PngInfo

from labelsvc.catalogue.photos import LARGE, SMALL, SMALL_BYTES, redrawn, store_photo, variants
from labelsvc.errors import PhotoRefused
from labelsvc.files import Files
from tests.labels.press.icc_profile import cmyk_profile

SECRETS = (b"21.0285N", b"Nguyen Thi Lan", b"SM-A155F", b"2026:11:05", b"a note")
#: Orientation in EXIF → how the sensor's picture lies, made from the upright one.
TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
CORNERS = {"top left": "red", "top right": "lime", "bottom left": "blue", "bottom right": "yellow"}


def picture(width: int = 480, height: int = 320, mode: str = "RGB") -> Image.Image:
    """A colour in each corner."""
    made = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(made)
    x, y = width // 2, height // 2
    for (left, top), colour in zip(((0, 0), (x, 0), (0, y), (x, y)), CORNERS.values(), strict=True):
        draw.rectangle((left, top, left + x, top + y), fill=colour)
    return made.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **facts: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **facts)
    return out.getvalue()


def told(orientation: int = 1) -> Image.Exif:
    """EXIF as a phone writes it: place, owner, camera, time."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x0110] = "SM-A155F"
    exif[0x013B] = "Nguyen Thi Lan"
    exif[0x010E] = "21.0285N 105.8542E"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:05 08:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (21.0, 1.0, 42.6), 3: "E", 4: (105.0, 51.0, 15.1)})
    return exif


XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><place>21.0285N Nguyen Thi Lan</place></x:xmpmeta>"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_pixels_is_kept(files: Files, kind: str) -> None:
    facts: dict[str, Any] = {"exif": told().tobytes(), "xmp": XMP}
    if kind == "JPEG":
        facts["comment"] = b"a note"
    if kind == "PNG":
        facts["pnginfo"] = PngInfo()
        facts["pnginfo"].add_text("Comment", "a note")
        facts["pnginfo"].add_itxt("XML:com.adobe.xmp", XMP.decode())
        del facts["xmp"]
    sent = encoded(picture(), kind, **facts)
    assert any(secret in sent for secret in SECRETS)
    stored = store_photo(files, sent)
    for key in variants(stored.key):
        kept = files.get(key)
        assert not [secret for secret in SECRETS if secret in kept]
        with Image.open(io.BytesIO(kept)) as image:
            assert not image.getexif()
            assert not {"exif", "xmp", "icc_profile", "comment"} & image.info.keys()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, *TURNED])
def test_the_picture_stands_upright_however_the_phone_was_held(kind: str, orientation: int) -> None:
    upright = picture()
    lying = upright.transpose(TURNED[orientation]) if orientation in TURNED else upright
    made, width, height = redrawn(encoded(lying, kind, exif=told(orientation).tobytes()))
    assert (width, height) == upright.size
    with Image.open(io.BytesIO(made)) as image:
        assert corners(image) == CORNERS


def corners(image: Image.Image) -> dict[str, str]:
    """The nearest of the four colours in each corner."""
    across, down = image.width - 20, image.height - 20
    places = zip(CORNERS, ((20, 20), (across, 20), (20, down), (across, down)), strict=True)
    plain = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0)}
    return {
        name: min(plain, key=lambda c: sum(abs(a - b) for a, b in zip(seen(image, at), plain[c], strict=True)))
        for name, at in places
    }  # fmt: skip


def seen(image: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    found = image.convert("RGB").getpixel(at)
    assert isinstance(found, tuple)
    return tuple(round(one) for one in found)


def test_a_large_picture_is_made_small_enough_for_the_scan_page(files: Files) -> None:
    busy = Image.effect_noise((2000, 1500), 60).convert("RGB")
    stored = store_photo(files, encoded(busy, "JPEG", quality=95))
    assert (stored.width, stored.height) == (LARGE, LARGE * 3 // 4)
    for key in variants(stored.key)[2:]:
        small = files.get(key)
        assert len(small) <= SMALL_BYTES
        with Image.open(io.BytesIO(small)) as image:
            assert max(image.size) <= SMALL


def test_the_same_picture_is_stored_once(files: Files) -> None:
    sent = encoded(picture())
    assert store_photo(files, sent) == store_photo(files, sent)
    assert len(list(files.names("photos"))) == 4


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that unpack to a picture of any size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")  # fmt: skip


@pytest.mark.parametrize("size", [(8000, 7000), (20_000, 20_000), (65_000, 65_000), (2**31 - 1, 1)])
def test_a_pixel_bomb_is_refused_before_it_is_decoded(
    files: Files, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(PhotoRefused, match="pixels"):
        store_photo(files, png_that_claims(*size))
    assert not list(files.names("photos"))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"GIF89a" + bytes(200), "not a JPEG"),
        (encoded(picture(), "GIF"), "not a JPEG"),
        (encoded(picture(), "TIFF"), "not a JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a JPEG"),
        (b"%PDF-1.7\n", "not a JPEG"),
        (encoded(picture(199, 400)), "only 199 × 400"),
        (encoded(picture())[:-2000], "damaged"),
        (bytes(15_000_001), "15 are allowed"),
    ],
)
def test_what_is_no_usable_picture_is_refused_with_a_reason(
    files: Files, data: bytes, says: str
) -> None:
    with pytest.raises(PhotoRefused, match=says):
        store_photo(files, data)
    assert not list(files.names("photos"))


def test_inks_of_a_print_shop_become_colours_of_a_screen() -> None:
    ink = Image.new("CMYK", (300, 300), (255, 0, 0, 0))
    for sent in (encoded(ink), encoded(ink, icc_profile=cmyk_profile())):
        made, *_ = redrawn(sent)
        with Image.open(io.BytesIO(made)) as image:
            assert image.mode == "RGB"
            red, green, blue = seen(image, (150, 150))
            assert red + 40 < green, "cyan ink is no red"
            assert red + 40 < blue


def swapped_profile() -> bytes:
    """sRGB with red and blue exchanged: colours read by it are visibly others."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    count = int.from_bytes(plain[128:132], "big")
    table = {plain[132 + 12 * n : 136 + 12 * n]: 132 + 12 * n for n in range(count)}
    red, blue = table[b"rXYZ"], table[b"bXYZ"]
    made = bytearray(plain)
    made[red + 4 : red + 12], made[blue + 4 : blue + 12] = plain[blue + 4 : blue + 12], plain[red + 4 : red + 12]  # fmt: skip
    return bytes(made)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_colours_are_those_that_the_profile_means(kind: str) -> None:
    made, *_ = redrawn(encoded(Image.new("RGB", (300, 300), "red"), kind, icc_profile=swapped_profile()))  # fmt: skip
    with Image.open(io.BytesIO(made)) as image:
        red, _, blue = seen(image, (150, 150))
        assert blue > 200 > 60 > red


@pytest.mark.parametrize("profile", [b"no profile", swapped_profile()[:200], cmyk_profile()])
def test_a_profile_that_does_not_fit_leaves_the_colours_as_they_are(profile: bytes) -> None:
    made, *_ = redrawn(encoded(picture(), icc_profile=profile))
    with Image.open(io.BytesIO(made)) as image:
        assert corners(image) == CORNERS


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_becomes_white(mode: str) -> None:
    clear = Image.new("RGBA", (300, 300), (0, 0, 0, 0)).convert(mode)
    facts = {"transparency": 0} if mode == "P" else {}
    if mode == "P":
        clear = Image.new("P", (300, 300), 0)
        clear.putpalette([0, 0, 0] * 256)
    made, *_ = redrawn(encoded(clear, "PNG", **facts))
    with Image.open(io.BytesIO(made)) as image:
        assert min(seen(image, (150, 150))) > 250


_SAMPLES = [
    encoded(picture(240, 220), kind, exif=told(6).tobytes(), icc_profile=swapped_profile())
    for kind in ("JPEG", "PNG", "WEBP")
] + [encoded(Image.new("CMYK", (220, 220), (9, 99, 9, 9)), icc_profile=cmyk_profile())]


@given(st.binary(max_size=2000))
def test_any_bytes_are_refused_in_our_words(data: bytes) -> None:
    with pytest.raises(PhotoRefused):
        redrawn(data)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(_SAMPLES), st.data())
def test_a_damaged_picture_is_drawn_or_refused_in_our_words(sample: bytes, data: st.DataObject) -> None:  # fmt: skip
    made = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 6))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(made)))
    for sent in (bytes(made), bytes(made[:cut])):
        try:
            _, width, height = redrawn(sent)
        except PhotoRefused:
            continue
        assert max(width, height) <= LARGE
