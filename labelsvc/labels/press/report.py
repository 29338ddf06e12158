"""Report: draws the A4 sheet, in Vietnamese, that goes to the print shop with a file. Used by extra files.

It says what was ordered, what the file is, and what to look at on the proof.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from PIL import Image
from reportlab.lib.utils import ImageReader

from labelsvc.errors import fill
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.pdf.canvas import saved
from labelsvc.labels.pdf.pages import Job
from labelsvc.labels.pdf.paint import PT
from labelsvc.labels.press.inspect.check import Finding, PressCheck
from labelsvc.labels.press.report_page import HEIGHT, LINE, WIDTH, Page
from labelsvc.labels.press.write import PressReport

#: Translate an English template and fill it; the default fills it as it is.
Say = Callable[[str, Mapping[str, Any]], str]

_SOFT, _LEAF, _PALE = "#5f6368", "#1f5a3c", "#eef5ef"
_STOP, _CARE = "#9b1c1c", "#8a5a00"
_LEFT = 16.0
_MIDDLE = 112.0
_RIGHT = WIDTH - _LEFT


class Proof(NamedTuple):
    """Pictures (PNG) of the first page, and of its first label where a page has many."""

    page: bytes | None = None
    label: bytes | None = None


def press_report_pdf(
    report: PressReport,
    fonts: Fonts,
    *,
    job: Job,
    check: PressCheck | None = None,
    proof: Proof | None = None,
    facts: Sequence[tuple[str, str]] = (),
    say: Say | None = None,
) -> bytes:
    """Write one A4 page about the file of *report*.

    :param facts: further lines of the order, e.g. the lot.
    :param say: translates notes and findings.
    """
    out = io.BytesIO()
    page = _Page(out, fonts, say or (lambda text, params: fill(text, dict(params))))
    page.head(job, report)
    left = page.block(_LEFT, 52.0, "Đơn hàng", _order(report, job, facts))
    left = page.block(_LEFT, left, "Khổ và bù xén", _sizes(report))
    left = page.block(_LEFT, left, "Mã QR", _symbol(report, check))
    pictures = proof or Proof()
    right = page.proofs(pictures.page, pictures.label, report.trim_mm, 52.0)
    right = page.inks(report, right)
    below = max(left, right)
    below = page.notes(report, check, below)
    page.checklist(report, below)
    page.foot(report)
    saved(page.canvas)
    return out.getvalue()


def _number(value: float, digits: int = 2) -> str:
    text = f"{value:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def _count(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _order(
    report: PressReport, job: Job, facts: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    rows = [*facts]
    if job.note:
        rows.append(("Ghi chú", job.note))
    rows += [
        ("Số tem", _count(report.labels)),
        ("Số trang", _count(report.pages)),
        ("Tem mỗi trang", _count(report.per_page)),
        ("Mẫu nhãn", report.layout),
    ]
    return rows


def _sizes(report: PressReport) -> list[tuple[str, str]]:
    return [
        ("Thành phẩm (TrimBox)", " × ".join(_number(v) for v in report.trim_mm) + " mm"),
        ("Bù xén mỗi cạnh", f"{_number(report.bleed_mm)} mm"),
        ("Khổ trang (MediaBox)", " × ".join(_number(v) for v in report.media_mm) + " mm"),
        ("Tỷ lệ in", "100 %, không co giãn"),
    ]


def _symbol(report: PressReport, check: PressCheck | None) -> list[tuple[str, str]]:
    rows = [
        ("Phiên bản, mức sửa lỗi", f"{report.version}-{report.level}"),
        (
            "Mô-đun",
            f"{_number(report.module_mm, 3)} mm = {report.dots} chấm ở {report.resolution_dpi} dpi",
        ),
        ("Vùng trống", "4 mô-đun mỗi cạnh"),
        ("Mực", "một bản kẽm, đen 100 %"),
    ]
    found = check.press_report if check else {}
    if "module_mm" in found:
        rows.append(
            (
                f"Đo trên bản dựng {found['dpi']} dpi",
                f"{_number(found['module_mm'][0], 3)} mm, trống {_number(found['quiet_min'], 1)}",
            )
        )
        read = f"{_count(int(found['symbols']))} trên {_count(found['pages_checked'])} trang"
        rows.append(("Số mã đã đọc lại", read))
    return rows


@dataclass
class _Page(Page):
    say: Say

    def head(self, job: Job, report: PressReport) -> None:
        self.canvas.setTitle(f"Phiếu giao nhà in: {job.title}")
        self.canvas.setAuthor(job.author)
        self.canvas.setCreator("labelsvc")
        self.box(0, 0, WIDTH, 39, _LEAF)
        self.words(_LEFT, 14, "PHIẾU GIAO NHÀ IN", weight="semibold", size=9, colour="#cfe3d6")
        badge = report.standard or "Chưa phải PDF/X-4"
        wide = self.fonts["semibold"].width(badge, 9.5 / PT) + 9
        room = _RIGHT - wide - 6 - _LEFT
        self.words(_LEFT, 23.5, job.title, weight="bold", size=19, colour="#ffffff", room=room)
        self.words(_LEFT, 31, job.author, size=10, colour="#e4efe8", room=room)
        self.box(_RIGHT - wide, 12, wide, 8.4, "#ffffff" if report.standard else "#f4dca8", 1.6)
        self.words(
            _RIGHT - wide + 4.5,
            17.6,
            badge,
            weight="semibold",
            size=9.5,
            colour=_LEAF if report.standard else _CARE,
        )
        under = report.condition or "không có hồ sơ màu"
        wide = self.fonts["regular"].width(under, 8.5 / PT)
        self.words(_RIGHT - wide, 26, under, size=8.5, colour="#e4efe8")

    def title(self, x: float, y: float, text: str) -> float:
        self.words(x, y, text, weight="bold", size=11, colour=_LEAF)
        return y + 6.4

    def block(self, x: float, y: float, title: str, rows: Sequence[tuple[str, str]]) -> float:
        y = self.title(x, y, title)
        for name, value in rows:
            self.words(x, y, name, size=8.6, colour=_SOFT, room=40)
            self.words(x + 42, y, value, weight="medium", size=8.6, room=_MIDDLE - x - 48)
            self.rule(x, _MIDDLE - 6, y + 1.7)
            y += 5.5
        return y + 4.6

    def proofs(
        self,
        sheet: bytes | None,
        label: bytes | None,
        trim_mm: tuple[float, float],
        y: float,
    ) -> float:
        """The first page as it will be seen; beside it one label, large enough to read."""
        if sheet is None:
            return y
        room = _RIGHT - _MIDDLE
        if label is None:
            return self.picture(_MIDDLE, y, room, "Trang đầu", sheet)[0] + 10.6
        # A sheet of many is there to be recognised, the label to be read.
        narrow = 26.0
        wide = room - narrow - 4
        below, _ = self.picture(_MIDDLE, y, narrow, "Trang đầu", sheet)
        x = _MIDDLE + narrow + 4
        low, shown = self.picture(x, y, wide, "Tem đầu", label)
        share = f"{round(100 * shown / trim_mm[0])} % cỡ thật, đã xén"
        self.words(x, low + 6.2, share, size=7.6, colour=_SOFT, room=wide)
        return max(below, low + 3.6) + 10.6

    def picture(
        self, x: float, y: float, room_w: float, title: str, picture: bytes
    ) -> tuple[float, float]:
        """*picture* (PNG) under its title; its lower edge and its width, mm."""
        y = self.title(x, y, title)
        with Image.open(io.BytesIO(picture)) as opened:
            image = opened.convert("RGB")
        room_h = 74.0
        edge = 2.0
        scale = min((room_w - 2 * edge) / image.width, (room_h - 2 * edge) / image.height)
        w, h = image.width * scale, image.height * scale
        self.box(x, y - edge, room_w, h + 2 * edge, "#f3f4f3", 1.2)
        left = x + (room_w - w) / 2
        self.canvas.drawImage(ImageReader(image), left * PT, (HEIGHT - y - h) * PT, w * PT, h * PT)
        return y + h, w

    def inks(self, report: PressReport, y: float) -> float:
        y = self.title(_MIDDLE, y, "Màu in")
        plates = " · ".join(report.plates)
        self.words(
            _MIDDLE,
            y,
            f"{len(report.plates)} bản: {plates}",
            weight="medium",
            size=8.6,
            room=_RIGHT - _MIDDLE,
        )
        y += 5.6
        self.words(
            _MIDDLE,
            y,
            "Đen chồng màu (overprint): " + ("có" if report.overprint else "không"),
            size=8.6,
            colour=_SOFT,
        )
        y += 4.2
        shown = [row for row in report.inks if not row[0].startswith("#")][:9]
        for name, inks, spot in shown:
            self.canvas.setFillColorCMYK(*inks)
            self.canvas.setStrokeColor(LINE)
            self.canvas.setLineWidth(0.4)
            self.canvas.rect(_MIDDLE * PT, (HEIGHT - y - 3.4) * PT, 8 * PT, 3.4 * PT, fill=1)
            self.words(_MIDDLE + 11, y + 2.7, name, size=8.2, room=24)
            letters = " ".join(
                f"{letter}{round(v * 100)}" for letter, v in zip("CMYK", inks, strict=True) if v
            )
            self.words(
                _MIDDLE + 37,
                y + 2.7,
                spot or letters or "giấy",
                size=8.2,
                colour=_SOFT,
                room=_RIGHT - _MIDDLE - 37,
            )
            y += 5.0
        return y + 6.0

    def notes(self, report: PressReport, check: PressCheck | None, y: float) -> float:
        """Write what the program found, at most five lines."""
        found: list[tuple[str, str, Mapping[str, Any]]] = []
        if report.reason and not report.standard:
            found.append(("warning", report.reason, {}))
        rows: Sequence[Finding] = check.findings if check else ()
        found += [(row.severity, row.message, row.params) for row in rows]
        found += [(note.severity, note.message, note.params) for note in report.notes]
        if not found:
            self.box(_LEFT, y - 4.6, _RIGHT - _LEFT, 8, _PALE, 1.2)
            words = "Kiểm tra tệp: không có lỗi." if check else "Tệp chưa qua kiểm tra trước in."
            self.words(_LEFT + 4, y + 0.6, words, weight="medium", size=9, colour=_LEAF)
            return y + 11.5
        y = self.title(_LEFT, y, "Lưu ý của chương trình")
        colours = {"error": _STOP, "warning": _CARE, "info": _SOFT}
        for severity, message, params in found[:5]:
            self.box(_LEFT, y - 2.6, 1.2, 3.2, colours[severity])
            y = self.lines(_LEFT + 4, y, self.say(message, params), _RIGHT - _LEFT - 4) + 0.8
        if len(found) > 5:
            self.words(_LEFT + 4, y, f"và {len(found) - 5} lưu ý khác", size=8.6, colour=_SOFT)
            y += 5
        return y + 4

    def checklist(self, report: PressReport, y: float) -> None:
        y = self.title(_LEFT, y, "Xem trên bản in thử")
        size = " × ".join(_number(v) for v in report.trim_mm)
        asks = [
            "In đúng 100 %: dùng thước đo khổ thành phẩm " + size + " mm.",
            "Quét ba mã QR ở đầu, giữa và cuối bằng hai điện thoại khác loại.",
            f"Mã QR chỉ có mực đen; mô-đun {_number(report.module_mm, 3)} mm, không nhòe, không viền trắng.",
            "Bốn mô-đun quanh mã QR trống: không chữ, không hoa văn, không đường bế.",
            "Dấu tiếng Việt đủ và rõ (ắ, ộ, ữ, Ổ); chữ nhỏ nhất đọc được bằng mắt thường.",
            "Nền sát mép tràn hết vùng bù xén; đường xén đúng vạch.",
            "Số thứ tự trên tem liên tục; không tem nào lặp.",
        ]
        for ask in asks:
            if y > 262:
                return
            self.canvas.setStrokeColor(_LEAF)
            self.canvas.setLineWidth(0.8)
            self.canvas.rect(_LEFT * PT, (HEIGHT - y - 0.5) * PT, 3 * PT, 3 * PT, fill=0)
            y = self.lines(_LEFT + 6, y, ask, _RIGHT - _LEFT - 6) + 1.5

    def foot(self, report: PressReport) -> None:
        for x, who in ((_LEFT, "Bên đặt in"), (_MIDDLE, "Nhà in, ngày duyệt bản in thử")):
            self.rule(x, x + 70, 276.5)
            self.words(x, 280.4, who, size=7.6, colour=_SOFT)
        groups = " ".join(report.sha256[i : i + 8] for i in range(0, 64, 8))
        self.words(_LEFT, 287.4, f"SHA-256 {groups}", size=7.2, colour=_SOFT, room=140)
        size = f"{_number(report.bytes / 1e6, 1)} MB · labelsvc"
        wide = self.fonts["regular"].width(size, 7.2 / PT)
        self.words(_RIGHT - wide, 287.4, size, size=7.2, colour=_SOFT)
