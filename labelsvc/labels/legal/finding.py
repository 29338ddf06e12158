"""Finding: holds a finding of the law check, and the sources that findings name. Used by all its checks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from labelsvc.labels.drawing.words import FittedText
from labelsvc.labels.layouts.layout import Layout

Severity = Literal["error", "warning"]
Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in mm

DECREE = "Decree 37/2026/NĐ-CP"
APPENDIX_I = f"{DECREE} appendix I"
APPENDIX_IV = f"{DECREE} appendix IV"
NUTRITION_RULES = "Circular 30/2026/TT-BYT"
PROGRAMME = "Decision 26/2026/QĐ-TTg"
MARK_RULES = "Decision 1162/QĐ-VPĐP-OCOP"
#: `art. 42.1a`: article, clause, point.
_CLAUSE = re.compile(r"(art\. \d+)\.(\d+)")
_POINT = re.compile(r"(khoản \d+)([a-zđ])\b")


@dataclass(frozen=True)
class Finding:
    """Something that is wrong; `message` and `fix` are English templates of `params`.

    `element` is the id of the layout's element, or its place (`elements[3]`, `head.items[1]`), so
    that an editor can point at it; None where the label as a whole is meant. `where` is its box on
    the label in mm, None when nothing is drawn there or nothing was composed.
    """

    severity: Severity
    code: str
    message: str
    fix: str
    article: str
    params: dict[str, Any] = field(default_factory=dict)
    element: str | None = None
    where: Box | None = None


def grave(layout: Layout) -> Severity:
    """Weigh a fault of form: a seal, tag or card only supplements the pack's own label."""
    return "error" if layout.purpose == "full_label" else "warning"


def article(number: str) -> str:
    """`Decree 37/2026/NĐ-CP art. 46`."""
    return f"{DECREE} art. {number}"


def cite(source: str, language: str) -> str:
    """*source* (`Finding.article`) in the reader's language: "Nghị định 37/2026/NĐ-CP, Điều 46"; a clause and a
    point of an article have their names: "Điều 42 khoản 1 điểm a".
    """
    if language != "vi":
        return source
    source = _CLAUSE.sub(r"\1 khoản \2", source)
    source = _POINT.sub(r"\1 điểm \2", source)
    for english, vietnamese in (
        ("Decree ", "Nghị định "),
        ("Decision ", "Quyết định "),
        ("Circular ", "Thông tư "),
        (" art. ", ", Điều "),
        (" appendix ", ", Phụ lục "),
        (", appendices ", ", Phụ lục "),
        (" group ", ", nhóm "),
        (" and ", " và "),
        (",,", ","),
    ):
        source = source.replace(english, vietnamese)
    return source


def quoted(text: FittedText) -> str:
    """The words for a message: on one line, not too long."""
    words = text.text.replace(" / ", " ") if text.lines > 1 else text.text
    return words if len(words) <= 40 else words[:39] + "…"
