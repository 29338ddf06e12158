"""Judges cases of the label law that are kept outside, one TOML each, as their README says.

`python -m tests.labels.legal.shared_cases [FOLDER]` prints the table; test_shared_cases.py holds it.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from labelsvc.catalogue.recognition import Authority, Recognition, default_valid_to
from labelsvc.catalogue.stars.award import check_award
from labelsvc.catalogue.stars.certify import extend_recognition
from labelsvc.db import Base
from labelsvc.errors import LabelsvcError
from labelsvc.labels import legal
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent
from labelsvc.labels.layouts import reading
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.variables import VARIABLES
from tests.factories import make_product

ROOT = Path(os.environ.get("LABELSVC_CASES", Path(__file__).parents[4] / "shared" / "cases"))
FOLDER = ROOT / "law"
HELD, MISSED, WARNED, FALSE_ALARM = "held", "missed", "warned only", "false alarm"

_HEAD = """
name = "case"
title_vi = "Trường hợp"
title_en = "Case"
kind = "single"
purpose = "{purpose}"
resolution_dpi = 600
[label]
width = 140
height = 120
safe = 1
[[elements]]
type = "symbol"
x = 115
y = 1
size = 21
"""
_LINES = {
    "ingredients": "Thành phần: {ingredients}",
    "instructions": "HDSD: {instructions}",
    "storage": "Bảo quản: {storage}",
    "warning": "Cảnh báo: {warning}",
    "producer": "Chịu trách nhiệm: {producer_name}",
    "address": "Địa chỉ: {producer_address}",
    "origin": "{origin}",
    "dates": "NSX: {made} · HSD: {expires}",
    "lot": "Lô {lot_code}",
    "quantity": "{net_content}",
}
#: Stars with the number of their decision.
_STARS = """
[[elements]]
type = "stars"
x = 2
y = 106
size = 4
[[elements]]
id = "decision"
type = "text"
x = 2
y = 111
w = 100
h = 6
text = "QĐ {decision_number}"
size = 8
"""
#: What the usual goods do not have.
_NOT_USUAL = ("nutrition", "dimensions", "artisan", "specification", "alcohol")


@dataclass(frozen=True)
class Verdict:
    """What became of one case."""

    name: str
    title: str
    lawful: bool
    harm: int
    outcome: str
    said: tuple[str, ...]


def cases(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Name → case, by name."""
    return {
        path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))
    }


def judged(name: str, case: dict[str, Any]) -> Verdict:
    """What the product says of *case*: lawful ones give no error, unlawful ones an error."""
    found = _JUDGES[case["kind"]](case)
    errors = [said for said in found if said.startswith("E:")]
    if case["lawful"]:
        outcome = FALSE_ALARM if errors else HELD
    elif errors or (case.get("advice") and found):
        outcome = HELD
    else:
        outcome = WARNED if found else MISSED
    return Verdict(name, case["title"], case["lawful"], case.get("harm", 0), outcome, tuple(found))


def layout_of(case: dict[str, Any]) -> Layout:
    """The full label of the README, with what *case* changes of it."""
    size = case.get("size", 8)
    lines = "\n".join(line for line in (_LINES | case.get("lines", {})).values() if line)
    text = (
        _HEAD.replace("{purpose}", case.get("purpose", "full_label"))
        + _text("name", "{product_name}", case.get("name_size", 14), (2, 2, 110, 10))
        + _text("rest", lines, size, (2, 14, 110, 78))
    )
    if "extra" in case:
        box = (2.0, 94.0, 110.0, float(case.get("extra_h", 10)))
        text += _text("extra", case["extra"].strip("\n"), case.get("extra_size", 8), box)
    if case.get("stars"):
        text += case.get("star_elements", _STARS)
    return reading.load(text + case.get("elements", ""), source="case.toml")


