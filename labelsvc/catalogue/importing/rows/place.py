"""Rows of lists that are no products: points of sale with what is sold there, and craft villages."""

from __future__ import annotations

from functools import partial

from labelsvc.catalogue import fields
from labelsvc.catalogue.importing.heads.headings import Context
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.importing.rows.line import Line, Reader
from labelsvc.catalogue.importing.rows.row import read_address_of
from labelsvc.catalogue.importing.values import cell as cells
from labelsvc.catalogue.importing.values import personal
from labelsvc.catalogue.importing.values.decisions import decision_of
from labelsvc.errors import BadInput


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
    number, day, _ = reader.get("decision", decision_of, ("", None, ""))
    day = reader.day("decision_date") or day
    if number:
        line.place |= {"decision_number": number, "decision_date": day}
    return line


__all__ = ["cells", "read_place"]
