"""Who makes what: adding and changing producers, products, villages and outlets.

Each verb checks every field (fields.py), refuses names and numbers that are taken, and writes to
the audit trail in the caller's transaction. Facts are given by keyword with the names of the
mapped columns; a fact that is not given stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, TypeVar, cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue import criteria, fields
from labelsvc.catalogue.fields import Check
from labelsvc.catalogue.models import (
    AdminUnit,
    Outlet,
    Producer,
    ProducerKind,
    Product,
    RiskLevel,
    Village,
)
from labelsvc.catalogue.places import REFORM
from labelsvc.clock import now, today
from labelsvc.errors import BadInput, Conflict

#: Field → (old, new).
Changes = dict[str, tuple[Any, Any]]
Row = TypeVar("Row")

_line = {most: partial(fields.line, most=most) for most in (30, 40, 60, 80, 120, 160, 200, 300)}

#: Text field → its check; nullable ones become None when empty.
PRODUCER: Mapping[str, Check] = {
    "name": fields.name, "name_en": fields.name, "tax_code": fields.tax_code,
    "representative": partial(fields.name, most=120), "phone": fields.phone,
    "email": fields.email, "website": fields.website, "street": _line[200],
    "old_address": _line[300], "registration_number": _line[40],
}  # fmt: skip
PRODUCT: Mapping[str, Check] = {
    "name": fields.name, "name_en": fields.name, "brand": partial(fields.name, most=120),
    "ocop_code": fields.ocop_code, "gtin": fields.gtin, "net_content": _line[80],
    "ingredients": fields.prose, "instructions": fields.prose, "storage": fields.prose,
    "warning": fields.prose, "specification": fields.prose, "alcohol": _line[30],
    "origin": _line[120], "standards": fields.prose, "declaration": _line[80],
    "story": fields.prose, "story_en": fields.prose,
}  # fmt: skip
VILLAGE: Mapping[str, Check] = {
    "name": partial(fields.name, most=120), "name_en": partial(fields.name, most=120),
    "craft": _line[120], "craft_en": _line[120], "decision_number": fields.decision_number,
    "story": fields.prose, "story_en": fields.prose,
}  # fmt: skip
OUTLET: Mapping[str, Check] = {
    "name": fields.name, "street": _line[200], "phone": fields.phone,
}  # fmt: skip
#: Their values stay out of the audit trail, which is never deleted: only that they changed is kept.
PERSONAL = frozenset({"representative", "phone", "email", "tax_code", "street", "old_address"})


def create_producer(session: Session, *, actor: str, **facts: Any) -> Producer:
    """Add an OCOP owner. Needed: `name`, `kind`.

    :raises BadInput: a field is wrong; `field` names it.
    :raises Conflict: the tax code is taken.
    """
    producer = Producer(name="", kind="")
    changes = _checked(producer, _producer_facts(facts, new=True), PRODUCER)
    _free(session, producer, changes, tax_code="Another producer has the tax code {value}.")
    return _added(session, producer, changes, actor, "producer.create")


def update_producer(session: Session, producer: Producer, *, actor: str, **facts: Any) -> Changes:
    """Change facts of an owner; gives what changed, field → (old, new)."""
    changes = _checked(producer, _producer_facts(facts, new=False), PRODUCER)
    _free(session, producer, changes, tax_code="Another producer has the tax code {value}.")
    return _changed(session, producer, actor, "producer.update", changes)


def _producer_facts(facts: dict[str, Any], *, new: bool) -> dict[str, Any]:
    facts = _with_commune(facts)
    if new or "kind" in facts:
        facts["kind"] = _choice("kind", ProducerKind, facts.get("kind"))
    if new or "name" in facts:
        _required("name", facts.get("name"))
    _past("registration_date", facts.get("registration_date"))
    return facts


def create_product(session: Session, *, producer: Producer, actor: str, **facts: Any) -> Product:
    """Add a product of *producer*. Needed: `name`, `set_number`.

    :raises BadInput: a field is wrong; `field` names it.
    :raises Conflict: the name, the GTIN or the OCOP code is taken.
    """
    product = Product(name="", producer_id=producer.id)
    changes = _checked(product, _product_facts(facts, new=True), PRODUCT)
    _product_free(session, product, changes)
    return _added(session, product, changes, actor, "product.create")


def update_product(session: Session, product: Product, *, actor: str, **facts: Any) -> Changes:
    """Change facts of a product; gives what changed, field → (old, new)."""
    if facts.get("set_number", product.set_number) != product.set_number:
        facts.setdefault("set_guessed", False)  # somebody chose another one
    changes = _checked(product, _product_facts(facts, new=False), PRODUCT)
    _product_free(session, product, changes)
    return _changed(session, product, actor, "product.update", changes)


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
        _required("name", facts.get("name"))
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
        facts["risk_level"] = _choice("risk_level", RiskLevel, facts["risk_level"])
    days = facts.get("shelf_life_days")
    if days is not None and not 1 <= days <= 36_500:
        raise BadInput(
            "The shelf life is between 1 day and 100 years.",
            fix="Give it in days, or leave it empty for goods without expiry.",
            field="shelf_life_days",
        )
    return facts


def _product_free(session: Session, product: Product, changes: Changes) -> None:
    _free(
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
    """Add a craft village. Needed: `name`."""
    village = Village(name="")
    _required("name", facts.get("name"))
    _past("decision_date", facts.get("decision_date"))
    changes = _checked(village, _with_commune(facts), VILLAGE)
    _free(session, village, changes, name="There is already a village named {value}.")
    return _added(session, village, changes, actor, "village.create")


def update_village(session: Session, village: Village, *, actor: str, **facts: Any) -> Changes:
    """Change facts of a village; gives what changed."""
    if "name" in facts:
        _required("name", facts["name"])
    _past("decision_date", facts.get("decision_date"))
    changes = _checked(village, _with_commune(facts), VILLAGE)
    _free(session, village, changes, name="There is already a village named {value}.")
    return _changed(session, village, actor, "village.update", changes)


def create_outlet(session: Session, *, actor: str, **facts: Any) -> Outlet:
    """Add a point of sale. Needed: `name`."""
    outlet = Outlet(name="")
    _required("name", facts.get("name"))
    changes = _checked(outlet, _with_commune(facts), OUTLET)
    _free(session, outlet, changes, name="There is already a point of sale named {value}.")
    return _added(session, outlet, changes, actor, "outlet.create")


def update_outlet(session: Session, outlet: Outlet, *, actor: str, **facts: Any) -> Changes:
    """Change facts of a point of sale; gives what changed."""
    if "name" in facts:
        _required("name", facts["name"])
    changes = _checked(outlet, _with_commune(facts), OUTLET)
    _free(session, outlet, changes, name="There is already a point of sale named {value}.")
    return _changed(session, outlet, actor, "outlet.update", changes)


def sell_at(session: Session, outlet: Outlet, product: Product, *, sold: bool, actor: str) -> None:
    """Enter that *product* is sold at *outlet*, or is no longer."""
    if (product in outlet.products) is sold:
        return
    if sold:
        outlet.products.append(product)
    else:
        outlet.products.remove(product)
    session.flush()
    audit.record(
        session, actor=actor, action="outlet.sells" if sold else "outlet.sells_not",
        subject=f"outlet:{outlet.id}", facts={"product": product.id},
    )  # fmt: skip


# --- shared steps -------------------------------------------------------------------------------

_NULLABLE = frozenset({"tax_code", "gtin", "ocop_code"})


def _checked(row: Any, facts: Mapping[str, Any], checks: Mapping[str, Check]) -> Changes:
    """Which fields of *row* the checked *facts* would change; the row itself is not touched."""
    columns = set(type(row).__table__.columns.keys()) - {"id", "search_key", "created_at"}
    changes: Changes = {}
    for field, value in facts.items():
        if field not in columns:
            raise TypeError(f"{type(row).__name__} has no field {field}")
        if field in checks:
            value = fields.checked(field, checks[field], value)
            if not value and field in _NULLABLE:
                value = None
        old = getattr(row, field)
        if old != value:
            changes[field] = (old, value)
    return changes


def _with_commune(facts: Mapping[str, Any]) -> dict[str, Any]:
    """`commune=AdminUnit` as its two columns; only a present unit may be chosen."""
    facts = dict(facts)
    if "commune" in facts:
        unit: AdminUnit | None = facts.pop("commune")
        if unit is not None and unit.valid_from < REFORM:
            raise BadInput(
                "{name} ended on 1 July 2025.",
                fix="Choose the present ward or commune.",
                field="commune",
                name=unit.name,
            )
        facts["commune_code"] = unit.code if unit else None
        facts["commune_from"] = unit.valid_from if unit else None
    return facts


def _required(field: str, value: str | None) -> None:
    if not (value or "").strip():
        raise BadInput("This field cannot be empty.", fix="Fill it in.", field=field)


def _past(field: str, day: date | None) -> None:
    if day is not None and day > today():
        raise BadInput("The date is in the future.", fix="Check the year.", field=field)


def _choice(field: str, kind: type[ProducerKind] | type[RiskLevel], value: Any) -> str:
    try:
        return str(kind(value))
    except ValueError:
        raise BadInput(
            "{value} is not one of {allowed}.",
            field=field,
            value=value or "–",
            allowed=", ".join(kind),
        ) from None


def _free(session: Session, row: Any, changes: Changes, **messages: str) -> None:
    """Refuse a new value of a unique column that another row has."""
    model = type(row)
    for field, message in messages.items():
        value = changes[field][1] if field in changes else None
        if value is None:
            continue
        taken = session.scalar(
            select(model.id).where(getattr(model, field) == value, model.id != (row.id or 0))
        )
        if taken is not None:
            raise Conflict(
                message, fix="Look for it in the list.", field=field, value=value, id=taken
            )


def _added(session: Session, row: Row, changes: Changes, actor: str, action: str) -> Row:
    _apply(row, changes)
    session.add(row)
    _flush(session)
    thing = action.partition(".")[0]
    audit.record(session, actor=actor, action=action, subject=f"{thing}:{cast(Any, row).id}")
    return row


def _changed(session: Session, row: Any, actor: str, action: str, changes: Changes) -> Changes:
    if not changes:
        return changes
    _apply(row, changes)
    if hasattr(row, "changed_at"):
        row.changed_at = now()
    _flush(session)
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"{action.partition('.')[0]}:{row.id}",
        facts={k: True if k in PERSONAL else list(v) for k, v in changes.items()},
    )
    return changes


def _apply(row: Any, changes: Changes) -> None:
    for field, (_, value) in changes.items():
        setattr(row, field, value)


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        # Somebody else took the name between our look and this write (PostgreSQL only: on SQLite
        # one writes at a time). The transaction is lost; the caller may try again.
        raise Conflict(
            "Somebody else has just saved the same name or number.", fix="Look again."
        ) from error
