"""ICC: reads and checks the output profile of a press, and makes a small sRGB profile. Used by press files
and archives."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from labelsvc.errors import BadInput
from labelsvc.labels.press.ink import Floats, Separate

_HEADER = 128
#: Largest output profile that is taken; those of ISO 12647-2 have 0.5 to 3 MB.
MOST_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class OutputProfile:
    """An output profile for four inks. `converts`: it has the table from colours to inks."""

    data: bytes
    name: str
    version: tuple[int, int]
    converts: bool


def read_output(data: bytes) -> OutputProfile:
    """Check the header of an ICC profile (ICC.1:2010, 7.2): class prtr, four inks.

    Raises `BadInput` when it is cut short, of another class, not CMYK, or newer than PDF 1.6 reads.
    """
    if len(data) < _HEADER + 4 or data[36:40] != b"acsp":
        raise _unusable("it is no ICC profile")
    if len(data) > MOST_BYTES or struct.unpack(">I", data[:4])[0] != len(data):
        raise _unusable("the file is damaged: its length is not the one it states")
    if data[12:16] != b"prtr":
        raise _unusable("it does not describe a printing condition (class prtr)")
    if data[16:20] != b"CMYK":
        raise _unusable("it is not for the four inks CMYK")
    if data[20:24] not in (b"Lab ", b"XYZ "):
        raise _unusable("its connection space is neither Lab nor XYZ")
    version = (data[8], data[9] >> 4)
    if version > (4, 4):
        raise _unusable("it is of version 5, which PDF/X-4 does not know")
    tags = _tags(data)
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(data))
        name = (ImageCms.getProfileDescription(opened) or "").strip()
    except (ImageCms.PyCMSError, OSError) as error:
        raise _unusable("its tables cannot be read") from error
    return OutputProfile(data, name or "CMYK", version, b"B2A0" in tags or b"B2A1" in tags)


def separation(profile: OutputProfile) -> Separate:
    """sRGB to the inks of *profile*: relative colorimetric with black point compensation."""
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile.data))
    try:
        transform = ImageCms.buildTransform(
            ImageCms.createProfile("sRGB"),
            opened,
            "RGB",
            "CMYK",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except ImageCms.PyCMSError as error:
        raise _unusable("its tables cannot be read") from error

    def separate(colours: Floats) -> Floats:
        bytes_ = np.round(colours * 255).astype(np.uint8).reshape(1, -1, 3)
        made: Any = ImageCms.applyTransform(Image.fromarray(bytes_), transform)
        return np.round(np.asarray(made, np.float64).reshape(-1, 4) / 255, 3)

    return separate


@lru_cache(maxsize=1)
def srgb() -> bytes:
    """A small sRGB profile (display class, N = 3), always the same bytes.

    The maker's clock and its platform are taken out, and the version is that of PDF 1.7: ICC 4.2.
    """
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[8:12] = b"\x04\x20\x00\x00"
    made[24:36] = struct.pack(">6H", 2004, 1, 1, 0, 0, 0)
    made[40:44] = bytes(4)
    made[84:100] = bytes(16)  # profile ID: zero says that it was not computed
    return bytes(made)


def _tags(data: bytes) -> frozenset[bytes]:
    count = struct.unpack(">I", data[_HEADER : _HEADER + 4])[0]
    if count > 200 or _HEADER + 4 + 12 * count > len(data):
        raise _unusable("its table of contents is damaged")
    found = set()
    for number in range(count):
        at = _HEADER + 4 + 12 * number
        offset, size = struct.unpack(">II", data[at + 4 : at + 12])
        if offset + size > len(data):
            raise _unusable("its table of contents is damaged")
        found.add(data[at : at + 4])
    if not found & {b"A2B0", b"A2B1"}:
        raise _unusable("it has no table from inks to colours (A2B0)")
    return frozenset(found)


def _unusable(reason: str) -> BadInput:
    return BadInput(
        "The output profile cannot be used: " + reason,
        fix="Ask the print shop for the ICC profile of its press and paper, e.g. of FOGRA39.",
    )
