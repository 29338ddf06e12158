"""A finished run kept for years: PDF/A-2b (ISO 19005-2), what it shows unchanged.

The files of a run already have their fonts inside and use no forbidden feature; what is added is
the colour that their numbers mean (an output intent) and the metadata that says what the file is.
No conformity checker is at hand where this program runs, so `faults` checks the rules that our own
files could break; it is no replacement for one.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, String

from labelsvc.errors import BadInput
from labelsvc.labels import icc, walk, xmp

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


def to_pdfa2(pdf: bytes) -> bytes:
    """*pdf* as PDF/A-2b: same bytes for the same file.

    A file of screen colours gets sRGB as its output intent, a file for the press keeps its own
    profile. Raises `BadInput` when it cannot be one: no PDF, encrypted, a font not embedded, inks
    without a profile, or what `faults` finds.
    """
    try:
        document = walk.opened(pdf)
    except pikepdf.PdfError as error:
        raise BadInput("This is not a PDF file", fix="Choose the PDF of the run.") from error
    with document:
        if document.is_encrypted:
            raise _unfit("it is encrypted")
        pages = range(1, len(document.pages) + 1)
        kinds = walk.walk(document, pages).kinds - {"grey", "", "pattern", "lab"}
        _intent(document, kinds)
        _clean(document)
        _describe(document, hashlib.sha256(pdf).hexdigest())
        for fault in faults(document):
            raise _unfit(fault)
        done = io.BytesIO()
        document.save(
            done,
            deterministic_id=True,
            force_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return done.getvalue()


def faults(document: pikepdf.Pdf) -> Iterator[str]:
    """What of *document* PDF/A-2b forbids, as far as it is looked at: encryption, scripts, files,
    fonts not embedded or of other widths, filters, smoothing of pictures, how they are transparent,
    PostScript, missing metadata or output intent (which also says in which colours transparent
    things are mixed)."""
    root: Any = document.Root
    if document.is_encrypted:
        yield "it is encrypted"
    for key in _FORBIDDEN:
        if key in root:
            yield f"the catalogue has {key}"
    if any(key in root.get("/Names", {}) for key in ("/JavaScript", "/EmbeddedFiles")):
        yield "it has scripts or files in it"
    for name in walk.unembedded(document):
        yield f"the font {name} is not embedded"
    metadata = root.get("/Metadata")
    text = metadata.read_bytes() if isinstance(metadata, pikepdf.Stream) else b""
    if b"<pdfaid:part>2<" not in text or b"<pdfaid:conformance>B<" not in text:
        yield "the metadata does not say PDF/A-2b"
    intents = [row for row in root.get("/OutputIntents", []) if row.get("/S") == "/GTS_PDFA1"]
    if len(intents) != 1 or "/DestOutputProfile" not in intents[0]:
        yield "it has no output intent of its own"
    for item in document.objects:
        if isinstance(item, pikepdf.Stream):
            yield from _stream(item)
        elif isinstance(item, pikepdf.Dictionary):
            yield from _dictionary(item)


def _stream(item: Any) -> Iterator[str]:
    named = item.get("/Filter", Array([]))
    for name in [named] if isinstance(named, pikepdf.Name) else named:
        if str(name) in ("/LZWDecode", "/Crypt"):
            yield f"it uses the filter {name}"
    if "/F" in item:
        yield "a stream lies in another file"
    if item.get("/Subtype") == "/PS" or "/PS" in item:
        yield "it has PostScript in it"
    if item.get("/Subtype") == "/Image":
        if item.get("/Interpolate", False):
            yield "a picture asks to be smoothed"
        if "/Alternates" in item or "/OPI" in item:
            yield "a picture has a stand-in"
        mask = item.get("/SMask")
        if isinstance(mask, pikepdf.Stream) and mask.get("/ColorSpace") != "/DeviceGray":
            yield "a picture has a soft mask that is not grey"


def _dictionary(item: Any) -> Iterator[str]:
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
        yield f"it has an action {item.S}"
    if item.get("/Type") == "/ExtGState" and ("/TR" in item or "/HTP" in item):
        yield "a graphics state has a transfer function"
    blend = item.get("/BM", Name.Normal) if item.get("/Type") == "/ExtGState" else Name.Normal
    if not isinstance(blend, pikepdf.Name) or str(blend) not in _BLENDS:
        yield "it mixes colours in a way of its own"


def _font(item: Any) -> Iterator[str]:
    """Widths of the file and of the font must agree; a symbolic font has one character map."""
    name = str(item.BaseFont)[1:]
    descriptor = item.FontDescriptor
    font: Any = TTFont(io.BytesIO(descriptor.FontFile2.read_bytes()))
    symbolic = bool(int(descriptor.Flags) & 4)
    if symbolic and "/Encoding" in item:
        yield f"the symbolic font {name} has an encoding"
    tables = font["cmap"].tables
    if symbolic and len(tables) != 1:
        yield f"the symbolic font {name} has {len(tables)} character maps"
        return
    if "/ToUnicode" not in item:
        yield f"the font {name} cannot be read as text"
    cmap, em = tables[0].cmap, font["head"].unitsPerEm
    for number, width in enumerate(item.Widths, int(item.FirstChar)):
        glyph = cmap.get(number)
        if glyph in (None, ".notdef"):
            continue
        if abs(font["hmtx"][glyph][0] * 1000 / em - float(width)) > _WIDTH_SLACK:
            yield f"the font {name} has other widths than it states"
            return


def _intent(document: pikepdf.Pdf, kinds: set[str]) -> None:
    """The one output intent: sRGB, or the profile that a file for the press has."""
    root: Any = document.Root
    press = [row for row in root.get("/OutputIntents", []) if "/DestOutputProfile" in row]
    if "cmyk" in kinds or "spot" in kinds:
        if not press:
            raise _unfit("its inks have no profile")
        if "rgb" in kinds:
            raise _unfit("it mixes inks and colours of screens")
        profile, name = press[0].DestOutputProfile, press[0].OutputConditionIdentifier
    else:
        profile = document.make_stream(icc.srgb(), N=3, Alternate=Name.DeviceRGB)
        name = String("sRGB IEC61966-2.1")
    root.OutputIntents = Array(
        [
            document.make_indirect(
                Dictionary(
                    Type=Name.OutputIntent,
                    S=Name.GTS_PDFA1,
                    OutputConditionIdentifier=name,
                    Info=name,
                    DestOutputProfile=profile,
                )
            )
        ]
    )


def _clean(document: pikepdf.Pdf) -> None:
    """Leave out what the standard forbids and nobody misses."""
    root: Any = document.Root
    for key in ("/Outlines", "/PageMode", "/OpenAction"):
        if key in root:
            del root[key]
    for page in document.pages:
        for key in ("/Trans", "/AA", "/PresSteps"):
            if key in page.obj:
                del page.obj[key]


def _describe(document: pikepdf.Pdf, digest: str) -> None:
    """Metadata and the information dictionary with the same facts."""
    info: Any = document.docinfo
    title = str(info.get("/Title", "")) or "Tem truy xuất nguồn gốc"
    author, subject = str(info.get("/Author", "labelsvc")), str(info.get("/Subject", ""))
    made = _made(str(info.get("/CreationDate", "")))
    for key in list(document.docinfo.keys()):
        del document.docinfo[key]
    when = xmp.pdf_date(made)
    info["/Title"], info["/Author"], info["/Subject"] = title, author, subject
    info["/Creator"], info["/Producer"] = "labelsvc", xmp.PRODUCER
    info["/CreationDate"], info["/ModDate"] = when, when
    packet = xmp.packet(
        [("pdfaid:part", "2"), ("pdfaid:conformance", "B")],
        title=title,
        author=author,
        digest=digest,
        made=made,
        description=subject,
    )
    root: Any = document.Root
    root.Metadata = document.make_stream(packet, Type=Name.Metadata, Subtype=Name.XML)


def _made(text: str) -> datetime:
    """The date of the information dictionary, or that of files without one."""
    digits = text.removeprefix("D:")[:14]
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return xmp.EPOCH


def _unfit(reason: str) -> BadInput:
    return BadInput(
        "The file cannot be kept as PDF/A: " + reason,
        fix="Make the run again, and archive the file that labelsvc made.",
    )
