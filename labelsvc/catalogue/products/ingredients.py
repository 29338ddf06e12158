"""Ingredient rows: reads ingredients that are typed one a line, and sets the text of the label from them. Used by
`register`, `columns` and the forms of a product. Pure.

A line is `name; share; group of the additive; INS number; natural or not`, what is missing left out:
"Thịt lợn; 85 %", "natri benzoat; ; chất bảo quản; 211", "vani; ; hương liệu; ; tổng hợp". The text names
the largest share first, an additive by its group (Decree 37/2026/NĐ-CP art. 48.3a).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from labelsvc.catalogue import fields
from labelsvc.errors import BadInput

NATURES = ("tự nhiên", "giống tự nhiên", "tổng hợp", "nhân tạo")
#: Groups of additives that forms offer, as Circular 24/2019/TT-BYT names them.
ADDITIVES = (
    "chất bảo quản", "chất chống oxy hóa", "chất chống đông vón", "chất điều chỉnh độ acid", "chất điều vị", "chất giữ màu", "chất làm dày",
    "chất nhũ hóa", "chất ổn định", "chất tạo gel", "chất tạo màu", "chất tạo ngọt", "chất tạo xốp", "hương liệu",
)  # fmt: skip
#: Cells of a line, and empty lines that a form has beside those that are filled.
CELLS, MORE = 5, 3
_SHARE = re.compile(r"(\d{1,3}(?:[.,]\d{1,3})?)\s*%?")
_INS = re.compile(r"(?:INS\s*)?(\d{3,4}[a-z]?(?:\([ivx]+\))?)", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One ingredient; `share` in %."""

    name: str
    share: Decimal | None = None
    group: str = ""
    ins: str = ""
    nature: str = ""

    @property
    def text(self) -> str:
        """As the label says it: "chất bảo quản: natri benzoat (INS 211)"."""
        share = f"{self.share:f}".replace(".", ",") + " %" if self.share is not None else ""
        inner = [f"INS {self.ins}" if self.ins else "", share]
        head = " ".join(part for part in (self.group, self.nature) if part)
        if head and self.name and not self.ins:
            inner, name = [self.name, share], head
        else:
            name = ": ".join(part for part in (head, self.name) if part)
        kept = ", ".join(part for part in inner if part)
        return f"{name} ({kept})" if kept else name

    @property
    def line(self) -> str:
        """As it is typed."""
        share = f"{self.share:f}".replace(".", ",") + " %" if self.share is not None else ""
        return "; ".join((self.name, share, self.group, self.ins, self.nature)).rstrip("; ")


def read(text: str) -> list[Row]:
    """The rows of *text*.

    :raises BadInput: a line that is none, shares above 100 %; `line` is its number.
    """
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        cells = [cell.strip() for cell in line.split(";")] + [""] * 5
        if any(cells):
            rows.append(_row(cells, number))
    if sum(row.share or 0 for row in rows) > 100:
        raise BadInput(
            "The shares of the ingredients come to {total} %.",
            fix="Check the figures: together they are 100 % at most.",
            total=sum(row.share or Decimal(0) for row in rows),
        )
    return rows


def _row(cells: list[str], number: int) -> Row:
    name, share, group, ins, nature = cells[:5]
    known = _SHARE.fullmatch(share) if share else None
    if share and (known is None or Decimal(known[1].replace(",", ".")) > 100):
        raise BadInput(
            "Line {line}: “{text}” is no share.",
            fix="Write it in percent: 12,5 %.",
            line=number,
            text=share,
        )
    coded = _INS.fullmatch(ins) if ins else None
    if ins and coded is None:
        raise BadInput(
            "Line {line}: “{text}” is no INS number.",
            fix="Write its digits: 211.",
            line=number,
            text=ins,
        )
    if nature and nature.lower() not in NATURES:
        raise BadInput(
            "Line {line}: “{text}” is none of: tự nhiên, giống tự nhiên, tổng hợp, nhân tạo.",
            fix="Write one of these four after the last semicolon.", line=number, text=nature,
        )  # fmt: skip
    if not name and not group:
        raise BadInput("Line {line} names no ingredient.", fix="Write its name first.", line=number)
    return Row(
        name, Decimal(known[1].replace(",", ".")) if known else None, group,
        coded[1].lower() if coded else "", nature.lower(),
    )  # fmt: skip


def cells(text: str) -> list[list[str]]:
    """The cells of each line of *text* as they were typed, right or not, and empty lines for more."""
    lines = [line for line in text.split("\n") if line.strip()]
    typed = [[cell.strip() for cell in line.split(";", CELLS - 1)] for line in lines]
    return [(one + [""] * CELLS)[:CELLS] for one in [*typed, *[[]] * MORE]]


def joined(columns: Sequence[Sequence[str]]) -> str:
    """The lines of the cells that a form sent, column by column; a semicolon in one becomes a comma."""
    lines = (
        "; ".join(cell.replace(";", ",").strip() for cell in row)
        for row in zip(*columns, strict=False)
    )
    return "\n".join(line.rstrip("; ") for line in lines if line.strip("; "))


def checked(text: str) -> str:
    """*text* in one spelling. :raises BadInput: as `read`."""
    return "\n".join(row.line for row in read(fields.prose(text)))


def set_text(text: str) -> str:
    """Write what the label says of the rows in *text*: largest first, those without a share in their place,
    additives without one last."""
    rows = read(text)
    keys: list[Decimal] = []
    for row in rows:
        if row.share is not None:
            keys.append(row.share)
        elif row.group or row.ins:
            keys.append(Decimal(0))
        else:
            keys.append(keys[-1] if keys else Decimal(100))
    order = sorted(range(len(rows)), key=lambda at: (-keys[at], at))
    return ", ".join(rows[at].text for at in order)
