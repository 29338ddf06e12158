"""Encode: makes QR symbols (ISO/IEC 18004), their pictures, and reads them back. Used by everything with a
symbol.

The only importer of `qrcode` (reference encoder), `segno` (its writers only: its own encoder pads
wrongly) and `zxingcpp` (reads back). A matrix is a square bool array, True = dark, no quiet zone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import qrcode
import qrcode.base
import qrcode.util
import zxingcpp
from segno import writers as _writers

from labelsvc.errors import BadInput
from labelsvc.labels.layouts.parts import Level

Matrix = npt.NDArray[np.bool_]

#: Free modules on every side; part of the symbol (ISO/IEC 18004).
QUIET = 4
#: The characters of the alphanumeric mode, in the order of their values.
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
LEVELS: tuple[Level, ...] = ("L", "M", "Q", "H")

_CORRECTION: dict[str, Any] = {
    "L": 1,
    "M": 0,
    "Q": 3,
    "H": 2,
}  # the two bits of the format information
_MODE: dict[str, Any] = {"numeric": 1, "alphanumeric": 2, "byte": 4}
#: An offline code: a stem, then only digits, so many that a numeric segment pays.
_OFFLINE = re.compile(rf"([{re.escape(ALPHANUMERIC)}]*[^0-9])([0-9]{{40,}})")


class Segment(NamedTuple):
    mode: str  # numeric, alphanumeric, byte
    text: str

    @property
    def length(self) -> int:
        """The character count: bytes for the byte mode."""
        return len(self.text.encode()) if self.mode == "byte" else len(self.text)


def segments(text: str) -> tuple[Segment, ...]:
    """Divide *text*. An offline code has an alphanumeric stem and a numeric rest; every other text is one
    segment, so that all codes of a form have the same structure."""
    offline = _OFFLINE.fullmatch(text)
    if offline:
        return Segment("alphanumeric", offline[1]), Segment("numeric", offline[2])
    if text.isascii() and text.isdigit():
        return (Segment("numeric", text),)
    if all(c in ALPHANUMERIC for c in text):
        return (Segment("alphanumeric", text),)
    return (Segment("byte", text),)


def version_for(parts: Sequence[Segment], level: Level) -> int:
    """The smallest version that holds *parts*. Raises `BadInput` when none does."""
    for version in range(1, 41):
        bits = 0
        for part in parts:
            bits += 4 + qrcode.util.length_in_bits(_MODE[part.mode], version) + _data_bits(part)
        if bits <= qrcode.util.BIT_LIMIT_TABLE[_CORRECTION[level]][version]:
            return version
    raise BadInput("The text is too long for a QR symbol", fix="Use a shorter code or host.")


def _data_bits(part: Segment) -> int:
    n = part.length
    if part.mode == "numeric":
        return n // 3 * 10 + (0, 4, 7)[n % 3]
    if part.mode == "alphanumeric":
        return n // 2 * 11 + n % 2 * 6
    return n * 8


def matrix(
    text: str,
    *,
    version: int | None = None,
    level: Level = "M",
    mask: int | None = None,
    parts: Sequence[Segment] | None = None,
) -> Matrix:
    """The symbol of *text* by the reference encoder; *mask* None lets it choose (about 8 ms)."""
    parts = segments(text) if parts is None else parts
    version = version or version_for(parts, level)
    stream = codewords(_data(parts, version, level), version=version, level=level)
    if mask is None:
        mask = _blank(stream, version, level).best_mask_pattern()
    return place(stream, version=version, level=level, mask=mask)


def _data(parts: Sequence[Segment], version: int, level: Level) -> bytes:
    """Data codewords: segments, terminator, padding (ISO/IEC 18004, 7.4)."""
    buffer = qrcode.util.BitBuffer()
    for part in parts:
        indicator, width = header(part.mode, version)
        buffer.put(indicator, 4)
        buffer.put(part.length, width)
        qrcode.util.QRData(part.text.encode(), mode=_MODE[part.mode]).write(buffer)
    room = capacity(version, level) * 8
    if len(buffer) > room:
        raise BadInput("The text is too long for a QR symbol of this version")
    buffer.put(0, min(4, room - len(buffer)))
    buffer.put(0, -len(buffer) % 8)
    for number in range((room - len(buffer)) // 8):
        buffer.put((0xEC, 0x11)[number % 2], 8)
    return bytes(buffer.buffer)


def packed(symbol: Matrix) -> bytes:
    """Rows of *symbol* as a 1-bit picture: each begins with a new byte, 1 = dark."""
    return np.packbits(symbol, axis=1).tobytes()


def header(mode: str, version: int) -> tuple[int, int]:
    """Mode indicator (4 bits) and the number of bits of the character count: for `batch`."""
    return _MODE[mode], qrcode.util.length_in_bits(_MODE[mode], version)


def place(
    codewords: Sequence[int], *, version: int, level: Level, mask: int, bare: bool = False
) -> Matrix:
    """The symbol whose interleaved data and correction codewords are given.

    *bare*: without format and version information, as it is when masks are compared.
    """
    code = _blank(codewords, version, level)
    code.makeImpl(bare, mask)
    return np.array(code.modules, dtype=np.bool_)


def _blank(codewords: Sequence[int], version: int, level: Level) -> Any:
    code: Any = qrcode.QRCode(version=version, error_correction=_CORRECTION[level])
    code.data_cache = list(codewords)
    return code


def codewords(data: bytes, *, version: int, level: Level) -> list[int]:
    """*data* codewords with their error correction, interleaved."""
    for around in (0x00, 0x55, 0xAA):
        try:
            moved = _corrected(bytes(byte ^ around for byte in data), version, level)
            still = _corrected(bytes([around] * len(data)), version, level) if around else None
        except ValueError:
            # The encoder cannot divide a block of zeros ("glog(0)"). Correction is linear, so the
            # sum of two patterns without such a block gives the same.
            continue
        return [a ^ b for a, b in zip(moved, still, strict=True)] if still else moved
    raise BadInput("The text has no QR symbol")  # pragma: no cover -- one of three always has


def _corrected(data: bytes, version: int, level: Level) -> list[int]:
    buffer = qrcode.util.BitBuffer()
    for byte in data:
        buffer.put(byte, 8)
    return list(qrcode.util.create_bytes(buffer, _blocks(version, level)))


def capacity(version: int, level: Level) -> int:
    """Data codewords (bytes) of a symbol."""
    return sum(block.data_count for block in _blocks(version, level))


def total_codewords(version: int, level: Level) -> int:
    return sum(block.total_count for block in _blocks(version, level))


def _blocks(version: int, level: Level) -> list[Any]:
    return list(qrcode.base.rs_blocks(version, _CORRECTION[level]))


# --- pictures and reading ------------------------------------------------------------------------


def picture(
    symbol: Matrix, kind: str, *, scale: int = 8, dark: str = "#000", light: str = "#fff"
) -> bytes:
    """One symbol with its quiet zone as svg, png, eps or pdf, for screens and posters."""
    out = io.BytesIO()
    target: Any = io.StringIO() if kind == "eps" else out
    rows = [bytearray(row) for row in symbol.astype(np.uint8)]
    extra = {"xmldecl": False, "omitsize": True} if kind == "svg" else {}
    save: Any = _writers.save  # type: ignore[attr-defined]
    save(
        rows,
        (len(rows), len(rows)),
        target,
        kind,
        scale=scale,
        border=QUIET,
        dark=dark,
        light=light,
        **extra,
    )
    return target.getvalue().encode() if kind == "eps" else out.getvalue()


def outline(symbol: Matrix) -> str:
    """SVG path data of the dark modules, one unit a module, without the quiet zone."""
    out = []
    for y, row in enumerate(symbol):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
        out += [f"M{a} {y}h{b - a}v1H{a}z" for a, b in edges.reshape(-1, 2)]
    return "".join(out)


def svg(symbol: Matrix, *, dark: str = "#000", light: str = "#fff") -> str:
    return picture(symbol, "svg", scale=1, dark=dark, light=light).decode()


def png(symbol: Matrix, *, scale: int = 8) -> bytes:
    return picture(symbol, "png", scale=scale)


#: The stub asks for a list of formats and the library takes one.
_QR: Any = zxingcpp.BarcodeFormat.QRCode


class Read(NamedTuple):
    """One symbol found in a picture; x, y: its centre in pixels. `unused` of the error correction
    is left between 0 and 1 (None when the reader does not say)."""

    text: str
    x: float
    y: float
    level: str
    unused: float | None


def read_back(image: npt.NDArray[np.uint8] | Any) -> list[Read]:
    """Every QR symbol in a grey picture (rows x columns), in no certain order."""
    found = zxingcpp.read_barcodes(
        image,
        formats=_QR,
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
        text_mode=zxingcpp.TextMode.Plain,
    )
    reads = []
    for code in found:
        corners = [
            getattr(code.position, f"{v}_{h}") for v in ("top", "bottom") for h in ("left", "right")
        ]
        x = sum(corner.x for corner in corners) / 4
        y = sum(corner.y for corner in corners) / 4
        unused = code.extra.get("UEC") if isinstance(code.extra, dict) else None
        reads.append(Read(code.text, x, y, code.ec_level, unused))
    return reads
