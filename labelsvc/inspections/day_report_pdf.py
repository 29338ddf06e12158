"""Day report as PDF: A4 pages in Vietnamese, to be signed and filed.

Every word of a visit or a case is somebody's text: it is escaped, normalised and wrapped, never read
as markup.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from PIL import Image as Picture
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from labelsvc import clock, i18n
from labelsvc.errors import LabelsvcError
from labelsvc.files import Files
from labelsvc.inspections.day_report import DayReport, Entered, SentEntry
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.pdf.canvas import font_name, subsetting
from labelsvc.scans.verdict import SHOWN, Tone, Verdict

#: Photographs in one report; the rest are counted. Their longest side in pixels.
MOST_PHOTOS, _PIXELS = 60, 900
_LEFT, _TOP, _FOOT = 18 * mm, 16 * mm, 18 * mm
_WIDTH = A4[0] - 2 * _LEFT
_INK, _SOFT, _LINE, _PALE = (HexColor(c) for c in ("#16161a", "#55554f", "#c9c9c2", "#f3f2ec"))
_TONES = {
    Tone.GOOD: HexColor("#14532f"), Tone.CAUTION: HexColor("#6d4100"),
    Tone.BAD: HexColor("#8c1a1a"), Tone.NEUTRAL: HexColor("#27405f"),
}  # fmt: skip
_GRID: list[Any] = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
    ("LEFTPADDING", (0, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
]


def render(report: DayReport, files: Files) -> bytes:
    """The report as PDF. The same report and photographs give the same bytes; a photograph that the
    file store has lost is said to be missing."""
    page = _Writer(fonts.load(), files)
    story = [*page.head(report), *page.summary(report), *page.codes(report.entries)]
    story += [*page.cases(report.cases), *page.signatures(report)]
    out = io.BytesIO()
    title = f"Báo cáo kiểm tra ngày {i18n.day(report.day)}"
    document = BaseDocTemplate(
        out, pagesize=A4, title=title, author=_text(report.inspector), creator="labelsvc", lang="vi",
        invariant=1,
    )  # fmt: skip
    frame = Frame(_LEFT, _FOOT, _WIDTH, A4[1] - _TOP - _FOOT, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame]))
    small = font_name(page.fonts["regular"])

    class Foot(Numbered):
        words, font = f"{_text(report.office)} · {title}", small

    with subsetting():
        document.build(story, canvasmaker=Foot)
    return out.getvalue()


class Numbered(Canvas):
    """Pages that know how many there are: the feet are written when the last one is done."""

    words, font = "", ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._done: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._done.append(dict(self.__dict__))
        begin: Any = self
        begin._startPage()

    def save(self) -> None:
        for number, kept in enumerate(self._done, 1):
            self.__dict__.update(kept)
            self.setFont(self.font, 8)
            self.setFillColor(_SOFT)
            self.drawString(_LEFT, 10 * mm, self.words[:110])
            self.drawRightString(A4[0] - _LEFT, 10 * mm, f"Trang {number}/{len(self._done)}")
            Canvas.showPage(self)
        Canvas.save(self)


class _Writer:
    """Turns facts into flowables."""

    def __init__(self, faces: Fonts, files: Files) -> None:
        self.fonts, self.files = faces, files
        self.photos_left = MOST_PHOTOS

    def style(
        self, size: float = 9.5, weight: str = "regular", colour: Any = _INK, **more: Any
    ) -> ParagraphStyle:
        name = font_name(self.fonts[weight])
        return ParagraphStyle(
            "s", fontName=name, fontSize=size, leading=size * 1.38, textColor=colour,
            splitLongWords=1, **more,
        )  # fmt: skip

    def words(self, text: str, *args: Any, **more: Any) -> Paragraph:
        """*text* as it is: what the font lacks becomes a question mark, line ends stay."""
        style = self.style(*args, **more)
        face = self.fonts["regular"]
        shown = "".join(c if c in " \n" or face.has(c) else "?" for c in _text(text))
        return Paragraph(escape(shown).replace("\n", "<br/>"), style)

    def title(self, text: str) -> list[Flowable]:
        return [Spacer(0, 5 * mm), self.words(text, 12.5, "bold"), Spacer(0, 1.5 * mm)]

    def head(self, report: DayReport) -> list[Flowable]:
        rows = [
            ("Ngày kiểm tra", i18n.day(report.day)),
            ("Cán bộ kiểm tra", report.inspector),
            ("Số mã đã quét", i18n.number(len(report.entries))),
            ("Số vụ việc đã lập", i18n.number(len(report.cases))),
            ("Lập lúc", i18n.moment(report.made_at)),
        ]
        facts = [
            [self.words(a, 9.5, "regular", _SOFT), self.words(b, 9.5, "medium")] for a, b in rows
        ]
        return [
            self.words(report.office, 10, "medium", _SOFT),
            self.words("BÁO CÁO KIỂM TRA TEM TRONG NGÀY", 17, "bold"),
            Spacer(0, 3 * mm),
            Table(facts, colWidths=[42 * mm, _WIDTH - 42 * mm], style=_GRID),
        ]

    def summary(self, report: DayReport) -> list[Flowable]:
        if not report.entries:
            return [
                *self.title("Kết quả"),
                self.words("Không có mã nào được quét trong lượt kiểm tra này."),
            ]
        rows = [
            [self.words(i18n.number(count), 9.5, "bold", alignment=TA_RIGHT), self.verdict(verdict)]
            for verdict, count in report.counts
        ]
        outside = sum(entry.carton == "outside" for entry in report.entries)
        found = [
            *self.title("Kết quả"),
            Table(rows, colWidths=[16 * mm, _WIDTH - 16 * mm], style=_GRID),
        ]
        if outside:
            found += [Spacer(0, 2 * mm), self.words(f"Sản phẩm không thuộc thùng: {i18n.number(outside)}", 9.5, "medium", _TONES[Tone.BAD])]  # fmt: skip
        return found

    def verdict(self, verdict: Verdict, size: float = 9.5) -> Paragraph:
        shown = SHOWN[verdict]
        return self.words(i18n.translate(shown.headline, "vi"), size, "medium", _TONES[shown.tone])

    def codes(self, entries: Sequence[SentEntry]) -> list[Flowable]:
        if not entries:
            return []
        names = ("STT", "Giờ", "Sản phẩm, lô", "Kết quả", "Mã")
        rows: list[list[Any]] = [[self.words(name, 8.5, "bold") for name in names]]
        for number, entry in enumerate(entries, 1):
            goods = [self.words(entry.product or "–", 8.5)]
            if entry.lot:
                goods.append(self.words(f"Lô {entry.lot}", 8, "regular", _SOFT))
            judged: list[Flowable] = [self.verdict(entry.verdict, 8.5)]
            if entry.items > 1:
                judged.append(self.words(f"{i18n.number(entry.items)} món cùng mã", 8))
            if entry.carton == "outside":
                judged.append(self.words("không thuộc thùng", 8, "medium", _TONES[Tone.BAD]))
            elif entry.carton:
                judged.append(self.words(f"đúng thùng, tem số {entry.carton}", 8))
            rows.append([
                self.words(str(number), 8.5), self.words(f"{clock.local(entry.at):%H:%M}", 8.5), goods,
                judged, self.words(_short(entry.code), 7.5),
            ])  # fmt: skip
        widths = [11 * mm, 13 * mm, 58 * mm, 42 * mm]
        table = Table(
            rows, colWidths=[*widths, _WIDTH - sum(widths)], repeatRows=1,
            style=[*_GRID, ("BACKGROUND", (0, 0), (-1, 0), _PALE)],
        )  # fmt: skip
        return [*self.title("Các mã đã quét"), table]

    def cases(self, cases: Sequence[Entered]) -> list[Flowable]:
        found = self.title("Vụ việc đã lập")
        if not cases:
            return [*found, self.words("Không lập vụ việc nào trong ngày.")]
        for case in cases:
            about = " · ".join(filter(None, (case.product, case.lot and f"Lô {case.lot}")))
            found.append(KeepTogether([
                self.words(f"Vụ việc số {case.number}, {i18n.moment(case.opened_at)}", 10.5, "bold"),
                *([self.words(about, 9, "medium", _SOFT)] if about else []),
            ]))  # fmt: skip
            found += [self.words(note, 9, spaceBefore=3) for note in case.notes]
            found += [*self.pictures(case.photos), Spacer(0, 4 * mm)]
        return found

    def pictures(self, keys: Sequence[str]) -> list[Flowable]:
        shown: list[Any] = []
        missing = 0
        for key in keys[: self.photos_left]:
            try:
                shown.append(_picture(self.files.get(key)))
            except (LabelsvcError, OSError):
                missing += 1
        left = len(keys) - len(keys[: self.photos_left])
        self.photos_left -= len(keys) - left
        found: list[Flowable] = []
        if shown:
            rows = [shown[at : at + 3] for at in range(0, len(shown), 3)]
            rows[-1] += [""] * (3 - len(rows[-1]))
            found += [Spacer(0, 2 * mm), Table(rows, colWidths=[_WIDTH / 3] * 3, hAlign="LEFT")]
        for count, words in (
            (left, "ảnh nữa: xem trong hồ sơ vụ việc"),
            (missing, "ảnh không còn trong kho tệp"),
        ):
            if count:
                found.append(self.words(f"{count} {words}.", 8.5, "regular", _SOFT))
        return found

    def signatures(self, report: DayReport) -> list[Flowable]:
        columns = [
            [self.words(who, 9.5, "medium"), self.words("(ký, ghi rõ họ tên)", 8.5, "regular", _SOFT),
             Spacer(0, 20 * mm), self.words(name, 9.5)]
            for who, name in (("Cán bộ kiểm tra", report.inspector), ("Đại diện cơ sở được kiểm tra", ""))
        ]  # fmt: skip
        note = "Chữ ký điện tử của mã cho biết mã do chương trình cấp, không chứng nhận hàng thật: mã có thể bị sao chép."
        return [
            Spacer(0, 8 * mm),
            KeepTogether([
                self.words(note, 8.5, "regular", _SOFT), Spacer(0, 5 * mm),
                Table([columns], colWidths=[_WIDTH / 2] * 2, style=[("VALIGN", (0, 0), (-1, -1), "TOP")]),
            ]),
        ]  # fmt: skip


def _text(text: str) -> str:
    """NFC, no control characters but line ends."""
    shown = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    return "".join(c for c in shown if c == "\n" or unicodedata.category(c)[0] != "C")


def _short(code: str) -> str:
    return code if len(code) <= 60 else f"{code[:28]}…{code[-12:]}"


def _picture(data: bytes) -> Image:
    """A photograph in a third of the page's width, small enough for a file that is sent on."""
    with Picture.open(io.BytesIO(data)) as opened:
        photo = opened.convert("RGB")
    photo.thumbnail((_PIXELS, _PIXELS))
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=72)
    out.seek(0)
    room, high = _WIDTH / 3 - 4 * mm, 60 * mm
    scale = min(room / photo.width, high / photo.height)
    return Image(out, photo.width * scale, photo.height * scale)
