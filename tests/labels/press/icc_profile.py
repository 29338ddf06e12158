"""A tiny, valid CMYK output profile, built by hand: no free one may be put into the repository."""

from __future__ import annotations

import struct
from itertools import product


def _tag(kind: bytes, body: bytes) -> bytes:
    return kind + bytes(4) + body


def _text(words: str) -> bytes:
    encoded = words.encode("utf-16-be")
    return _tag(b"mluc", struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded)


def _lut8(inputs: int, outputs: int, grid: list[bytes]) -> bytes:
    """lut8Type (ICC.1:2010, 10.9) with two grid points an axis and straight curves."""
    matrix = struct.pack(">9i", *(65536 if n in (0, 4, 8) else 0 for n in range(9)))
    straight = bytes(range(256))
    return _tag(
        b"mft1",
        bytes([inputs, outputs, 2, 0])
        + matrix
        + straight * inputs
        + b"".join(grid)
        + straight * outputs,
    )


def cmyk_profile(
    *, device: bytes = b"prtr", space: bytes = b"CMYK", both: bool = True, version: int = 0x420
) -> bytes:
    """About 3 kB: lightness falls with the ink, C, M and Y turn the hue. *both*: with the table
    from colours to inks as well."""
    to_lab = []
    for c, m, y, k in product((0, 1), repeat=4):
        light = 255 * (1 - k) * (1 - 0.3 * c) * (1 - 0.35 * m) * (1 - 0.1 * y)
        a, b = (m - c) * 60 * (1 - k), (y - (c + m) / 2) * 60 * (1 - k)
        to_lab.append(bytes([round(light), round(128 + a), round(128 + b)]))
    # Black is all the lightness that is missing; hue from a and b.
    to_ink = []
    for light, a, b in product((0, 1), repeat=3):
        to_ink.append(
            bytes([0 if a else 120, 120 if a else 0, 120 if b else 0, 0 if light else 255])
        )
    tags = {
        b"desc": _text("Test press"),
        b"cprt": _text("none"),
        b"wtpt": _tag(b"XYZ ", struct.pack(">3i", 63190, 65536, 54061)),
        b"A2B0": _lut8(4, 3, to_lab),
    }
    if both:
        tags[b"B2A0"] = _lut8(3, 4, to_ink)
    body, table = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = struct.pack(">I", start + len(body)) + bytes(4) + struct.pack(">H", version) + bytes(2)
    header += device + space + b"Lab " + struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp"
    header += bytes(68 - len(header)) + struct.pack(">3i", 63190, 65536, 54061)
    header += bytes(128 - len(header))
    return header + struct.pack(">I", len(tags)) + table + body
