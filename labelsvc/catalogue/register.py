"""Register: adds and changes producers, products, villages and outlets. Used by pages and the demo.

Each verb checks every field (fields.py), refuses names and numbers that are taken, and writes to
the audit trail in the caller's transaction. Facts are given by keyword with the names of the
mapped columns; a fact that is not given stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue import criteria, fields
from labelsvc.catalogue.changes import (
    Changes,
    added,
    changed,
    checked,
    choice,
    free,
    not_merged,
    past,
    required,
    with_commune,
)
from labelsvc.catalogue.fields import Check
from labelsvc.catalogue.models import (
    Outlet,
    OutletKind,
    OutletState,
    Producer,
    ProducerKind,
    Product,
    RiskLevel,
    Village,
    VillageKind,
    outlet_product,
)
from labelsvc.catalogue.points import hours, steps
from labelsvc.catalogue.points import position as place
from labelsvc.catalogue.products import columns as product_columns
from labelsvc.catalogue.products import ingredients as ingredient_rows
from labelsvc.catalogue.products import words as product_words
from labelsvc.catalogue.recognition import ruling
from labelsvc.catalogue.villages import crafts, position
from labelsvc.clock import today
from labelsvc.errors import BadInput, Conflict

_line = {most: partial(fields.line, most=most) for most in (30, 40, 60, 80, 120, 160, 200, 300)}

#: Text field → its check; nullable ones become None when empty.
PRODUCER: Mapping[str, Check] = {
    "name": fields.name, "name_en": fields.name, "tax_code": fields.tax_code,
    "representative": partial(fields.name, most=120), "phone": fields.phone,
    "email": fields.email, "website": fields.website, "street": _line[200],
    "old_address": _line[300], "registration_number": _line[40],
}  # fmt: skip
PRODUCT: Mapping[str, Check] = product_columns.CHECKS
VILLAGE: Mapping[str, Check] = {
    "name": partial(fields.name, most=120), "name_en": partial(fields.name, most=120),
    "craft": _line[120], "craft_en": _line[120], "craft_code": crafts.checked,
    "decision_number": fields.decision_number,
    "story": fields.prose, "story_en": fields.prose,
}  # fmt: skip
OUTLET: Mapping[str, Check] = {
    "name": fields.name, "street": _line[200], "phone": fields.phone, "website": fields.website,
    "operator": partial(fields.name, most=200), "email": fields.email, "hours": hours.read,
    "hours_note": _line[200],
}  # fmt: skip


def create_producer(session: Session, *, actor: str, **facts: Any) -> Producer:
    """Add an OCOP owner. Needed: `name`, `kind`.

    :raises BadInput: a field is wrong; `field` names it.
    :raises Conflict: the tax code is taken.
    """
    producer = Producer(name="", kind="")
    changes = checked(producer, _producer_facts(facts, new=True), PRODUCER)
    free(session, producer, changes, tax_code="Another producer has the tax code {value}.")
    return added(session, producer, changes, actor, "producer.create")


def update_producer(session: Session, producer: Producer, *, actor: str, **facts: Any) -> Changes:
    """Change facts of an owner; gives what changed, field → (old, new)."""
    changes = checked(producer, _producer_facts(facts, new=False), PRODUCER)
    free(session, producer, changes, tax_code="Another producer has the tax code {value}.")
    return changed(session, producer, actor, "producer.update", changes)


def _producer_facts(facts: dict[str, Any], *, new: bool) -> dict[str, Any]:
    facts = with_commune(facts)
    if new or "kind" in facts:
        facts["kind"] = choice("kind", ProducerKind, facts.get("kind"))
    if new or "name" in facts:
        required("name", facts.get("name"))
    past("registration_date", facts.get("registration_date"))
    return facts


def create_product(session: Session, *, producer: Producer, actor: str, **facts: Any) -> Product:
    """Add a product of *producer*. Needed: `name`, `set_number`.

    :raises BadInput: a field is wrong; `field` names it.
    :raises Conflict: the name, the GTIN or the OCOP code is taken.
    """
    not_merged(producer)
    product = Product(name="", producer_id=producer.id)
    changes = checked(product, _from_rows(_product_facts(facts, new=True)), PRODUCT)
    _product_free(session, product, changes)
    product_words.check(product, changes)
    return added(session, product, changes, actor, "product.create")


def update_product(session: Session, product: Product, *, actor: str, **facts: Any) -> Changes:
    """Change facts of a product; gives what changed, field → (old, new).

    :param facts: with `agreed=True` a product that has stars gets another name than that of the decision.
    :raises Conflict: it has stars under its name, and nobody agreed to another one.
    """
    agreed = facts.pop("agreed", False)
    if not agreed and "name" in facts:
        _same_as_decided(product, facts["name"])
    if facts.get("set_number", product.set_number) != product.set_number:
        facts.setdefault("set_guessed", False)  # somebody chose another one
    facts.setdefault("ingredient_rows", product.ingredient_rows)
    changes = checked(product, _from_rows(_product_facts(facts, new=False)), PRODUCT)
    _product_free(session, product, changes)
    product_words.check(product, changes)
    return changed(session, product, actor, "product.update", changes)


def confirm_set(
    session: Session, product: Product, *, actor: str, number: int | None = None
) -> Changes:
    """The office has looked at the criteria set: it stays, or is *number* from now on.

    :raises BadInput: there is no such set.
    """
    chosen = product.set_number if number is None else number
    return update_product(session, product, actor=actor, set_number=chosen, set_guessed=False)


def _product_facts(facts: dict[str, Any], *, new: bool) -> dict[str, Any]:
    facts = dict(facts)
    if new or "name" in facts:
        required("name", facts.get("name"))
    if new or "set_number" in facts:
        number = facts.get("set_number")
        if not isinstance(number, int):
            raise BadInput("Choose the criteria set.", field="set_number")
        try:
            criteria.criteria_set(number, facts.get("set_decision") or criteria.CURRENT)
        except BadInput as error:
            error.params["field"] = "set_number"
            raise
    if "risk_level" in facts:
        facts["risk_level"] = choice("risk_level", RiskLevel, facts["risk_level"])
    days = facts.get("shelf_life_days")
    if days is not None and not 1 <= days <= 36_500:
        raise BadInput(
            "The shelf life is between 1 day and 100 years.",
            fix="Give it in days, or leave it empty for goods without expiry.",
            field="shelf_life_days",
        )
    return facts


def _same_as_decided(product: Product, name: str | None) -> None:
    """A decision gives stars to the product that it names: another name asks (Decision 26/2026 art. 8.1)."""
    if fields.name_key(name or "") == fields.name_key(product.name):
        return
    held = ruling(product.recognitions, today())
    if held is not None and held.standing(today()).allows_stars:
        raise Conflict(
            "Decision {decision} gives stars to “{name}”, under this name.",
            fix="Tick below that the goods are the same, or enter another product.",
            field="name",
            decision=held.decision_number,
            name=held.product_name or product.name,
        )


def _from_rows(facts: dict[str, Any]) -> dict[str, Any]:
    """*facts* with the text of the ingredients set from their rows, where there are any."""
    if facts.get("ingredient_rows"):
        rows = fields.checked("ingredient_rows", ingredient_rows.checked, facts["ingredient_rows"])
        facts["ingredients"] = ingredient_rows.set_text(rows)
    return facts


def _product_free(session: Session, product: Product, changes: Changes) -> None:
    free(
        session,
        product,
        changes,
        gtin="Another product has the GTIN {value}.",
        ocop_code="Another product has the OCOP code {value}.",
    )
    if "name" in changes:
        name = changes["name"][1]
        taken = session.scalar(
            select(Product.id).where(
                Product.producer_id == product.producer_id,
                Product.name == name,
                Product.id != (product.id or 0),
            )
        )
        if taken is not None:
            raise Conflict(
                "This producer already has a product named {value}.",
                fix="Change that product, or add what tells the two apart to the name.",
                field="name",
                value=name,
            )


def create_village(session: Session, *, actor: str, **facts: Any) -> Village:
    """Add a craft village. Needed: `name`.

    :raises BadInput: a field is wrong; `field` names it.
    :raises Conflict: the name is taken.
    """
    village = Village(name="")
    changes = checked(village, _village_facts(facts, new=True), VILLAGE)
    free(session, village, changes, name="There is already a village named {value}.")
    return added(session, village, changes, actor, "village.create")


def update_village(session: Session, village: Village, *, actor: str, **facts: Any) -> Changes:
    """Change facts of a village; gives what changed."""
    changes = checked(village, _village_facts(facts, new=False), VILLAGE)
    free(session, village, changes, name="There is already a village named {value}.")
    return changed(session, village, actor, "village.update", changes)


def _village_facts(facts: dict[str, Any], *, new: bool) -> dict[str, Any]:
    facts = with_commune(facts)
    if new or "name" in facts:
        required("name", facts.get("name"))
    for day in ("decision_date", "withdrawn_on", "ended_on"):
        past(day, facts.get(day))
    if facts.get("kind"):
        facts["kind"] = choice("kind", VillageKind, facts["kind"])
    begun = facts.get("decision_date")
    if begun is not None and (gone := facts.get("withdrawn_on")) is not None and gone < begun:
        raise BadInput(
            "The recognition ends before it begins.", fix="Check both days.", field="withdrawn_on"
        )
    position.checked(facts)
    return facts


def create_outlet(
    session: Session,
    *,
    actor: str,
    units: Collection[str] = (),
    on: date | None = None,
    **facts: Any,
) -> Outlet:
    """Add a point of sale. Needed: `name`; published unless `state` says that it is only proposed.

    :param units: communes or districts that proposed it.
    :param on: since when it stands so; today without.
    """
    outlet = Outlet(name="", state=facts.pop("state", OutletState.PUBLISHED))
    required("name", facts.get("name"))
    past("on", on)
    changes = checked(outlet, _outlet_facts(facts), OUTLET)
    free(session, outlet, changes, name="There is already a point of sale named {value}.")
    added(session, outlet, changes, actor, "outlet.create")
    steps.begin(session, outlet, actor=actor, units=units, on=on)
    return outlet


def update_outlet(session: Session, outlet: Outlet, *, actor: str, **facts: Any) -> Changes:
    """Change facts of a point of sale; gives what changed. Its state changes by `points.steps`."""
    if "name" in facts:
        required("name", facts["name"])
    changes = checked(outlet, _outlet_facts(facts), OUTLET)
    free(session, outlet, changes, name="There is already a point of sale named {value}.")
    return changed(session, outlet, actor, "outlet.update", changes)


def _outlet_facts(facts: dict[str, Any]) -> dict[str, Any]:
    facts = with_commune(facts)
    if facts.get("kind"):
        facts["kind"] = choice("kind", OutletKind, facts["kind"])
    if "position" in facts:
        facts["latitude"], facts["longitude"] = place.read(facts.pop("position")) or (None, None)
    return facts


def sell_at(session: Session, outlet: Outlet, product: Product, *, sold: bool, actor: str) -> None:
    """Enter that *product* is sold at *outlet* as of today, or is no longer."""
    if (product in outlet.products) is sold:
        return
    if sold:
        outlet.products.append(product)
    else:
        outlet.products.remove(product)
    session.flush()
    if sold:
        seen_at(session, outlet, [product.id])
    audit.record(
        session, actor=actor, action="outlet.sells" if sold else "outlet.sells_not",
        subject=f"outlet:{outlet.id}", facts={"product": product.id},
    )  # fmt: skip


def seen_at(session: Session, outlet: Outlet, products: Collection[int]) -> None:
    """Write down that these products, which are entered at *outlet*, are sold there today, and enough of them."""
    session.execute(
        update(outlet_product)
        .where(outlet_product.c.outlet_id == outlet.id, outlet_product.c.product_id.in_(products))
        .values(as_of=today(), low_on=None)
    )