def content_of(case: dict[str, Any]) -> LabelContent:
    """The usual values, with those that *case* changes."""
    usual = {v.name: v.sample for v in VARIABLES.values() if not v.per_unit}
    usual |= dict.fromkeys(_NOT_USUAL, "") | {"net_content": "Khối lượng tịnh: 100 g"}
    return LabelContent(usual | case.get("values", {}), case.get("stars"), record="case")


def _text(name: str, text: str, size: float, box: tuple[float, float, float, float]) -> str:
    x, y, w, h = box
    return (
        f'[[elements]]\nid = "{name}"\ntype = "text"\nx = {x}\ny = {y}\nw = {w}\nh = {h}\n'
        f"size = {size}\ntext = '''\n{text}'''\n"
    )


def _label(case: dict[str, Any]) -> list[str]:
    layout, content = layout_of(case), content_of(case)
    try:
        drawing = compose(layout, content, fonts.load())
    except LabelsvcError as error:
        return [f"E:{type(error).__name__}"]
    found = legal.check_label(layout, drawing, content, case["set"], fonts.load())
    return [f"{finding.severity[0].upper()}:{finding.code}" for finding in found]


def _award(case: dict[str, Any]) -> list[str]:
    facts = case["facts"]
    decided = date.fromisoformat(facts["decision_date"])
    begins = date.fromisoformat(facts.get("valid_from", facts["decision_date"]))
    ends = (
        date.fromisoformat(facts["valid_to"]) if "valid_to" in facts else default_valid_to(begins)
    )
    try:
        check_award(
            stars=facts["stars"],
            authority=Authority(facts["authority"]),
            decision_date=decided,
            valid_from=begins,
            valid_to=ends,
            score=Decimal(str(facts["score"])) if "score" in facts else None,
            potential_five=facts.get("potential_five", False),
        )
    except LabelsvcError as error:
        return [f"E:{type(error).__name__}"]
    return []


def _recognition(session: Session, facts: dict[str, Any]) -> Recognition:
    days = {
        name: date.fromisoformat(facts[name])
        for name in ("valid_from", "valid_to", "extended_to", "withdrawn_on", "decision_date")
        if name in facts
    }
    begins = days["valid_from"]
    given = {
        "stars": 4,
        "decision_number": "1147/QĐ-UBND",
        "decision_date": begins,
        "authority": Authority.PROVINCE,
        "authority_name": "UBND Thành phố Hà Nội",
        "legal_basis": "148/QĐ-TTg",
        "valid_to": default_valid_to(begins),
    } | {name: value for name, value in facts.items() if name not in days}
    recognition = Recognition(product=make_product(session), **(given | days))
    session.add(recognition)
    session.flush()
    return recognition


def _extend(case: dict[str, Any]) -> list[str]:
    with Session(_database()) as session:
        recognition = _recognition(session, case["facts"])
        try:
            extend_recognition(
                session,
                recognition=recognition,
                until=date.fromisoformat(case["until"]),
                evidence=case.get("evidence", ""),
                actor="test",
            )
        except LabelsvcError as error:
            return [f"E:{type(error).__name__}"]
        finally:
            session.rollback()
    return []


def _standing(case: dict[str, Any]) -> list[str]:
    with Session(_database()) as session:
        standing = _recognition(session, case["facts"]).standing(date.fromisoformat(case["on"]))
        session.rollback()
    return [] if standing.allows_stars else [f"E:{standing}"]


@cache
def _database() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    return engine


_JUDGES = {"label": _label, "award": _award, "extend": _extend, "standing": _standing}


def main(folder: Path) -> None:
    verdicts = [judged(name, case) for name, case in cases(folder).items()]
    for one in verdicts:
        if one.outcome != HELD:
            print(f"{one.outcome:12} {one.harm} {one.name:24} {one.title} {' '.join(one.said)}")
    for lawful in (False, True):
        counted = Counter(one.outcome for one in verdicts if one.lawful is lawful)
        print("lawful" if lawful else "unlawful", dict(counted))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
