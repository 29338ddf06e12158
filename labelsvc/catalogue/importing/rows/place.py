"""Rows of lists that are no products: points of sale with what is sold there, and craft villages."""

from __future__ import annotations

import re
from datetime import date
from functools import partial

from labelsvc.catalogue import fields
from labelsvc.catalogue.importing.heads.headings import Context
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.importing.rows.line import Line, Reader
from labelsvc.catalogue.importing.rows.row import read_address_of
from labelsvc.catalogue.importing.values import cell as cells
from labelsvc.catalogue.importing.values import personal
from labelsvc.catalogue.importing.values.decisions import decision_of
from labelsvc.catalogue.models import OutletKind, VillageKind
from labelsvc.catalogue.points import hours, position
from labelsvc.catalogue.villages.crafts import named
from labelsvc.clock import today
from labelsvc.errors import BadInput
from labelsvc.i18n import fold


def read_place(reader: Reader, context: Context) -> Line:
    """A point of sale or a village: name, address, telephone; craft and decision of a village."""
    line = reader.line
    line.kind = context.judgement.kind
    village = line.kind is ListKind.VILLAGES
    lead = "village" if village else "outlet"
    if lead not in reader.header.columns:
        lead = next((one for one in ("producer", "product") if one in reader.header.columns), lead)
    reader.note_turned()
    reader.refuse_unsaved()
    said = personal.cleaned(reader.text(lead)).text
    line.said["product"] = fields.shown(said)
    name = reader.get(lead, lambda _: fields.name(said, most=120 if village else 200), "")
    if name:
        line.place["name"] = name
    elif not line.problems:
        reader.refuse(lead, BadInput("The name is missing.", fix="Enter the name."))
    reader.phone(line.place)
    line.producer.pop("phone", None)
    read_address_of(reader, context)
    line.place.setdefault("phone", line.producer.pop("phone", "") or line.place.get("phone", ""))
    if not village:
        if lead == "outlet":
            line.goods, line.owner_said = reader.text("product"), reader.text("producer")
            _about_point(reader)
        return line
    line.place.pop("phone", None)
    reader.field(line.place, "craft", partial(fields.line, most=120))
    _craft_and_kind(reader)
    number, day, _ = reader.get("decision", decision_of, ("", None, ""))
    day = reader.day("decision_date") or day
    if number:
        line.place |= {"decision_number": number, "decision_date": day}
    return line


def _craft_and_kind(reader: Reader) -> None:
    """Read craft and kind of a village: by its column, else by the name it bears."""
    line = reader.line
    if craft := str(line.place.get("craft", "")):
        if code := named(craft):
            line.place["craft_code"] = code
        else:
            line.note("“{craft}” names no craft of the list: choose it on the page of the village.", craft=craft[:80])  # fmt: skip
    said = fold(f"{reader.text('kind')} {reader.text('set')}")
    name = fold(str(line.place.get("name", "")))
    if re.search(r"\btruyen thong\b", said) or re.search(r"\bnghe truyen thong\b", name):
        line.place["kind"] = VillageKind.TRADITIONAL
    elif re.search(r"\blang co nghe\b", f"{said} {name}"):
        line.place["kind"] = VillageKind.WITH_CRAFT
    elif re.search(r"\blang nghe\b", said):
        line.place["kind"] = VillageKind.CRAFT


#: Words of a kind, the narrow ones first.
_KINDS = (
    (OutletKind.E_SHOP, r"\b(?:truc tuyen|online|thuong mai dien tu|tmdt|san tm)"),
    (OutletKind.WORKSHOP, r"\b(?:xuong|tai vuon|tai trang trai|tai co so san xuat)\b"),
    (OutletKind.OWN_SHOP, r"\bcua (?:chu the|htx|hop tac xa|co so|doanh nghiep)\b"),
    (OutletKind.DESIGN_CENTRE, r"\b(?:trung tam|thiet ke|sang tao)\b"),
    (OutletKind.TOURISM, r"\b(?:du lich|lang nghe)\b"),
    (
        OutletKind.BOOTH,
        r"\b(?:gian hang|quay|hoi cho|phien cho|mua vu|thoi vu|luu dong|tuan hang)\b",
    ),
    (OutletKind.SUPERMARKET, r"\b(?:sieu thi|trung tam thuong mai|minimart|winmart)\b"),
    (OutletKind.SHOP, r"\b(?:cua hang|diem (?:ban|gioi thieu)|dai ly|shop)\b"),
)


def kind_of(text: str) -> str:
    """The kind of a point that a cell names: "Siêu thị" → "supermarket"; "" where it names none."""
    plain = fold(text)
    if re.search(r"\b(?:trung tam thuong mai|tttm)\b", plain):
        return OutletKind.SUPERMARKET
    return next((str(kind) for kind, words in _KINDS if re.search(words, plain)), "")


def _about_point(reader: Reader) -> None:
    """Kind, hours, operator, place and first day of a point. What cannot be read is no reason to refuse it."""
    line, place = reader.line, reader.line.place
    said = reader.text("kind")
    place["kind"] = kind_of(said)
    if said and not place["kind"]:
        line.note("“{text}” is no kind of point of sale that is known.", text=said[:60])
    # Of a list without products the "đơn vị quản lý" is who runs the point, not who makes something.
    runs = "producer" if "operator" not in reader.header.columns and not line.goods else "operator"
    reader.field(place, runs, fields.name, "operator")
    for name, check in (("website", fields.website), ("email", fields.email)):
        reader.field(place, name, check)
    text = reader.text("hours")
    try:
        place["hours"] = hours.read(text)
    except BadInput:
        place["hours_note"] = reader.get("hours", lambda _: fields.line(text, most=200), "")
    where = reader.text("position") or "; ".join(
        filter(None, (reader.text("latitude"), reader.text("longitude")))
    )
    try:
        found = position.read(where)
    except BadInput:
        found = None
        line.note("“{text}” is no place on the map; it is left out.", text=where[:60])
    if found is not None:
        place["latitude"], place["longitude"] = found
    opened = reader.text("opened")
    if re.fullmatch(r"(?:năm )?(?:19|20)\d\d", opened.strip().lower()):
        day = date(int(opened.strip()[-4:]), 12, 31)  # counted once the year is over
        place["published_on"] = min(day, today())
    elif opened:
        day = reader.day("opened")
        if day is not None and day <= today():
            place["published_on"] = day


__all__ = ["cells", "read_place"]
