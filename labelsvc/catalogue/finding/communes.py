"""Communes: conditions for rows that lie in a commune whose present or former name somebody typed.

An address keeps the present unit alone; people ask for "Gia Lâm" and "Vân Từ" as they always did.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, literal, select, tuple_

from labelsvc.catalogue.models import AdminUnit, AdminUnitChange, Outlet, Producer, Village
from labelsvc.i18n import fold

#: Words of a search that are looked at.
MAX_WORDS = 8


def words_of(text: str) -> list[str]:
    """The words of a search, without marks."""
    return fold(text.replace(",", " ")).split()[:MAX_WORDS]


def lies_in(
    model: type[Village] | type[Producer] | type[Outlet], *words: str
) -> ColumnElement[bool]:
    """True for rows whose commune, or a former unit that went into it, has all *words* in its name or district.

    Whole words: "phu" would be in every "phường".
    """
    spaced = literal(" ").concat(AdminUnit.search_key).concat(" ")
    named = and_(*(spaced.contains(f" {word} ", autoescape=True) for word in words))
    present = select(AdminUnit.code, AdminUnit.valid_from).where(named)
    here = tuple_(model.commune_code, model.commune_from)
    return here.in_(present.union(made_of(named)))


def made_of(rule: ColumnElement[bool]) -> Select[str, date]:
    """Codes and first days of the units into which former ones went, wholly or in part.

    :param rule: of the former units.
    """
    return (
        select(AdminUnitChange.new_code, AdminUnitChange.new_from)
        .join(
            AdminUnit,
            and_(
                AdminUnit.code == AdminUnitChange.old_code,
                AdminUnit.valid_from == AdminUnitChange.old_from,
            ),
        )
        .where(rule)
    )
