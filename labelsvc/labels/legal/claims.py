"""Claims: what the words of a label promise: cures, health, superlatives, what goods are without. Used by legal.

Source: Decree 37/2026/NĐ-CP art. 48.1c, 50.1, 52, 54; Decree 15/2018/NĐ-CP art. 27; Law on Advertising art. 8.11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.legal.finding import PROGRAMME, Finding, article
from labelsvc.labels.legal.goods.kind import facts_of
from labelsvc.labels.legal.spoken import Spoken, adjoining, masked
from labelsvc.wording import claims as said_claims
from labelsvc.wording import legible

POTENTIAL = re.compile(r"tiềm năng\s*(?:đạt\s*)?(?:ocop\s*)?0*(?:5|năm)\s*sao", re.IGNORECASE)
#: Sets of what is eaten and drunk: art. 48.1c speaks of ingredients.
_FOOD = frozenset(range(1, 18))
_DECLARED = 18
#: Names that are registered as they are, codes and addresses.
_NO_CLAIM = frozenset(
    {"producer_name", "producer_address", "village", "artisan", "host", "website", "phone", "decision_number",
     "decision_authority", "lot_code", "gtin", "ocop_code", "growing_area", "made", "expires"}
)  # fmt: skip
#: What the law lets say with proof.
_PROVABLE = frozenset({"boast", "without", "health", "body"})
_SAID: Mapping[said_claims.Kind, Finding] = {
    "cure": Finding(
        "error",
        "cure_claim",
        "“{words}” promises to cure or prevent: goods that are no medicine may not.",
        "Leave it out.",
        article("50"),
    ),
    "body": Finding(
        "error",
        "cure_claim",
        "“{words}” says what the goods do to the body: only a declared food may.",
        "Leave it out, or have the office enter the declaration, a certificate “Chứng minh: …”.",
        "Decree 15/2018/NĐ-CP art. 27",
    ),
    "health": Finding(
        "warning",
        "health_claim",
        "“{words}” says that the goods are good for the body.",
        "Leave it out, unless the declaration of the goods says so.",
        "Decree 15/2018/NĐ-CP art. 27",
    ),
    "boast": Finding(
        "warning",
        "unproven_claim",
        "“{words}” must be proven by papers.",
        "Leave it out, or have the office enter the proof, a certificate “Chứng minh: …”; it holds for one year.",
        article("50"),
    ),
    "without": Finding(
        "warning",
        "unproven_claim",
        "“{words}”: neither the goods nor what they are made of may hold it, or anything like it.",
        "Leave it out, or have the office enter tests of goods and raw materials, a certificate “Chứng minh: …”.",
        article("48.1c"),
    ),
    "e_label": Finding(
        "error",
        "e_label_claim",
        "“Nhãn điện tử” may be said only of a label in the national system.",
        "Call it the page to look the goods up.",
        article("52, 54"),
    ),
}


def check(
    layout: Layout, values: Mapping[str, str], spoken: Sequence[Spoken], set_number: int
) -> list[Finding]:
    """Tell what the texts claim, each kind once a text."""
    found: list[Finding] = []
    goods = _goods(set_number)
    known: set[str] = set()
    for text in spoken:
        said = masked(text, values, _NO_CLAIM)
        claims = said_claims.claims(said, goods)
        known |= {claim.kind for claim in claims}
        kept = _of_name(text, values, goods) if values.get("stars") else set()
        for claim in claims:
            if claim.kind in _PROVABLE and _is_proven(claim, values):
                continue
            finding = _finding(text, claim)
            found.append(replace(finding, severity="warning") if claim.kind in kept else finding)
        found += _potential(layout, values, text)
    for text in adjoining(spoken):
        found += [
            _finding(text, claim)
            for claim in said_claims.claims(text.text, goods)
            if claim.kind not in known
        ]
    return found


def _is_proven(claim: said_claims.Claim, values: Mapping[str, str]) -> bool:
    """True if a paper in force proves the words, or more of them."""
    words = legible.read(claim.words)
    return any(
        words in legible.read(line) for line in facts_of(values).get("proven", "").split("\n")
    )


def _goods(set_number: int) -> said_claims.Goods:
    if set_number in _FOOD:
        return "food"
    return "declared" if set_number == _DECLARED else "other"


def _of_name(
    text: Spoken, values: Mapping[str, str], goods: said_claims.Goods
) -> set[said_claims.Kind]:
    """Kinds that only the name claims: it is as the decision has it, so it asks and is not refused."""
    if "product_name" not in text.variables:
        return set()
    rest = masked(text, values, _NO_CLAIM | {"product_name"})
    own = {claim.kind for claim in said_claims.claims(values["product_name"], goods)}
    return own - {claim.kind for claim in said_claims.claims(rest, goods)}


def _finding(text: Spoken, claim: said_claims.Claim) -> Finding:
    return replace(_SAID[claim.kind], params={"words": claim.words}, element=text.element)


def _potential(layout: Layout, values: Mapping[str, str], text: Spoken) -> Iterator[Finding]:
    if found := POTENTIAL.search(legible.readings(text.text)[0]):
        beside = bool(values.get("stars")) and layout.shows_stars
        yield Finding(
            "error" if beside else "warning",
            "potential_stars",
            "“{words}” is no recognition and may not stand on a label that shows stars.",
            "Print the stars of the decision and nothing else.",
            f"{PROGRAMME} art. 8.1",
            {"words": found[0]},
            text.element,
        )
