"""Checks of a merge: reasons against it, before it is done and before it is taken back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.fields import name_key
from labelsvc.catalogue.models import Lot, Producer, Product
from labelsvc.catalogue.products import columns as product_columns
from labelsvc.codes.models import Blank, Issue
from labelsvc.errors import BadInput, Conflict, LabelsvcError
from labelsvc.labels.models import PrintRun
from labelsvc.programme.models import Merge, MergeKind, MergeState

#: Facts of which both sides may have one, and a person says which is kept. Where the one that stays
#: has none, it gets that of the other.
FIELDS = {
    MergeKind.PRODUCER: (
        "name", "name_en", "kind", "tax_code", "representative", "phone", "email", "website", "street",
        "commune", "old_address", "village_id", "registration_number", "registration_date", "organisation",
    ),
    MergeKind.PRODUCT: tuple(column.name for column in product_columns.COLUMNS),
}  # fmt: skip
#: Facts that no rule may choose where both sides have one.
ASKED = frozenset({"tax_code", "ocop_code"})
#: What stands for several columns.
COLUMNS = {
    "commune": ("commune_code", "commune_from"),
    "set_number": ("set_number", "set_decision", "set_guessed"),
}


def values(row: Producer | Product, field: str) -> list[Any]:
    """The columns of *field*."""
    return [getattr(row, name) for name in COLUMNS.get(field, (field,))]


def differing(kind: MergeKind, kept: Any, gone: Any) -> list[str]:
    """The fields that both have, and not the same."""
    return [
        field
        for field in FIELDS[kind]
        if values(kept, field) != values(gone, field) and any(values(kept, field)) and any(values(gone, field))
    ]  # fmt: skip


def namesakes(session: Session, kept: Producer, gone: Producer) -> list[tuple[Product, Product]]:
    """Products of one name that both producers have."""
    own = {name_key(product.name): product for product in products_of(session, kept.id)}
    return [
        (own[name_key(product.name)], product)
        for product in products_of(session, gone.id)
        if name_key(product.name) in own
    ]


def products_of(session: Session, producer_id: int) -> Sequence[Product]:
    """Those that were not merged into another, by name."""
    return session.scalars(
        select(Product)
        .where(Product.producer_id == producer_id, Product.merged_into_id.is_(None))
        .order_by(Product.search_key, Product.id)
    ).all()


def obstacles(
    session: Session, kind: MergeKind, kept: Any, gone: Any, choices: dict[str, Any]
) -> Iterator[LabelsvcError]:
    """Everything that must be settled before the two can be one."""
    if kept.id == gone.id:
        yield BadInput("Choose two of them.", fix="One stays, the other leads to it.")
        return
    for one in (kept, gone):
        if one.merged_into_id is not None:
            yield Conflict("{name} is merged already.", name=one.name)
    chosen = choices.get("fields", {})
    for field in differing(kind, kept, gone):
        if field in ASKED and chosen.get(field) not in ("kept", "gone"):
            yield BadInput(
                "Both have a number of their own: {kept} and {gone}.",
                fix="Look which one is right, and choose it.",
                field=field, kept=getattr(kept, field), gone=getattr(gone, field),
            )  # fmt: skip
    if kind == MergeKind.PRODUCT:
        yield from _between_products(session, kept, gone, choices)
        return
    pairs = {tuple(pair) for pair in choices.get("products", [])}
    alike = namesakes(session, kept, gone)
    for mine, other in alike:
        if (mine.id, other.id) in pairs:
            yield from _between_products(session, mine, other, choices, owners=True)
        else:
            yield Conflict(
                "Both have a product named {name}.",
                fix="Merge the two as well, or change the name of one first: then both stay.",
                name=other.name,
            )  # fmt: skip
    if pairs - {(mine.id, other.id) for mine, other in alike}:
        yield BadInput("Only products of one name are merged with their producers.")


def _between_products(
    session: Session, kept: Product, gone: Product, choices: dict[str, Any], *, owners: bool = False
) -> Iterator[LabelsvcError]:
    if not owners and kept.producer_id != gone.producer_id:
        yield Conflict(
            "The two products have different producers.", fix="Merge the producers first."
        )
    if kept.gtin and gone.gtin and kept.gtin != gone.gtin:
        yield Conflict(
            "Both have a GTIN of their own: {kept} and {gone}. Two GTINs are two goods.",
            fix="Correct the wrong one first, or leave both products as they are.",
            kept=kept.gtin, gone=gone.gtin,
        )  # fmt: skip
    if owners and kept.ocop_code and gone.ocop_code and kept.ocop_code != gone.ocop_code:
        yield Conflict(
            "The products named {name} have two OCOP codes: {kept} and {gone}.",
            fix="Correct one of them first.",
            name=kept.name, kept=kept.ocop_code, gone=gone.ocop_code,
        )  # fmt: skip
    codes = select(Lot.code).where(Lot.product_id == gone.id)
    both = session.scalars(
        select(Lot.code).where(Lot.product_id == kept.id, Lot.code.in_(codes)).order_by(Lot.code)
    ).all()
    if both:
        yield Conflict(
            "Both products have the lot {lots}: its labels could not be told apart.",
            fix="Leave both products, and change the name of one.",
            lots=", ".join(both[:5]),
        )


def fingerprint(session: Session, kind: MergeKind, kept: Any, gone: Any) -> str:
    """A hash of what was looked at: who confirms must see what was proposed."""
    told: list[Any] = [[values(row, field) for field in FIELDS[kind]] for row in (kept, gone)]
    if kind == MergeKind.PRODUCER:
        told.append([[one.id, other.id] for one, other in namesakes(session, kept, gone)])
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()


def since(session: Session, merge: Merge) -> Iterator[LabelsvcError]:
    """List what was printed or decided since the merge and could not be told apart after taking it back."""
    later = session.scalars(
        select(Merge.id).where(
            Merge.id != merge.id,
            Merge.state.in_([MergeState.DONE, MergeState.UNDOING]),
            Merge.decided_at > merge.decided_at,
            or_(*(
                and_(Merge.kind == kind, or_(Merge.kept_id.in_(ids), Merge.gone_id.in_(ids)))
                for kind, ids in _touched(merge).items()
            )),
        )
    ).first()  # fmt: skip
    if later is not None:
        yield Conflict("Merge {number} came later.", fix="Take that one back first.", number=later)
    steps = merge.moved.get("steps", [])
    mixed = [kept for kept, _ in merge.choices.get("products", [])]
    if merge.kind == MergeKind.PRODUCT:
        mixed = [merge.kept_id]
    moved = _keys(steps, "product", "producer_id")
    rolls = session.scalars(select(Blank).where(Blank.id.in_(_keys(steps, "blank", "producer_id")))).all()  # fmt: skip
    of_goods = Lot.product_id.in_([*mixed, *moved])
    on_rolls = [Issue.first.between(roll.first, roll.last) for roll in rolls]
    codes = (
        select(Lot.code)
        .join(Issue, Issue.lot_id == Lot.id)
        .where(Issue.created_at > merge.decided_at, or_(of_goods, *on_rolls))
    )
    runs = (
        select(Lot.code)
        .join(PrintRun, PrintRun.lot_id == Lot.id)
        .where(PrintRun.created_at > merge.decided_at, of_goods)
    )
    lots = sorted({*session.scalars(codes), *session.scalars(runs)})
    if lots:
        yield Conflict(
            "Labels of the lot {lots} were printed since: they name the merged one.",
            fix="It stays merged. Make a new producer or product for what is not the same.",
            lots=", ".join(lots[:5]),
        )


def _touched(merge: Merge) -> dict[str, list[int]]:
    """Kind → numbers that this merge was about."""
    pairs = [number for pair in merge.choices.get("products", []) for number in pair]
    if merge.kind == MergeKind.PRODUCT:
        return {MergeKind.PRODUCT: [merge.kept_id, merge.gone_id]}
    moved = _keys(merge.moved.get("steps", []), "product", "producer_id")
    return {
        MergeKind.PRODUCER: [merge.kept_id, merge.gone_id],
        MergeKind.PRODUCT: [*pairs, *moved],
    }


def _keys(steps: list[dict[str, Any]], table: str, column: str) -> list[int]:
    """Numbers of the rows of *table* that were moved by *column*."""
    return [
        key[0]
        for step in steps
        if step["do"] == "set" and (step["table"], step["column"]) == (table, column)
        for key in step["keys"]
    ]
