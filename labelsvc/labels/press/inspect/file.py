"""File: checks fonts, output intent, PDF/X-4 keys and boxes of a finished file. Used by check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pikepdf

from labelsvc.errors import BadInput
from labelsvc.labels.press import icc
from labelsvc.labels.press.inspect.finding import Finding, Wanted
from labelsvc.labels.press.inspect.painted import unembedded

#: A box may be off by this much, mm.
_BOX_TOLERANCE = 0.01
_MM = 25.4 / 72


def of_file(document: pikepdf.Pdf, wanted: Wanted) -> Iterator[Finding]:
    for name in unembedded(document):
        yield Finding(
            "error",
            "font_not_embedded",
            0,
            "The font {font} is not in the file; the press would set another one.",
            "Make the file again with fonts embedded.",
            {"font": name},
        )
    if document.is_encrypted:
        yield Finding(
            "error", "encrypted", 0, "The file is encrypted.", "Send it without a password."
        )
    root: Any = document.Root
    names: Any = root.get("/Names", {})
    if "/OpenAction" in root or "/AA" in root or "/JavaScript" in names:
        yield Finding(
            "error",
            "actions",
            0,
            "The file contains actions or scripts.",
            "Make the file again without them.",
        )
    intents = [row for row in root.get("/OutputIntents", []) if row.get("/S") == "/GTS_PDFX"]
    if wanted.standard == "pdfx4":
        yield from _x4(document, intents)
    elif wanted.cmyk and not intents:
        yield Finding(
            "warning",
            "no_output_intent",
            0,
            "The file does not say which printing condition its inks are meant for.",
            "Give the ICC profile of the press, or tell the print shop by name.",
        )


def _x4(document: pikepdf.Pdf, intents: Sequence[Any]) -> Iterator[Finding]:
    if not intents:
        yield Finding(
            "error",
            "no_output_intent",
            0,
            "The file has no output intent; PDF/X-4 needs one.",
            "Give the ICC profile of the press.",
        )
    elif "/DestOutputProfile" not in intents[0]:
        yield Finding(
            "error",
            "no_profile",
            0,
            "The output intent has no profile in the file.",
            "Give the ICC profile of the press.",
        )
    else:
        try:
            icc.read_output(bytes(intents[0].DestOutputProfile.read_bytes()))
        except BadInput as error:
            yield Finding("error", "bad_profile", 0, error.message, error.fix)
    metadata = document.Root.get("/Metadata")
    text = metadata.read_bytes() if isinstance(metadata, pikepdf.Stream) else b""
    missing = [
        name
        for name, there in (
            ("GTS_PDFXVersion", b"GTS_PDFXVersion>PDF/X-4<" in text),
            ("Trapped", str(document.docinfo.get("/Trapped", "")) in ("/False", "/True")),
            ("Title", bool(str(document.docinfo.get("/Title", "")))),
            ("CreationDate", "/CreationDate" in document.docinfo),
            ("ID", "/ID" in document.trailer),
        )
        if not there
    ]
    if missing:
        yield Finding(
            "error",
            "x4_keys",
            0,
            "PDF/X-4 misses: {names}",
            "Make the file again.",
            {"names": ", ".join(missing)},
        )


def of_boxes(document: pikepdf.Pdf, pages: Sequence[int], wanted: Wanted) -> Iterator[Finding]:
    sizes = set()
    for number in pages:
        page = document.pages[number - 1]
        media, bleed, trim = (box(page, key) for key in ("/MediaBox", "/BleedBox", "/TrimBox"))
        assert media is not None  # noqa: S101 -- a page without one is no page
        if trim is None:
            yield Finding(
                "error",
                "no_trim_box",
                number,
                "The page does not say where it is cut (TrimBox).",
                "Make the file for the press, with bleed.",
            )
            continue
        bleed = bleed or media
        sizes.add((round(trim[2] - trim[0], 2), round(trim[3] - trim[1], 2)))
        if not (_holds(media, bleed) and _holds(bleed, trim)):
            yield Finding(
                "error",
                "boxes_not_nested",
                number,
                "The boxes do not lie in each other: the cut in the bleed, the bleed in the sheet.",
                "Make the file again.",
            )
            continue
        if wanted.bleed_mm is not None:
            least = min(
                trim[0] - bleed[0], trim[1] - bleed[1], bleed[2] - trim[2], bleed[3] - trim[3]
            )
            if least < wanted.bleed_mm - _BOX_TOLERANCE:
                yield Finding(
                    "error",
                    "bleed_short",
                    number,
                    "The bleed is {found} mm, asked for are {asked} mm.",
                    "Make the file with the bleed that the print shop asks for.",
                    {"found": round(least, 2), "asked": wanted.bleed_mm},
                )
        if wanted.trim_mm is not None:
            off = max(
                abs(trim[2] - trim[0] - wanted.trim_mm[0]),
                abs(trim[3] - trim[1] - wanted.trim_mm[1]),
            )
            if off > _BOX_TOLERANCE:
                yield Finding(
                    "error",
                    "wrong_trim_box",
                    number,
                    "The page is cut to {found} mm, asked for are {asked} mm.",
                    "Make the file again from the right layout.",
                    {
                        "found": f"{trim[2] - trim[0]:.2f} × {trim[3] - trim[1]:.2f}",
                        "asked": f"{wanted.trim_mm[0]:g} × {wanted.trim_mm[1]:g}",
                    },
                )
    if len(sizes) > 1:
        yield Finding(
            "warning",
            "sizes_differ",
            0,
            "The pages are cut to different sizes.",
            "Send a file for each size.",
        )


def _holds(outer: Sequence[float], inner: Sequence[float]) -> bool:
    slack = _BOX_TOLERANCE
    return (
        outer[0] <= inner[0] + slack
        and outer[1] <= inner[1] + slack
        and outer[2] >= inner[2] - slack
        and outer[3] >= inner[3] - slack
    )


def box(page: Any, key: str) -> tuple[float, float, float, float] | None:
    """A box in mm, y up; MediaBox may be inherited."""
    found = page.mediabox if key == "/MediaBox" else page.obj.get(key)
    if found is None:
        return None
    unit = float(page.obj.get("/UserUnit", 1)) * _MM
    a, b, c, d = (float(v) * unit for v in found)
    return min(a, c), min(b, d), max(a, c), max(b, d)


def reported(document: pikepdf.Pdf) -> dict[str, list[float]]:
    page = document.pages[0]
    found = {key: box(page, key) for key in ("/MediaBox", "/BleedBox", "/TrimBox")}
    return {key[1:-3].lower(): [round(v, 3) for v in row] for key, row in found.items() if row}


def fonts(document: pikepdf.Pdf) -> list[str]:
    return sorted(
        {
            str(item.get("/BaseFont", "/?"))[1:]
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"
        }
    )


def intent_name(document: pikepdf.Pdf) -> str:
    """Name of the printing condition, or empty."""
    root: Any = document.Root
    intents = root.get("/OutputIntents", [])
    return str(intents[0].get("/OutputConditionIdentifier", "")) if len(intents) else ""
