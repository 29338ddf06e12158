"""ZPL II, the language of Zebra printers: one format a row of labels, a picture in each.

    ^XA ^FX labels 1-2 ^FS ^PW280 ^LL176 ^LH0,0 ^FO0,0 ^GFA,6160,6160,35,:Z64:…:A1B2 ^FS ^PQ1 ^XZ

Source: Zebra, ZPL II Programming Guide (P1099958), ^GF and «ZPL II data compression» (Z64). Every format
stands alone, so a file may be sent from any of them on, and a printer that was switched off in
between needs nothing that came before. What another program may have left in force is set back first:
turned (^PO) or mirrored (^PM) labels, moved ones (^LS, ^LT), other units (^MU).
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import IO

from labelsvc.labels.rolls.pictures import Picture, damaged, pictures
from labelsvc.labels.rolls.raster import Row

_FORMAT = re.compile(
    rb"\^XA\^FX(\d{1,9})-(\d{1,9})\^FS(?:\^MUD\^PON\^PMN\^LS0\^LT0)?\^PW(\d{1,5})\^LL(\d{1,5})\^LH0,0\^FO0,0"
    rb"\^GFA,(\d{1,9}),(\d{1,9}),(\d{1,4}),(:Z64:[0-9A-Za-z+/=]*:[0-9A-F]{4})\^FS"
    rb"(?:\^PQ(\d{1,3}))?\^XZ\n"
)
#: Longest format that is read: a picture of 300 x 300 mm at 600 dpi, not compressed.
_LONGEST = 1 << 24


#: Dots as units; upright, not mirrored, and nothing moved: the correction of the printer is in the picture.
_STATE = "^MUD^PON^PMN^LS0^LT0"
#: Asks a printer for its state (host status return).
QUESTION = b"~HS"


def write(out: IO[bytes], rows: Iterable[Row], width_mm: float, height_mm: float) -> int:
    """Write *rows* to the binary file *out*; how many rows were written.

    Each format says its own size in dots, so the size of the roll is not written.
    """
    count = 0
    for picture in pictures(rows):
        out.write(command(picture))
        count += picture.copies
    return count


def write_first(out: IO[bytes], rows: Iterable[Row], width_mm: float, height_mm: float) -> int:
    """As `write`, for runs of edition 1: their formats set no state."""
    count = 0
    for picture in pictures(rows):
        out.write(command(picture, state=""))
        count += picture.copies
    return count


def formats(source: IO[bytes]) -> Iterator[tuple[Picture, bytes]]:
    """Read a file of `write`: each picture, and its commands as they stand.

    :raises ReadBackFailed: anything else stands in it.
    """
    offset, rest = 0, b""
    while True:
        piece = source.read(1 << 16)
        rest += piece
        start = 0
        while (end := rest.find(b"^XZ\n", start)) >= 0:
            found = rest[start : end + 4]
            yield _read(found, offset + start), found
            start = end + 4
        rest, offset = rest[start:], offset + start
        if len(rest) > _LONGEST:
            raise damaged(offset, "a format without an end")
        if not piece:
            break
    if rest:
        raise damaged(offset, "a format without an end")


def compress(data: bytes) -> str:
    """A picture as `:Z64:`: deflated, in base64, with the CRC-16 of its letters."""
    letters = base64.b64encode(zlib.compress(data, 6))
    return f":Z64:{letters.decode()}:{binascii.crc_hqx(letters, 0):04X}"


def expand(text: str, size: int) -> bytes:
    """The picture of `compress`, *size* bytes.

    :raises ReadBackFailed: it is no such text, or of another size.
    """
    kind, _, rest = text.removeprefix(":").partition(":")
    letters, _, crc = rest.partition(":")
    if not text.startswith(":Z64:") or kind != "Z64":
        raise damaged(0, "a picture in another form")
    if crc != f"{binascii.crc_hqx(letters.encode('ascii', 'replace'), 0):04X}":
        raise damaged(0, "the checksum of a picture does not hold")
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(base64.b64decode(letters, validate=True), size + 1)
    except (ValueError, zlib.error) as error:
        raise damaged(0, "the picture is not whole") from error
    if len(data) != size or not inflater.eof or inflater.unused_data:
        raise damaged(0, "the picture is not whole")
    return data


def command(picture: Picture, *, state: str = _STATE) -> bytes:
    """Write the command that prints *picture*."""
    row_bytes = len(picture.data) // picture.height
    size = len(picture.data)
    often = f"^PQ{picture.copies}" if picture.copies > 1 else ""
    return (
        f"^XA^FX{picture.first}-{picture.last}^FS{state}^PW{picture.width}^LL{picture.height}^LH0,0"
        f"^FO0,0^GFA,{size},{size},{row_bytes},{compress(picture.data)}^FS"
        f"{often}^XZ\n"
    ).encode()


def _read(text: bytes, offset: int) -> Picture:
    found = _FORMAT.fullmatch(text)
    if found is None:
        raise damaged(offset, "a command that this program does not write")
    first, last, width, height, size, again, row_bytes = (int(v) for v in found.groups()[:7])
    copies = int(found[9] or 1)
    if (
        size != again
        or size != row_bytes * height
        or row_bytes != (width + 7) // 8
        or not 0 < size <= _LONGEST
        or not copies
        or not 1 <= first <= last
    ):
        raise damaged(offset, "the sizes of a picture contradict each other")
    data = expand(found[8].decode(), size)
    return Picture(first, last - first + 1, copies, width, height, data)


def status(answer: bytes) -> str:
    """The trouble that the first two lines of an answer to `QUESTION` tell of, or ""."""
    lines = [part.strip(b"\x02\x03\r\n ").split(b",") for part in answer.split(b"\x03")]
    if len(lines) > 0 and len(lines[0]) > 2:
        if lines[0][1] == b"1":
            return "paper"
        if lines[0][2] == b"1":
            return "paused"
    if len(lines) > 1 and len(lines[1]) > 3:
        if lines[1][2] == b"1":
            return "head"
        if lines[1][3] == b"1":
            return "ribbon"
    return ""
