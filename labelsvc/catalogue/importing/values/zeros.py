"""Numbers that lost their leading zeros in a spreadsheet: given back where only one reading is lawful."""

from __future__ import annotations

import re

from labelsvc.catalogue import fields
from labelsvc.catalogue.importing.files.read import Cell
from labelsvc.catalogue.importing.values import personal
from labelsvc.catalogue.importing.values.plain import text_of
from labelsvc.errors import BadInput

#: Province 001 to 096, century and sex 0 to 3, year of birth, six digits.
_PERSON = re.compile(r"0(?:0[1-9]|[1-8]\d|9[0-6])[0-3]\d{8}")


def is_person(digits: str) -> bool:
    """True if twelve digits can be a personal id."""
    return bool(_PERSON.fullmatch(digits))


def tax_check_digit_fits(code: str) -> bool:
    """True if the tenth digit of a tax code of ten digits fits."""
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    total = sum(int(digit) * weight for digit, weight in zip(code[:9], weights, strict=True))
    return 10 - total % 11 == int(code[9])


def phone(cell: Cell) -> tuple[str, bool]:
    """A telephone, and whether its zero was given back: 912345678 → 0912345678.

    :raises BadInput: no telephone.
    """
    text = text_of(cell)
    if any(map(str.isalpha, text)):
        text = _without_words(text)
    numbers = [one.strip() for one in re.split(r"[;,/\n]|\s-\s", text) if one.strip()]
    restored = [f"0{one}" if _lost(re.sub(r"[ .]", "", one)) else one for one in numbers]
    if restored == numbers:
        return fields.phone(re.sub(r"\s*\n\s*", ", ", text)), False
    return fields.phone(", ".join(restored)), True


def _without_words(text: str) -> str:
    """The numbers of "0912345678 (chị Hoa)"; *text* itself where something else has digits too."""
    found = personal.cleaned(text)
    alone = found.phones and not found.ids and not found.tax_codes
    return ", ".join(found.phones) if alone and not re.search(r"\d", found.text) else text


def _lost(digits: str) -> bool:
    if not digits.isdigit():
        return False
    return (len(digits) == 9 and digits[0] in "35789") or (len(digits) == 10 and digits[0] == "2")


def tax_code(cell: Cell) -> tuple[str, bool]:
    """A tax code or personal id, and whether zeros were given back.

    Ten digits that a person's id without its two zeros may be as well are refused; a personal id
    never becomes a tax code.

    :raises BadInput: none, or two lawful readings.
    """
    text = text_of(cell)
    digits = re.sub(r"[ .]", "", text)
    if not digits.isdigit() or not digits.isascii():
        return fields.tax_code(text), False
    if len(digits) == 10 and (digits.startswith("0") or not is_person(digits.zfill(12))):
        return fields.tax_code(digits), False
    if len(digits) == 12 and digits.startswith("0"):
        if not is_person(digits):
            raise _unclear(digits)
        return digits, False
    if len(digits) == 13:
        return fields.tax_code(digits), False
    readings = set()
    if len(digits) == 10 and tax_check_digit_fits(digits):
        readings.add(digits)
    if len(digits) in (10, 11) and is_person(digits.zfill(12)):
        readings.add(digits.zfill(12))
    if len(digits) == 9 and tax_check_digit_fits(f"0{digits}"):
        readings.add(f"0{digits}")
    if len(digits) == 12:
        readings.add(f"0{digits[:9]}-{digits[9:]}")
    if len(readings) != 1:
        raise _unclear(digits)
    made = readings.pop()
    return made, made != digits


def gtin(cell: Cell) -> tuple[str, bool]:
    """A GTIN, and whether zeros were given back; its check digit decides."""
    text = re.sub(r"[ .-]", "", text_of(cell))
    if text.isdigit() and text.isascii() and len(text) in (7, 9, 10, 11):
        length = 8 if len(text) == 7 else 12
        return fields.gtin(text.zfill(length)), True
    return fields.gtin(text_of(cell)), False


def _unclear(digits: str) -> BadInput:
    return BadInput(
        "{digits} has lost its zeros: it is neither surely a tax code nor surely a personal id.",
        fix="Format the column as text and type the number with its leading zeros.",
        digits=f"{digits[:3]}…{digits[-2:]}",
    )
