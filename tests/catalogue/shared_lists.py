"""Scores the import against lists that are kept outside: what became of each of their rows.

`python -m tests.catalogue.shared_lists FOLDER` prints the table; test_shared_lists.py holds it.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import select

from labelsvc.catalogue.fields import name_key
from labelsvc.catalogue.importing import apply_import, plan_import
from labelsvc.catalogue.models import Product
from labelsvc.catalogue.places import load_places
from labelsvc.db import Database
from labelsvc.errors import LabelsvcError
from labelsvc.migrations import upgrade

ROOT = Path(os.environ.get("LABELSVC_CASES", Path(__file__).parents[3] / "shared" / "cases"))
FOLDER = ROOT / "lists"
OUTCOMES = ("right", "wrong", "refused falsely", "lost")
_SHORT = (
    ("cong ty trach nhiem huu han", "cong ty tnhh"), ("cty", "cong ty"), ("htx", "hop tac xa"),
    ("nn", "nong nghiep"), ("hkd", "ho kinh doanh"), ("ho kd", "ho kinh doanh"),
)  # fmt: skip


def expected(folder: Path = FOLDER) -> dict[str, list[dict[str, Any]]]:
    """File → its rows with what is right."""
    found: dict[str, list[dict[str, Any]]] = json.loads(
        (folder / "expected.json").read_text("utf-8")
    )
    return found


def taken_over(database: Database, path: Path) -> str:
    """Bring a list in for real; gives why the whole of it was refused, or nothing."""
    with database.writing() as session:
        load_places(session)
    try:
        with database.writing() as session:
            plan = plan_import(session, data=path.read_bytes(), file_name=path.name)
            apply_import(session, plan, actor="test")
    except LabelsvcError as error:
        return str(error)
    return ""


def said_of(database: Database, path: Path) -> set[str]:
    """Names of the products that the plan has a row for."""
    with database.reading() as session:
        try:
            plan = plan_import(session, data=path.read_bytes(), file_name=path.name)
        except LabelsvcError:
            return set()
        return {name_key(row.product) for row in plan.rows}


def outcomes(database: Database, path: Path, rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(product, outcome with the difference) of each expected row."""
    said = said_of(database, path)
    taken_over(database, path)
    found = []
    owners: dict[str, set[int]] = {}
    with database.reading() as session:
        held = {name_key(p.name): p for p in session.scalars(select(Product))}
        for row in rows:
            product = held.get(name_key(row["product"]))
            if "same" in row and product is not None:
                owners.setdefault(row["same"], set()).add(product.producer_id)
        for row in rows:
            found.append((row["product"], _outcome(row, held, said, owners)))
    return found


def _outcome(
    row: dict[str, Any], held: dict[str, Product], said: set[str], owners: dict[str, set[int]]
) -> str:
    product = held.get(name_key(row["product"]))
    if row["want"] == "refuse":
        if product is not None and product.recognitions:
            return f"wrong: {product.recognitions[0].stars} stars"
        return "right" if name_key(row["product"]) in said else "lost"
    if product is None:
        return "refused falsely" if name_key(row["product"]) in said else "lost"
    if not product.recognitions:
        return "wrong: no stars"
    given = product.recognitions[-1]
    got = {
        "stars": given.stars, "decision": given.decision_number, "producer": owner(product.producer.name),
        "until": f"{given.valid_to:%d/%m/%Y}",
        "commune": product.producer.commune.name if product.producer.commune else "",
    }  # fmt: skip
    want = {name: row[name] for name in got if name in row}
    if "producer" in want:
        want["producer"] = owner(want["producer"])
    wrong = [f"{k} {got[k]!r} for {v!r}" for k, v in want.items() if got[k] != v]
    if len(owners.get(row.get("same", ""), ())) > 1:
        wrong.append("several owners for one")
    return f"wrong: {', '.join(wrong)}" if wrong else "right"


def owner(name: str) -> str:
    """A name without the usual abbreviations, for comparing."""
    from labelsvc.i18n import fold

    plain = " ".join(re.findall(r"\w+", re.sub(r"\(.*?\)", " ", fold(name))))
    for short, long in _SHORT:
        plain = re.sub(rf"\b{short}\b", long, plain)
    return plain


def score(folder: Path) -> Counter[str]:
    """Print the table of *folder* and give the sums."""
    total: Counter[str] = Counter()
    for name, rows in expected(folder).items():
        with tempfile.TemporaryDirectory() as place:
            database = Database(f"sqlite:///{Path(place) / 'cases.sqlite3'}")
            upgrade(database)
            found = outcomes(database, folder / name, rows)
            database.close()
        sums = Counter(outcome.partition(":")[0] for _, outcome in found)
        total += sums
        print(f"{name:32}", *(f"{sums[one]:>4}" for one in OUTCOMES))
        for product, outcome in found:
            if outcome != "right":
                print(f"    {product}: {outcome}")
    print(f"{'all':32}", *(f"{total[one]:>4}" for one in OUTCOMES))
    return total


if __name__ == "__main__":
    score(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
