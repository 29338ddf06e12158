"""Contents: reads what a list says for the label of a product. Used by rows.

A fault here is noted and its cell left out: the stars of a row do not hang on it.
"""

from __future__ import annotations

import re

from labelsvc.catalogue.importing.rows.line import Reader
from labelsvc.catalogue.importing.values import personal
from labelsvc.catalogue.products.columns import Kind, ProductColumn
from labelsvc.errors import BadInput
from labelsvc.i18n import fold

#: Words by which a cell says that there is nothing to say.
_NOTHING = frozenset(("-", "–", "x", "khong", "khong co", "co", "chua co", "n/a"))
_SPAN = re.compile(r"0*(\d{1,4}) ?(ngay|thang|nam|days?|months?|years?)\b")
#: Names and addresses, which labels and scan pages say: numbers of people leave them.
_OF_PEOPLE = frozenset(("artisan", "repacker", "ordering_party"))
#: As the register has it.
_LONGEST = 36_500


def read(reader: Reader, column: ProductColumn) -> None:
    """Put the cell of *column* into the product, where its set has such a content."""
    line, into, said = reader.line, reader.line.product, reader.text(column.name)
    label = reader.header.label(column.name)
    if not said or fold(said).strip(" .") in _NOTHING:
        return
    number = into.get("set_number")
    if column.only_sets and number is not None and number not in column.only_sets:
        line.note("{column}: left out, the criteria set has no such content.", column=label)
        return
    if column.kind is Kind.NUMBER:
        days = shelf_life(said, label)
        if days is None:
            line.note("{column}: “{text}” is not one span of days, months or years; left out.", column=label, text=said[:60])  # fmt: skip
        else:
            into[column.name] = days
            line.note("{column}: {text} is {days} days.", column=label, text=said[:60], days=days)
    elif column.check is not None:
        if column.name in _OF_PEOPLE and (bare := personal.cleaned(said)).changed:
            said = bare.text
            line.note("A number was taken out of the address or the name.")
        try:
            into[column.name] = column.check(said)
        except BadInput:
            line.note("{column}: “{text}” is left out; correct it at the product.", column=label, text=said[:60])  # fmt: skip


def shelf_life(text: str, head: str = "") -> int | None:
    """Days of "12 tháng kể từ ngày sản xuất"; None where *text* says no span, or several.

    A month counts 30 days and twelve of them 365: goods never seem to keep longer than they do.

    :param head: of the column, which may say the unit: "Hạn sử dụng (tháng)".
    """
    plain = " ".join(fold(text).split())
    if plain.isdigit() and (
        said := re.search(r"\((ngay|thang|nam|days|months|years)\)", fold(head))
    ):
        plain = f"{plain} {said[1]}"
    found = {(int(hit[1]), hit[2]) for hit in _SPAN.finditer(plain)}
    if len(found) != 1 or len(re.findall(r"\d+", plain)) != 1:
        return None
    ((count, unit),) = found
    if unit.startswith(("nam", "year")):
        days = 365 * count
    elif unit.startswith(("thang", "month")):
        days = 365 * (count // 12) + 30 * (count % 12)
    else:
        days = count
    return days if 0 < days <= _LONGEST else None
