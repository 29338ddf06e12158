"""Archive: turns a finished run into PDF/A-2b (ISO 19005-2), its look unchanged. Used by extra files.

The files of a run already have their fonts inside and use no forbidden feature; what is added is
the colour that their numbers mean (an output intent) and the metadata that says what the file is.
No conformity checker is at hand where this program runs, so `archive_check` checks the rules that our
own files could break; it is no replacement for one.
"""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from labelsvc.errors import BadInput, Phrase
from labelsvc.labels.press import icc, xmp
from labelsvc.labels.press.inspect import painted
from labelsvc.labels.press.inspect.archive_check import faults


def to_pdfa2(pdf: bytes) -> bytes:
    """*pdf* as PDF/A-2b: same bytes for the same file.

    A file of screen colours gets sRGB as its output intent, a file for the press keeps its own
    profile. Raises `BadInput` when it cannot be one: no PDF, encrypted, a font not embedded, inks
    without a profile, or what `archive_check.faults` finds.
    """
    try:
        document = painted.opened(pdf)
    except pikepdf.PdfError as error:
        raise BadInput("This is not a PDF file", fix="Choose the PDF of the run.") from error
    with document:
        if document.is_encrypted:
            raise _unfit(Phrase("it is encrypted"))
        pages = range(1, len(document.pages) + 1)
        kinds = painted.walk(document, pages).kinds - {"grey", "", "pattern", "lab"}
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


def _intent(document: pikepdf.Pdf, kinds: set[str]) -> None:
    """The one output intent: sRGB, or the profile that a file for the press has."""
    root: Any = document.Root
    press = [row for row in root.get("/OutputIntents", []) if "/DestOutputProfile" in row]
    if "cmyk" in kinds or "spot" in kinds:
        if not press:
            raise _unfit(Phrase("its inks have no profile"))
        if "rgb" in kinds:
            raise _unfit(Phrase("it mixes inks and colours of screens"))
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


def _unfit(reason: Phrase) -> BadInput:
    return BadInput(
        "The file cannot be kept as PDF/A: {reason}.",
        fix="Make the run again, and archive the file that labelsvc made.",
        reason=reason,
    )
