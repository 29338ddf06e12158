"""A row of cells → what it says about a producer, a product and its stars, or why it is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from labelsvc.catalogue import criteria, fields, product_columns
from labelsvc.catalogue.award import BANDS, check_award, legal_basis_on, stars_above
from labelsvc.catalogue.importing import cell as cells
from labelsvc.catalogue.importing.formula import Unsaved
from labelsvc.catalogue.importing.header import Header
from labelsvc.catalogue.importing.line import Line, Reader, cell_at
from labelsvc.catalogue.importing.read import Cell, Cells, Table
from labelsvc.catalogue.models import ProducerKind
from labelsvc.catalogue.recognition import Authority, default_valid_to
from labelsvc.errors import BadInput
from labelsvc.i18n import fold

_ROMAN = re.compile(r"^(?:[IVX]{1,5}|[A-Z]|\d{1,2})\s*[.)\-–:]\s*")
_TOTAL = re.compile(r"^(?:tong cong|tong so|tong|cong)\b")
_SIGNED = re.compile(r"\b(?:noi nhan|nguoi lap|chu tich|ky ten)\b")
_KINDS = (
    ("hop tac xa", ProducerKind.COOPERATIVE), ("htx", ProducerKind.COOPERATIVE),
    ("to hop tac", ProducerKind.COOPERATIVE_GROUP), ("tht", ProducerKind.COOPERATIVE_GROUP),
    ("cong ty", ProducerKind.ENTERPRISE), ("cty", ProducerKind.ENTERPRISE),
    ("doanh nghiep", ProducerKind.ENTERPRISE), ("dn", ProducerKind.ENTERPRISE),
    ("trang trai", ProducerKind.FARM),
    ("ho", ProducerKind.HOUSEHOLD), ("hkd", ProducerKind.HOUSEHOLD), ("co so", ProducerKind.HOUSEHOLD),
    ("nghe nhan", ProducerKind.HOUSEHOLD), ("ca the", ProducerKind.HOUSEHOLD),
)  # fmt: skip


@dataclass
class _Context:
    """What headings above the rows said."""

    group: criteria.Group | None = None
    set_number: int | None = None
    district: str = ""


def read_lines(table: Table, header: Header) -> Iterator[Line]:
    """Every row of the list below its header; headings, totals and signatures are passed over."""
    context = _Context()
    for number, row in table.rows():
        if number < header.row + header.depth:
            continue
        if _is_heading(row, context):
            continue
        if not any(_filled(cell_at(row, header, name)) for name in ("product", "producer")):
            continue
        yield _line(number, row, header, context)


def _is_heading(row: Cells, context: _Context) -> bool:
    """A group, a district, a total, a row of column numbers: said once, for the rows below."""
    said = [cells.text_of(cell) for cell in row if cells.text_of(cell)]
    if not said:
        return not any(isinstance(cell, Unsaved) for cell in row)
    plain = fold(said[0])
    if _TOTAL.match(plain) or (len(said) <= 3 and _SIGNED.search(plain)):
        return True
    if any(isinstance(cell, Unsaved) for cell in row):
        return False
    if len(said) > 3 and all(re.fullmatch(r"\(?\d{1,2}\)?", one) for one in said):
        return True  # (1) (2) (3) under the header
    different = {one for one in said if not re.fullmatch(r"[IVXA-Z]{1,5}[.)]?|\d{1,3}\.?", one)}
    if len(different) > 1 or (len(said) > 2 and len(set(said)) > 2):
        return False
    heading = _ROMAN.sub("", next(iter(different), said[0]))
    if re.search(r"\b(?:huyen|quan|thi xa)\b", fold(heading)):
        context.district = heading
        return True
    if (number := criteria.find_set(heading)) is not None and not heading.isdigit():
        context.set_number, context.group = number, criteria.group_of(number)
        return True
    if (group := criteria.find_group(heading)) is not None:
        context.group, context.set_number = group, None
        return True
    return len(said) == 1


def _line(number: int, row: Cells, header: Header, context: _Context) -> Line:
    made = Line(number)
    reader = Reader(row, header, made)
    reader.refuse_unsaved()
    _read_producer(reader, context)
    _read_product(reader, context)
    _read_recognition(reader)
    return made


def _read_producer(reader: Reader, context: _Context) -> None:
    into = reader.line.producer
    reader.name(into, "producer")
    if not into.get("name") and not reader.line.problems:
        reader.refuse(
            "producer", BadInput("The producer is missing.", fix="Enter the name of the owner.")
        )
    if re.search(r"\(.*chua ro.*\)", fold(str(into.get("name", "")))):
        reader.refuse(
            "producer", BadInput("The producer is not named.", fix="Enter the name of the owner.")
        )
    kind = _kind(reader.text("kind")) or _kind(str(into.get("name", "")))
    into["kind"] = kind or ProducerKind.HOUSEHOLD
    if kind is None and into.get("name"):
        reader.line.notes.append(("Taken for a household: the kind of owner is not said.", {}))
    for name, check in (
        ("phone", fields.phone), ("email", fields.email), ("website", fields.website),
        ("tax_code", fields.tax_code), ("representative", fields.line),
    ):  # fmt: skip
        reader.field(into, name, check)
    parts = [reader.text("address"), reader.text("commune"), reader.text("district") or ""]
    if parts[1] and not re.match(r"(?i)\s*(xã|phường|thị trấn|p\.|x\.|tt)", parts[1]):
        parts[1] = (
            f"xã {parts[1]}" if not parts[2].lower().startswith("quận") else f"phường {parts[1]}"
        )
    if (
        context.district
        and not parts[2]
        and not re.search(r"\b(?:huyen|quan|thi xa)\b", fold(parts[0]))
    ):
        parts[2] = context.district
    reader.line.address = reader.get(
        "address", lambda _: fields.line(", ".join(p for p in parts if p), most=300), ""
    )


def _kind(text: str) -> ProducerKind | None:
    plain = f" {fold(text)} "
    return next((kind for words, kind in _KINDS if f" {words} " in plain), None)


def _read_product(reader: Reader, context: _Context) -> None:
    into = reader.line.product
    reader.name(into, "product")
    if not into.get("name") and not reader.line.problems:
        reader.refuse(
            "product", BadInput("The product is missing.", fix="Enter the name of the product.")
        )
    for column in product_columns.IN_LISTS:
        reader.field(into, column.name, product_columns.CHECKS[column.name])
    said = reader.text("set")
    number = criteria.find_set(said) if said else context.set_number
    into["set_guessed"] = number is None
    if number is None:
        group = (criteria.find_group(said) if said else None) or context.group
        number = criteria.guess_set(str(into.get("name", "")), group)
    if number is None and into.get("name"):
        reader.refuse(
            "set",
            BadInput("The criteria set is not known.", fix="Add a column “Bộ sản phẩm” with a number from 1 to 26."),
        )  # fmt: skip
    elif number is not None:
        into["set_number"] = number


def _read_recognition(reader: Reader) -> None:
    stars, potential = reader.get("stars", cells.stars_of, (None, False))
    if "tiem nang" in fold(reader.text("note")):
        stars, potential = (4 if stars in (None, 5) else stars), True
    if stars is not None and stars not in BANDS:
        reader.refuse(
            "stars",
            BadInput(
                "There is no certificate for {stars} stars, only for 3, 4 and 5.",
                fix="Check the decision.",
                stars=stars,
            ),
        )
    number, day, rest = reader.get("decision", cells.decision_of, ("", None, ""))
    written = reader.get("decision_date", cells.day_of)
    day = written or day
    if stars is None and not number:
        return  # a product without stars: the producer may print without them
    problems = len(reader.line.problems)
    if stars is None:
        reader.refuse("stars", BadInput("The stars are missing.", fix="Write 3, 4 or 5."))
    if not number and not problems:
        reader.refuse("decision", BadInput("The decision is missing.", fix="Write its number, such as 1147/QĐ-UBND."))  # fmt: skip
    if day is None and number and not problems:
        reader.refuse("decision_date", BadInput("The date of the decision is missing.", fix="Write day/month/year."))  # fmt: skip
    valid_to = reader.get("valid_to", cells.day_of)
    score = reader.get("score", cells.score_of)
    if len(reader.line.problems) > problems or problems or stars is None or day is None:
        return
    authority, name = _authority(
        reader.text("authority") or rest, number, stars, reader.line.address, day
    )
    facts: dict[str, Any] = {
        "stars": stars, "potential_five": potential, "decision_number": number, "decision_date": day,
        "authority": authority, "authority_name": name, "legal_basis": legal_basis_on(day),
        "valid_from": day, "valid_to": valid_to or default_valid_to(day),
    }  # fmt: skip
    if score is not None:
        facts["score"] = score
    try:
        check_award(
            stars=stars, authority=authority, decision_date=day, valid_from=day,
            valid_to=facts["valid_to"], score=score, potential_five=potential,
        )  # fmt: skip
    except BadInput as error:
        place = {"stars": "stars", "decision_number": "decision", "score": "score"}
        reader.refuse(place.get(str(error.params.get("field")), "decision_date"), error)
        return
    reached = stars_above(score, stars, potential_five=potential)
    if score is not None and reached is not None:
        reader.line.notes.append(
            (
                "{score} points would do for {reached} stars; the list says {stars}.",
                {"score": f"{score.normalize():f}", "reached": reached, "stars": stars},
            )
        )
    reader.line.recognition.update(facts)


def _authority(
    said: str, number: str, stars: int, address: str, day: date
) -> tuple[Authority, str]:
    """Who decided: by what is said, by the ending of the number, by the law of the day."""
    plain = f"{fold(said)} {fold(number)}"
    if "bnn" in plain or "bo nong nghiep" in plain or (stars == 5 and "ubnd" not in plain):
        return Authority.MINISTRY, "Bộ Nông nghiệp và Môi trường" if day >= date(2025, 3, 1) else "Bộ Nông nghiệp và Phát triển nông thôn"  # fmt: skip
    found = re.search(r"ubnd\s+(huyen|quan|thi xa)\s+([^,;.()]+)", plain)
    if found and day < date(2025, 7, 1):
        place = re.search(r"(?i)ubnd\s+((?:huyện|quận|thị xã)\s+[^,;.()]+)", said)
        return Authority.DISTRICT, f"UBND {place[1].strip()}" if place else "UBND huyện"
    return Authority.PROVINCE, "UBND Thành phố Hà Nội"


def _filled(cell: Cell) -> bool:
    return isinstance(cell, Unsaved) or bool(cells.text_of(cell))
