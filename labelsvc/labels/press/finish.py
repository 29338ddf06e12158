"""Finish: makes a drawn file ready for the press: boxes, colour spaces, overprint, output intent, PDF/X-4.
Used by write and variable data.

What ISO 15930-7 asks of the file itself is done here with pikepdf; what it asks of the drawing
(fonts inside, no colours of screens, no transparency) the writer sees to.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from labelsvc.labels.pdf import paint
from labelsvc.labels.press import palette, xmp
from labelsvc.labels.press.icc import OutputProfile
from labelsvc.labels.press.imposition import Frame
from labelsvc.labels.press.ink import Ink

#: Key of PDF/X-4 in the metadata (ISO 15930-7, 6.3).
X4 = "PDF/X-4"


class About(NamedTuple):
    """The facts that the file says about itself."""

    title: str
    author: str
    made: datetime
    description: str


def finish(
    drawn: bytes,
    out: BinaryIO,
    *,
    frame: Frame,
    spots: Sequence[Ink],
    profile: OutputProfile | None,
    condition: str,
    about: About,
) -> tuple[str, int]:
    """Write the finished file to *out*; its SHA-256 and length. With *profile* it is PDF/X-4."""
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        _resources(pdf, spots)
        _boxes(pdf, frame)
        root: Any = pdf.Root
        for key in ("/Outlines", "/PageMode", "/OpenAction"):
            if key in root:
                del root[key]
        facts = [("pdf:Trapped", "False")]
        if profile is not None:
            root.OutputIntents = Array([_intent(pdf, profile, condition)])
            facts += [
                ("pdfxid:GTS_PDFXVersion", X4),
                ("xmpMM:RenditionClass", "default"),
                ("xmpMM:VersionID", "1"),
            ]
        _describe(pdf, about)
        packet = xmp.packet(
            facts,
            title=about.title,
            author=about.author,
            digest=hashlib.sha256(drawn).hexdigest(),
            made=about.made,
            description=about.description,
        )
        root.Metadata = pdf.make_stream(packet, Type=Name.Metadata, Subtype=Name.XML)
        done = io.BytesIO()
        pdf.save(
            done,
            deterministic_id=True,
            force_version="1.6",
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    data = done.getbuffer()
    out.write(data)
    return hashlib.sha256(data).hexdigest(), len(data)


def _describe(pdf: pikepdf.Pdf, about: About) -> None:
    for key in list(pdf.docinfo.keys()):
        del pdf.docinfo[key]
    info: Any = pdf.docinfo
    when = xmp.pdf_date(about.made)
    info["/Title"], info["/Author"] = about.title, about.author
    info["/Subject"] = about.description
    info["/Creator"], info["/Producer"] = "labelsvc", xmp.PRODUCER
    info["/CreationDate"], info["/ModDate"] = when, when
    info["/Trapped"] = Name("/False")


def _intent(pdf: pikepdf.Pdf, profile: OutputProfile, condition: str) -> Any:
    """The condition by its name in the ICC's registry; without one, that of the profile itself, which
    ISO 15930-7 wants to be called "Custom"."""
    stream: Any = pdf.make_stream(profile.data, N=4, Alternate=Name.DeviceCMYK)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFX,
        OutputConditionIdentifier=String(condition or "Custom"),
        OutputCondition=String(profile.name),
        Info=String(profile.name),
        DestOutputProfile=stream,
    )
    if condition:
        intent.RegistryName = String("http://www.color.org")
    return pdf.make_indirect(intent)


def _resources(pdf: pikepdf.Pdf, spots: Sequence[Ink]) -> None:
    """Give every page and form the colour spaces and overprint states under their fixed names."""
    spaces = Dictionary({f"/{palette.ALL}": _separation("All", (1.0, 1.0, 1.0, 1.0))})
    for ink in spots:
        spaces[f"/{palette.space(ink.spot)}"] = _separation(ink.spot, ink.cmyk)
    states = Dictionary(
        {
            f"/{palette.OVER}": Dictionary(Type=Name.ExtGState, OP=True, op=True, OPM=1),
            f"/{palette.KNOCK}": Dictionary(Type=Name.ExtGState, OP=False, op=False, OPM=0),
        }
    )
    shared_spaces, shared_states = pdf.make_indirect(spaces), pdf.make_indirect(states)
    holders: list[Any] = [page.obj for page in pdf.pages]
    holders += [
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == Name.Form
    ]
    for holder in holders:
        if "/Resources" not in holder:
            holder.Resources = Dictionary()
        holder.Resources.ColorSpace = shared_spaces
        holder.Resources.ExtGState = shared_states


def _separation(name: str, cmyk: Sequence[float]) -> Array:
    values = [_real(v) for v in cmyk]
    zero = Array([0, 0, 0, 0])
    function = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=zero, C1=Array(values), N=1)
    return Array([Name.Separation, Name("/" + name), Name.DeviceCMYK, function])


def _boxes(pdf: pikepdf.Pdf, frame: Frame) -> None:
    width, height = frame.media

    def box(x0: float, y0: float, x1: float, y1: float) -> Array:
        """mm from the top as points from the bottom."""
        corners = (x0, height - y1, x1, height - y0)
        return Array([_real(v * paint.PT) for v in corners])

    for page in pdf.pages:
        for key in ("/Trans", "/CropBox", "/Rotate", "/Group"):
            if key in page.obj:
                del page.obj[key]
        page.obj.MediaBox = box(0, 0, width, height)
        page.obj.BleedBox = box(*frame.bleed)
        page.obj.TrimBox = box(*frame.trim)


def _real(value: float) -> Any:
    return Decimal(paint.number(value))
