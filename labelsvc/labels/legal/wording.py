"""How the words of a label must be written: dates, units, places, foreign text, claims.

Source: Decree 37/2026/NĐ-CP art. 39, 42, 45, 46, 47, 50, 98 and appendices II, III.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.template import PLACEHOLDER
from labelsvc.labels.legal import foreign, places
from labelsvc.labels.legal.finding import Finding, article, grave
from labelsvc.labels.legal.spoken import Spoken

_DAY = re.compile(r"(\d{2})([./\- ]?)(\d{2})\2(\d{4}|\d{2})")
_MONTH = re.compile(r"(\d{2})[./\- ](\d{4})")
#: A term counted from the date of manufacture: "30 tháng kể từ NSX".
_TERM = re.compile(r"\d+\s+(?:ngày|tháng|năm)\b.*", re.IGNORECASE)
_DATE_NAMES = {
    "made": re.compile(
        r"\bN?SX\b|[Nn]gày (?:sản xuất|thu hoạch|đóng gói)|NGÀY SẢN XUẤT|\b[Mm]ade\b"
    ),
    "expires": re.compile(
        r"\bHS?D\b|[Hh]ạn sử dụng|HẠN SỬ DỤNG|[Hh]ạn dùng|[Ss]ử dụng tốt nhất trước|\b[Ee]xp"
    ),
}
_WRITTEN_DATE = re.compile(
    r"\b(NSX|HSD|HD)\b\s*:?\s*(\d[\d./\- ]*\d)(?!\s*(?:tháng|ngày|năm))", re.IGNORECASE
)
_SMALL_LETTERS = re.compile(r"\b(?:[Nn]sx|[Hh]sd)\b")

_NUMBER = r"\d+(?:[.,]\d+)*"
_UNITS = {"mg", "g", "kg", "ml", "l", "L", "gam", "kilôgam", "miligam", "lít", "mililít"}
_WRONG_UNITS = {
    "gr": "g", "grs": "g", "gram": "g", "grams": "g", "gm": "g", "kgs": "kg", "kilo": "kg",
    "ký": "kg", "kí": "kg", "cc": "ml", "lit": "l", "litre": "l", "liter": "l", "lt": "l",
}  # fmt: skip
_QUANTITY = re.compile(rf"({_NUMBER})(\s*)([A-Za-zÀ-ỹ]+)")
_NET = re.compile(r"khối lượng|thể tích|định lượng|số lượng|net", re.IGNORECASE)

_ORIGIN = re.compile(
    r"sản xuất (?:tại|bởi)|chế tạo tại|nước sản xuất|xuất xứ|sản phẩm của|đóng (?:gói|chai) tại|"
    r"hoàn thiện tại|lắp ráp tại|gắn nhãn tại",
    re.IGNORECASE,
)
#: Named in the law as what health food is not: never a claim.
_DISCLAIMER = re.compile(
    r"không (?:phải là|có tác dụng thay thế|thay thế) thuốc[^.]*", re.IGNORECASE
)
_CURES = re.compile(
    r"chữa (?:bệnh|khỏi|trị)|(?:đặc|điều|chủ) trị|trị (?:bệnh|dứt)|thần dược|"
    r"thay thế thuốc|phòng (?:chống )?ung thư|khỏi bệnh",
    re.IGNORECASE,
)
_BOASTS = re.compile(
    r"(?<!dụng )tốt nhất(?! trước)|duy nhất|(?:hàng đầu|nhất) (?:thế giới|việt nam)|"
    r"số (?:một|1) (?:việt|thế|tại)|100 ?% (?:tự nhiên|nguyên chất)|tuyệt đối",
    re.IGNORECASE,
)
_E_LABEL = re.compile(r"nhãn điện tử", re.IGNORECASE)
POTENTIAL = re.compile(r"tiềm năng\s*(?:đạt\s*)?(?:5|năm)\s*sao", re.IGNORECASE)


def check(layout: Layout, values: Mapping[str, str], spoken: Sequence[Spoken]) -> list[Finding]:
    """What is wrong with the wording of *spoken*, in the order of the label."""
    found: list[Finding] = []
    for text in spoken:
        found += _dates(layout, values, text)
        found += _quantity(layout, values, text)
        found += _origin(layout, text)
        found += places.check(values, text)
        found += _claims(layout, values, text)
    return [*found, *foreign.alone(layout, spoken)]


def _dates(layout: Layout, values: Mapping[str, str], text: Spoken) -> Iterator[Finding]:
    written: list[str] = [found[2].strip() for found in _WRITTEN_DATE.finditer(text.text)]
    for name, names in _DATE_NAMES.items():
        value = values.get(name, "")
        if name not in text.variables or not value:
            continue
        if value not in written:
            written.append(value)
        if not names.search(PLACEHOLDER.sub("", text.style.text)):
            yield Finding(
                grave(layout),
                "date_unnamed",
                "The date {date} does not say which date it is.",
                "Write NSX or HSD before it.",
                article("46"),
                {"date": value},
                text.element,
            )
    for date in written:
        if not _is_date(date):
            yield Finding(
                "error",
                "date_format",
                "The date “{date}” is not written day, month, year.",
                "Write two digits for day and month and two or four for the year: 05/11/2026.",
                article("46, appendix III"),
                {"date": date},
                text.element,
            )
    for short in _SMALL_LETTERS.finditer(text.text):
        yield Finding(
            grave(layout),
            "date_capitals",
            "“{words}” must be written in capitals.",
            "Write NSX and HSD.",
            article("46, appendix III"),
            {"words": short[0]},
            text.element,
        )


def _is_date(text: str) -> bool:
    """dd mm yyyy or yy with . / - space or nothing between; mm/yyyy; a year; a term."""
    text = text.strip()
    if found := _DAY.fullmatch(text):
        return 1 <= int(found[1]) <= 31 and 1 <= int(found[3]) <= 12
    if found := _MONTH.fullmatch(text):
        return 1 <= int(found[1]) <= 12
    return bool(_TERM.fullmatch(text))


def _quantity(layout: Layout, values: Mapping[str, str], text: Spoken) -> Iterator[Finding]:
    value = values.get("net_content", "")
    if "net_content" not in text.variables or not value:
        return
    measured = False
    for amount, gap, unit in _QUANTITY.findall(value):
        right = unit if unit in _UNITS else _WRONG_UNITS.get(unit.lower())
        if right is None and unit.lower() in _UNITS:
            right = unit.lower()
        if right is None:
            continue  # "2 túi"
        measured = True
        if right != unit or not gap:
            yield Finding(
                "error" if right != unit else "warning",
                "unit_spelling",
                "The quantity “{quantity}” must be written “{right}”.",
                "Use mg, g, kg, ml or l, with a space before it.",
                article("45, appendix II"),
                {"quantity": f"{amount}{gap}{unit}", "right": f"{amount} {right}"},
                text.element,
            )
    if measured and layout.purpose == "full_label" and not _NET.search(text.text):
        yield Finding(
            "warning",
            "quantity_unnamed",
            "The quantity “{quantity}” does not say what it is.",
            "Write “Khối lượng tịnh” before the mass of solids, “Thể tích thực” before a volume.",
            article("45, appendix II"),
            {"quantity": value},
            text.element,
        )


def _origin(layout: Layout, text: Spoken) -> Iterator[Finding]:
    if "origin" in text.variables and not _ORIGIN.search(text.text):
        yield Finding(
            grave(layout),
            "origin_phrase",
            "“{words}” does not say the origin in the words of the law.",
            "Write for example “Sản xuất tại Việt Nam” or “Xuất xứ: Việt Nam”.",
            article("47"),
            {"words": text.text},
            text.element,
        )


def _claims(layout: Layout, values: Mapping[str, str], text: Spoken) -> Iterator[Finding]:
    said = _DISCLAIMER.sub("", text.text)
    if found := POTENTIAL.search(said):
        beside = bool(values.get("stars")) and layout.shows_stars
        yield Finding(
            "error" if beside else "warning",
            "potential_stars",
            "“{words}” is no recognition and may not stand on a label that shows stars.",
            "Print the stars of the decision and nothing else.",
            "Decision 26/2026/QĐ-TTg art. 8.1",
            {"words": found[0]},
            text.element,
        )
    if found := _CURES.search(said):
        yield Finding(
            "error",
            "cure_claim",
            "“{words}” promises to cure: goods that are no medicine may not.",
            "Leave it out.",
            article("50"),
            {"words": found[0]},
            text.element,
        )
    if found := _BOASTS.search(said):
        yield Finding(
            "warning",
            "unproven_claim",
            "“{words}” must be proven by papers.",
            "Leave it out, or keep the proof at hand for an inspection.",
            article("50"),
            {"words": found[0]},
            text.element,
        )
    if _E_LABEL.search(said):
        yield Finding(
            "warning",
            "e_label_claim",
            "“Nhãn điện tử” may be said only of a label in the national system.",
            "Call it the page to look the goods up.",
            article("52, 54"),
            {},
            text.element,
        )
