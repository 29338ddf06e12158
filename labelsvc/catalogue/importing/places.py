"""Places: what rows of points of sale and villages would change, and the products sold there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from labelsvc.catalogue.fields import name_key
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.importing.planned import Change, PlanRow, shown
from labelsvc.catalogue.importing.rows.line import Line, Problem
from labelsvc.catalogue.importing.sheets import Sheet
from labelsvc.catalogue.models import Outlet, Producer, Village
from labelsvc.catalogue.points import hours

#: Between the names of products in one cell; a comma only where the whole is no name.
_BETWEEN = re.compile(r"\s*(?:[;\n•]|(?:^|\s)[-–+]\s)\s*")

#: What only a new place takes from a list: since when it is there stands in its steps.
_FIRST = frozenset({"name", "published_on"})


class Places:
    """Points of sale and villages of the catalogue, and those of the list so far."""

    def __init__(self, session: Session, products: Mapping[int, Any]) -> None:
        """:param products: number → row of every product, with `name` and `producer_id`."""
        self._session, self._products = session, products
        self._held: dict[ListKind, dict[str, Any]] = {}
        #: Key of a point of sale → products that the list has named for it.
        self._sold: dict[str, set[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        self._owners: dict[str, set[int]] = {}

    def compare(self, line: Line, sheet: Sheet) -> PlanRow:
        """The state of a row, given everything before it."""
        facts = line.place
        for name in ("commune_code", "commune_from"):
            if name in line.producer:
                facts[name] = line.producer[name]
        outlet = line.kind is ListKind.POINTS_OF_SALE
        if outlet:
            facts["street"] = line.producer.get("street", "")
        facts = line.place = {k: v for k, v in facts.items() if v}
        key = name_key(facts["name"])
        named = bool(line.goods)
        fresh = self._sells(line, key) if outlet else []
        known = self._all(line.kind).get(key)
        if known is None:
            self._all(line.kind)[key] = False
            return PlanRow(line, "new", fresh)
        if known is False:
            if named:  # one row a product: the place is made once
                state = "new" if fresh else "unchanged"
                return PlanRow(line, state, fresh, follows=True)  # type: ignore[arg-type]
            line.problems.append(Problem("", "", "The name stands in the list already.", "Keep one of the two rows.", {}))  # fmt: skip
            return PlanRow(line, "refused")
        if getattr(known, "craft_code", ""):
            facts.pop(
                "craft_code", None
            )  # the office chose it: words of a list do not outrank that
        changes = [
            Change(k, _shown(k, getattr(known, k)), _shown(k, v))
            for k, v in facts.items()
            if k not in _FIRST and getattr(known, k) != v
        ] + fresh  # fmt: skip
        return PlanRow(line, "changed" if changes else "unchanged", changes, product_id=known.id)

    def _sells(self, line: Line, key: str) -> list[Change]:
        """Products that the row names and the place does not sell yet; what is not sure is noted."""
        if not line.goods:
            return []
        held = self._all(line.kind).get(key)
        if key not in self._sold:
            self._sold[key] = {product.id for product in held.products} if held else set()
        names, ids = [], []
        for name in self._names(line.goods):
            found = self._named(name, line.owner_said)
            if len(found) == 1:
                if found[0] not in self._sold[key]:
                    names.append(self._products[found[0]].name)
                    ids.append(found[0])
                    self._sold[key].add(found[0])
            elif found:
                line.note("Several producers make “{name}”: say on the page of the point of sale which one.", name=name[:80])  # fmt: skip
            else:
                line.note("“{name}” is no product of the catalogue: it is not entered at the point of sale.", name=name[:80])  # fmt: skip
        line.sells = tuple(ids)
        return [Change("sells", "", ", ".join(names))] if names else []

    def _names(self, text: str) -> list[str]:
        parts = [part.strip(" .-–+•") for part in _BETWEEN.split(text)]
        made: list[str] = []
        for part in filter(None, parts):
            if "," in part and not self._named(part, ""):
                made += [one.strip(" .") for one in part.split(",")]
            else:
                made.append(part)
        return [re.sub(r"^\d{1,3}[.)]\s*", "", name) for name in made if name]

    def _named(self, name: str, owner: str) -> list[int]:
        """Products of that name; of that owner where one is named."""
        if not self._by_name:
            for number, product in self._products.items():
                self._by_name.setdefault(name_key(product.name), []).append(number)
        found = self._by_name.get(name_key(name), [])
        if len(found) > 1 and owner:
            if not self._owners:
                for number, said in self._session.execute(select(Producer.id, Producer.name)):
                    self._owners.setdefault(name_key(said), set()).add(number)
            mine = self._owners.get(name_key(owner), set())
            found = [one for one in found if self._products[one].producer_id in mine] or found
        return found

    def _all(self, kind: ListKind) -> dict[str, Any]:
        if kind not in self._held:
            query: Any = (
                select(Village)
                if kind is ListKind.VILLAGES
                else select(Outlet).options(selectinload(Outlet.products))
            )
            self._held[kind] = {name_key(one.name): one for one in self._session.scalars(query)}
        return self._held[kind]


def _shown(name: str, value: Any) -> str:
    """A value as the preview has it: hours in words."""
    return hours.said(value, "vi") if name == "hours" and value else shown(value)
