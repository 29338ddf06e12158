"""Rows of lists that are no products: points of sale with what is sold there, and craft villages."""

from __future__ import annotations

import re
from functools import partial

from labelsvc.catalogue import fields
from labelsvc.catalogue.importing.heads.headings import Context
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.importing.rows.line import Line, Reader
from labelsvc.catalogue.importing.rows.row import read_address_of
from labelsvc.catalogue.importing.values import cell as cells
from labelsvc.catalogue.importing.values import personal
from labelsvc.catalogue.importing.values.decisions import decision_of
from labelsvc.catalogue.models import VillageKind
from labelsvc.catalogue.villages.crafts import named
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
    """Which craft of the list is meant, and which kind of village: by its column, else by the name it bears."""
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


__all__ = ["cells", "read_place"]
