"""Archive check: finds what PDF/A-2b (ISO 19005-2) forbids, as far as our own files could break it; no
replacement for a conformity checker."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Array, Name

from labelsvc.errors import Phrase
from labelsvc.labels.press.inspect import painted

#: Keys of the catalogue that do something, or name what is not in the file.
_FORBIDDEN = ("/OpenAction", "/AA", "/AcroForm", "/Requirements", "/Collection", "/Outlines")
#: Ways of mixing transparent colours: those of ISO 32000-1, 11.3.5.
_BLENDS = frozenset(
    [
        "/Normal",
        "/Compatible",
        "/Multiply",
        "/Screen",
        "/Overlay",
        "/Darken",
        "/Lighten",
        "/ColorDodge",
        "/ColorBurn",
        "/HardLight",
        "/SoftLight",
        "/Difference",
        "/Exclusion",
        "/Hue",
        "/Saturation",
        "/Color",
        "/Luminosity",
    ]
)
#: Values of a rule that PDF/A-2 states to a thousandth of an em.
_WIDTH_SLACK = 1.0


def faults(document: pikepdf.Pdf) -> Iterator[Phrase]:
    """List what of *document* PDF/A-2b forbids, as far as it is looked at: encryption, scripts, files,
    fonts not embedded or of other widths, filters, smoothing of pictures, how they are transparent,
    PostScript, missing metadata or output intent (which also says in which colours transparent things
    are mixed)."""
    root: Any = document.Root
    if document.is_encrypted:
        yield Phrase("it is encrypted")
    for key in _FORBIDDEN:
        if key in root:
            yield Phrase("the catalogue has {name}", name=key)
    if any(key in root.get("/Names", {}) for key in ("/JavaScript", "/EmbeddedFiles")):
        yield Phrase("it has scripts or files in it")
    for name in painted.unembedded(document):
        yield Phrase("the font {name} is not embedded", name=name)
    metadata = root.get("/Metadata")
    text = metadata.read_bytes() if isinstance(metadata, pikepdf.Stream) else b""
    if b"<pdfaid:part>2<" not in text or b"<pdfaid:conformance>B<" not in text:
        yield Phrase("the metadata does not say PDF/A-2b")
    intents = [row for row in root.get("/OutputIntents", []) if row.get("/S") == "/GTS_PDFA1"]
    if len(intents) != 1 or "/DestOutputProfile" not in intents[0]:
        yield Phrase("it has no output intent of its own")
    for item in document.objects:
        if isinstance(item, pikepdf.Stream):
            yield from _stream(item)
        elif isinstance(item, pikepdf.Dictionary):
            yield from _dictionary(item)


def _stream(item: Any) -> Iterator[Phrase]:
    named = item.get("/Filter", Array([]))
    for name in [named] if isinstance(named, pikepdf.Name) else named:
        if str(name) in ("/LZWDecode", "/Crypt"):
            yield Phrase("it uses the filter {name}", name=str(name))
    if "/F" in item:
        yield Phrase("a stream lies in another file")
    if item.get("/Subtype") == "/PS" or "/PS" in item:
        yield Phrase("it has PostScript in it")
    if item.get("/Subtype") == "/Image":
        if item.get("/Interpolate", False):
            yield Phrase("a picture asks to be smoothed")
        if "/Alternates" in item or "/OPI" in item:
            yield Phrase("a picture has a stand-in")
        mask = item.get("/SMask")
        if isinstance(mask, pikepdf.Stream) and mask.get("/ColorSpace") != "/DeviceGray":
            yield Phrase("a picture has a soft mask that is not grey")


def _dictionary(item: Any) -> Iterator[Phrase]:
    if item.get("/Type") == "/Font" and item.get("/Subtype") == "/TrueType":
        yield from _font(item)
    if item.get("/S") in (
        "/Launch",
        "/JavaScript",
        "/ImportData",
        "/ResetForm",
        "/Movie",
        "/Sound",
    ):
        yield Phrase("it has an action {action}", action=str(item.S))
    if item.get("/Type") == "/ExtGState" and ("/TR" in item or "/HTP" in item):
        yield Phrase("a graphics state has a transfer function")
    blend = item.get("/BM", Name.Normal) if item.get("/Type") == "/ExtGState" else Name.Normal
    if not isinstance(blend, pikepdf.Name) or str(blend) not in _BLENDS:
        yield Phrase("it mixes colours in a way of its own")


def _font(item: Any) -> Iterator[Phrase]:
    """Widths of the file and of the font must agree; a symbolic font has one character map."""
    name = str(item.BaseFont)[1:]
    descriptor = item.FontDescriptor
    font: Any = TTFont(io.BytesIO(descriptor.FontFile2.read_bytes()))
    symbolic = bool(int(descriptor.Flags) & 4)
    if symbolic and "/Encoding" in item:
        yield Phrase("the symbolic font {name} has an encoding", name=name)
    tables = font["cmap"].tables
    if symbolic and len(tables) != 1:
        yield Phrase(
            "the symbolic font {name} has {count} character maps", name=name, count=len(tables)
        )
        return
    if "/ToUnicode" not in item:
        yield Phrase("the font {name} cannot be read as text", name=name)
    cmap, em = tables[0].cmap, font["head"].unitsPerEm
    for number, width in enumerate(item.Widths, int(item.FirstChar)):
        glyph = cmap.get(number)
        if glyph in (None, ".notdef"):
            continue
        if abs(font["hmtx"][glyph][0] * 1000 / em - float(width)) > _WIDTH_SLACK:
            yield Phrase("the font {name} has other widths than it states", name=name)
            return
