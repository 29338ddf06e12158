"""Stars and the mark: only while the recognition allows them, with the decision beside them.

Read from the text as it is printed: what the layout says, and what name, story and other values say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from labelsvc.labels.drawing.compose import Drawing
from labelsvc.labels.drawing.content import LabelContent
from labelsvc.labels.layouts.elements import Element, ImageElement
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.legal.finding import MARK_RULES, PROGRAMME, Box, Finding
from labelsvc.labels.legal.spoken import Spoken, adjoining, masked
from labelsvc.wording import stars as said_stars

#: Farther from the stars than this, mm, a decision number is not "beside" them (our reading).
NEAR = 15.0
#: Names that are registered, and addresses: the word OCOP in them is no claim about the goods.
_NO_CLAIM = frozenset(
    {"host", "website", "phone", "decision_number", "decision_authority", "decision_date", "valid_to", "lot_code",
     "gtin", "ocop_code", "growing_area", "made", "expires", "made_year", "net_content", "net_total", "net_rest", "price"}
)  # fmt: skip


def check(layout: Layout, values: Mapping[str, str], spoken: Sequence[Spoken]) -> list[Finding]:
    """Find what speaks against the claim that the label makes."""
    found: list[Finding] = []
    stars = int(values["stars"]) if values.get("stars") else None
    known: set[int | None] = set()
    for text in spoken:
        claims = said_stars.wrong(masked(text, values, _NO_CLAIM), stars)
        known |= {claim.stars for claim in claims}
        found += _claimed(text, claims, stars)
    for text in adjoining(spoken):
        claims = said_stars.wrong(text.text, stars)
        found += _claimed(text, [claim for claim in claims if claim.stars not in known], stars)
    if stars and layout.shows_stars:
        shown = any("decision_number" in text.variables for text in spoken)
        if not shown or not values.get("decision_number"):
            found.append(
                Finding(
                    "error",
                    "stars_without_decision",
                    "The stars stand without the number of the decision.",
                    "Show the number of the decision beside the stars.",
                    MARK_RULES,
                    {},
                    _star_element(layout),
                )
            )
    return found


def _claimed(
    text: Spoken, claims: Sequence[said_stars.Claim], stars: int | None
) -> Iterator[Finding]:
    """One finding: of a number of stars, where the text says one."""
    claim = max(claims, key=lambda claim: claim.stars or 0, default=None)
    if claim is None:
        return
    if stars is None:
        yield Finding(
            "error",
            "claim_without_recognition",
            "“{words}” claims a recognition that is not in force.",
            "Use a layout without stars and without the word OCOP.",
            f"{PROGRAMME} art. 8.1",
            {"words": claim.words},
            text.element,
        )
        return
    yield Finding(
        "error",
        "other_stars",
        "The label says {said} stars; the decision gives {stars}.",
        "Write “stars_text” in braces, which is always that of the decision.",
        f"{PROGRAMME} art. 8.1",
        {"said": str(claim.stars), "stars": str(stars), "words": claim.words},
        text.element,
    )


def check_place(layout: Layout, drawing: Drawing, content: LabelContent) -> list[Finding]:
    """True if the number of the decision is near the stars and near the mark; boxes as drawn."""
    decisions = [text for text in drawing.texts if "decision_number" in text.variables]
    found: list[Finding] = []
    for element, name in _claiming(layout) if decisions else ():
        if isinstance(element, ImageElement) and "mark" not in content.images:
            continue
        box = element.bounds()
        apart = min(_apart(box, text.box) for text in decisions)
        if apart > NEAR:
            found.append(
                Finding(
                    "warning",
                    "decision_far_from_stars",
                    "The number of the decision is {distance} mm away from the stars.",
                    "Put it next to the stars.",
                    MARK_RULES,
                    {"distance": round(apart)},
                    name,
                    box,
                )
            )
    return found[:1]


def _star_element(layout: Layout) -> str | None:
    return next((name for _, name in _claiming(layout)), None)


def _claiming(layout: Layout) -> Iterator[tuple[Element, str]]:
    """Elements with stars or the mark, with their names."""
    for index, element in enumerate(layout.elements):
        if any(part.claims_stars for part in element.parts):
            yield element, element.id or f"elements[{index}]"


def _apart(a: Box, b: Box) -> float:
    dx = max(a[0] - b[2], b[0] - a[2], 0.0)
    dy = max(a[1] - b[3], b[1] - a[3], 0.0)
    return float((dx * dx + dy * dy) ** 0.5)
