"""Preflight of a finished PDF before it goes to the print shop: the file itself, and what it shows.

Nothing is believed of the program that wrote it: boxes, fonts, colours and the output intent are
read from the file, the symbols are measured on a rendering of 600 dpi.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

from labelsvc.errors import BadInput
from labelsvc.labels.press.inspect import file as press_file
from labelsvc.labels.press.inspect import symbol
from labelsvc.labels.press.inspect.finding import Finding, Severity, Wanted
from labelsvc.labels.press.inspect.painted import Walked, opened, walk

__all__ = ["Finding", "PressCheck", "Wanted", "check"]

#: What a damaged file makes the reader of its parts say.
_DAMAGED = (
    pikepdf.PdfError,
    UserWarning,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class PressCheck:
    findings: tuple[Finding, ...]
    press_report: dict[str, Any]

    @property
    def ok(self) -> bool:
        """True if the file may go to the press: no error."""
        return all(finding.severity != "error" for finding in self.findings)


def check(pdf: bytes, wanted: Wanted | None = None) -> PressCheck:
    """Look at *pdf*; errors first. Raises `BadInput` when it is no PDF, or a damaged one.

    Of long files the first, the last and evenly spread pages are looked at, at most `most_pages`.
    """
    wanted = wanted or Wanted()
    try:
        with warnings.catch_warnings(), opened(pdf) as document:
            # pikepdf only warns of a page that breaks off.
            warnings.filterwarnings("error", message="Unexpected end of stream")
            count = len(document.pages)
            pages = _chosen(count, wanted.most_pages)
            walked = walk(document, pages)
            findings = [
                *press_file.of_file(document, wanted),
                *press_file.of_boxes(document, pages, wanted),
                *_colours(walked, wanted),
            ]
            trims, media = (
                {number: press_file.box(document.pages[number - 1], key) for number in pages}
                for key in ("/TrimBox", "/MediaBox")
            )
            about = {
                "boxes_mm": press_file.reported(document),
                "fonts": press_file.fonts(document),
                "output_intent": press_file.intent_name(document),
            }
    except _DAMAGED as error:
        raise BadInput(
            "This is no PDF file, or a damaged one", fix="Choose the PDF of the run."
        ) from error
    symbols, dpi = symbol.measured(pdf, pages, trims, media)
    findings += symbol.of_symbols(symbols, wanted, whole=len(pages) == count)
    order = {"error": 0, "warning": 1, "info": 2}
    findings.sort(key=lambda row: (order[row.severity], row.page, row.code))
    report = {
        "sha256": hashlib.sha256(pdf).hexdigest(),
        "bytes": len(pdf),
        "pages": count,
        "pages_checked": len(pages),
        **about,
        "colours": sorted(walked.kinds),
        "plates": [name for name in "CMYK" if name in walked.plates],
        "spots": sorted(walked.spots),
        "overprint": walked.overprints,
        "dpi": dpi,
        **symbol.figures(symbols, wanted),
        "errors": sum(row.severity == "error" for row in findings),
        "warnings": sum(row.severity == "warning" for row in findings),
    }
    return PressCheck(tuple(findings), report)


def _chosen(count: int, most: int) -> list[int]:
    """Page numbers: all, or *most* spread over the file with its first and last."""
    if count <= most or most < 2:
        return list(range(1, min(count, max(most, 1)) + 1))
    return sorted({1 + round(n * (count - 1) / (most - 1)) for n in range(most)})


_FAULTS: dict[str, tuple[Severity, str, str]] = {
    "transparency": (
        "warning",
        "Something is transparent; how it comes out depends on the press.",
        "Lay pictures on one plain colour without an ink of its own, or use pictures without transparency.",
    ),
    "white_overprints": (
        "error",
        "White is set to overprint and would not be seen.",
        "Let only black overprint.",
    ),
    "rich_words": (
        "error",
        "Words are set in a rich black of four plates, which blurs small letters.",
        "Give words black alone: 0, 0, 0, 100.",
    ),
    "symbol_inks": (
        "error",
        "A symbol is printed with more than one plate; plates never meet exactly.",
        "Print symbols in black alone.",
    ),
}


def _colours(walked: Walked, wanted: Wanted) -> Iterator[Finding]:
    for code, page, facts in walked.faults:
        if code == "rgb":
            if wanted.cmyk:
                yield Finding(
                    "error",
                    "rgb",
                    page,
                    "A colour of screens (RGB) is used.",
                    "Make the file for the press, in CMYK.",
                    dict(facts),
                )
        elif wanted.cmyk or code == "white_overprints":
            severity, message, fix = _FAULTS[code]
            yield Finding(severity, code, page, message, fix, dict(facts))
