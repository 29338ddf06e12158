"""Poster: A4 sheets of a point of sale: one for its door, and one with the link for those without e-mail.

In Vietnamese, with a QR symbol. It carries no mark of the
programme: that is artwork which only goods with stars may bear.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph

from labelsvc.catalogue.models import Outlet
from labelsvc.catalogue.points import hours
from labelsvc.i18n import nfc
from labelsvc.labels.drawing import fonts
from labelsvc.labels.pdf.canvas import canvas_for_labels, font_name, saved
from labelsvc.labels.symbols.encode import QUIET, matrix

_WIDTH, _HEIGHT = A4
_INK, _SOFT, _GREEN = (HexColor(c) for c in ("#16161a", "#55554f", "#17603a"))
#: Edge of the symbol with its quiet zone, and the margin of the sheet.
_SYMBOL, _MARGIN = 104 * mm, 20 * mm
#: Heights that a long name may take before its letters get smaller, in points.
_NAME_SIZES: Final = (34, 28, 23, 19, 16)
_NAME_ROOM: Final = 48 * mm


@dataclass(frozen=True)
class Sheet:
    """Contents of a sheet, from top to bottom."""

    over: str
    name: str
    lines: tuple[str, ...]
    call: str
    address: str
    foot: str


def draw(outlet: Outlet, *, base_url: str, office: str) -> bytes:
    """The poster for the door: its symbol leads to the page of the point."""
    week = [f"{days}: {times}" for days, times in hours.lines(outlet.hours, "vi")]
    lines = tuple(filter(None, (outlet.address, " · ".join(week), outlet.hours_note)))
    return _drawn(
        Sheet(
            "Điểm giới thiệu và bán sản phẩm OCOP", outlet.name, lines,
            "Quét mã để xem giờ mở cửa và các sản phẩm OCOP đang bán tại đây",
            f"{base_url}/outlet/{outlet.id}",
            f"{office} · Trang này cho biết sản phẩm nào được bán; muốn kiểm tra một món hàng, hãy quét mã trên tem của nó.",
        )
    )  # fmt: skip


def link_sheet(outlet: Outlet, link: str, *, until: str, office: str) -> bytes:
    """The sheet with the link by which a point confirms itself; for its people, not for the door."""
    return _drawn(
        Sheet(
            "Phiếu xác nhận điểm bán – chỉ dành cho người phụ trách, không dán ở nơi công cộng",
            outlet.name, (outlet.address,) if outlet.address else (),
            "Quét mã, xem lại giờ mở cửa và sản phẩm, rồi bấm Xác nhận. Không cần tài khoản.",
            link, f"{office} · Liên kết dùng được đến {until}. Nếu bị lộ, hãy báo văn phòng để hủy.",
        )
    )  # fmt: skip


def _drawn(sheet: Sheet) -> bytes:
    out, faces = io.BytesIO(), fonts.load()
    canvas = canvas_for_labels(out, faces, _WIDTH / mm, _HEIGHT / mm)
    canvas.setTitle(nfc(sheet.name))
    canvas.setFillColor(_GREEN)
    canvas.rect(0, _HEIGHT - 14 * mm, _WIDTH, 14 * mm, stroke=0, fill=1)
    y = _HEIGHT - 26 * mm
    y = _put(canvas, _words(sheet.over, 15, "medium", _SOFT), y) - 5 * mm
    for size in _NAME_SIZES:
        name = _words(sheet.name, size, "bold", _INK)
        _, high = name.wrap(_WIDTH - 2 * _MARGIN, _HEIGHT)
        if high <= _NAME_ROOM:
            break
    y = _put(canvas, name, y) - 4 * mm
    for line in sheet.lines:
        y = _put(canvas, _words(line, 14, "regular", _INK), y) - 1.5 * mm
    _symbol(canvas, sheet.address, y - 6 * mm)
    y -= 6 * mm + _SYMBOL + 6 * mm
    y = _put(canvas, _words(sheet.call, 18, "bold", _GREEN), y) - 3 * mm
    _put(canvas, _words(sheet.address, 10, "regular", _SOFT), y)
    foot = _words(sheet.foot, 9, "regular", _SOFT)
    _, high = foot.wrap(_WIDTH - 2 * _MARGIN, _HEIGHT)
    foot.drawOn(canvas, _MARGIN, 10 * mm)
    canvas.showPage()
    saved(canvas)
    return out.getvalue()


def _words(text: str, size: float, weight: str, colour: Any) -> Paragraph:
    face = fonts.load()[weight]
    shown = "".join(c if c == " " or face.has(c) else "?" for c in nfc(text))
    style = ParagraphStyle(
        "p", fontName=font_name(face), fontSize=size, leading=size * 1.32, textColor=colour,
        alignment=TA_CENTER, splitLongWords=1,
    )  # fmt: skip
    return Paragraph(escape(shown), style)


def _put(canvas: Any, words: Paragraph, top: float) -> float:
    """Draw *words* below *top*; gives where they end."""
    _, high = words.wrap(_WIDTH - 2 * _MARGIN, _HEIGHT)
    words.drawOn(canvas, _MARGIN, top - high)
    return float(top - high)


def _symbol(canvas: Any, text: str, top: float) -> None:
    """The symbol of *text*, black on white, its quiet zone inside of the edge."""
    modules = matrix(text, level="Q")
    size = len(modules)
    module = _SYMBOL / (size + 2 * QUIET)
    left = (_WIDTH - _SYMBOL) / 2
    canvas.setFillColor(HexColor("#ffffff"))
    canvas.rect(left, top - _SYMBOL, _SYMBOL, _SYMBOL, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#000000"))
    for row in range(size):
        column = 0
        while (
            column < size
        ):  # one rectangle a run of dark modules: seams would show between squares
            if not modules[row][column]:
                column += 1
                continue
            end = column
            while end < size and modules[row][end]:
                end += 1
            canvas.rect(
                left + (column + QUIET) * module, top - (row + 1 + QUIET) * module,
                (end - column) * module, module * 1.01, stroke=0, fill=1,
            )  # fmt: skip
            column = end
