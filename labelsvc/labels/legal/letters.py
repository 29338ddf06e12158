"""Height of letters, measured on the glyphs of the font at the size that is really drawn.

Decree 37/2026/NĐ-CP art. 37 wants letters "readable by the naked eye" and takes 0.9 mm as the
height below which a pack is too small for its contents: our floor. 1.2 mm stood in Decree 43/2017
and is our advice. A text with small letters is as high as its x; one of capitals and digits as
its lowest capital or digit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labelsvc.labels.drawing.compose import Drawing, measure
from labelsvc.labels.drawing.content import Unit
from labelsvc.labels.drawing.fonts_metrics import PT, Fonts
from labelsvc.labels.drawing.ops import UnitTextOp
from labelsvc.labels.drawing.words import FittedText
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.variables import PER_UNIT
from labelsvc.labels.legal import foreign, quantity
from labelsvc.labels.legal.finding import Finding, article, grave, quoted

FLOOR, ADVICE = 0.9, 1.2
#: A hundredth of a millimetre is below what any ruler or printer tells apart.
_SLACK = 0.01


def height_mm(text: str, weight: str, em_mm: float, fonts: Fonts) -> float:
    """Height on paper of the lower kind of letter in *text* set at *em_mm*."""
    face = fonts[weight]
    if any(char.islower() for char in text):
        return face.x_height * em_mm
    tall = [face.bounds(char)[3] for char in set(text) if char.isupper() or char.isdigit()]
    return (min(tall) if tall else face.x_height) * em_mm


def drawn_ems(drawing: Drawing, unit: Unit, fonts: Fonts) -> dict[str, float]:
    """Field → smallest em in mm of its unit texts: a wide code is squeezed when it is printed."""
    ems: dict[str, float] = {}
    for op in drawing.unit:
        if isinstance(op, UnitTextOp):
            found = measure(op, unit, fonts, layout=drawing.layout)
            if found is not None:
                ems[op.field] = min(found.size, ems.get(op.field, found.size))
    return ems


def check(
    layout: Layout,
    drawing: Drawing,
    mandatory: frozenset[str],
    fonts: Fonts,
    unit: Unit,
) -> list[Finding]:
    """Letters too small, a name that is not the largest, foreign words larger than ours."""
    found: list[Finding] = []
    sizes = _sizes(drawing, unit, fonts)
    for text in drawing.texts:
        height = height_mm(text.text, text.weight, sizes[id(text)], fonts)
        found += _small(layout, text, height, mandatory)
    found = _once_a_stack(found)
    found += _name(layout, drawing.texts, sizes, mandatory)
    found += foreign.larger(layout, drawing.texts, sizes)
    return found


def figures(
    layout: Layout, drawing: Drawing, values: Mapping[str, str], fonts: Fonts, unit: Unit
) -> list[Finding]:
    """Figures of the quantity that are lower than metrology wants."""
    sizes = _sizes(drawing, unit, fonts)
    value = values.get("net_content", "")
    return list(quantity.heights(layout, drawing.texts, sizes, value, fonts))


def _sizes(drawing: Drawing, unit: Unit, fonts: Fonts) -> dict[int, float]:
    """`id()` of each text → em in mm at which it is drawn."""
    ems = drawn_ems(drawing, unit, fonts)
    return {id(text): ems.get(text.field, text.points * PT) for text in drawing.texts}


def _once_a_stack(findings: list[Finding]) -> list[Finding]:
    """Texts of a stack shrink together: the advice is said once, about the smallest."""
    kept: dict[str, Finding] = {}
    for finding in findings:
        place = str(finding.element)
        if finding.code == "letters_small":
            place = place.partition(".items[")[0] + " advice"
        known = kept.get(place)
        if known is None or finding.params["height"] < known.params["height"]:
            kept[place] = finding
    return list(kept.values())


def _small(
    layout: Layout, text: FittedText, height: float, mandatory: frozenset[str]
) -> list[Finding]:
    must = bool(mandatory & set(text.variables))
    # A code that only repeats what the symbol says need not be read without help.
    repeats = set(text.variables) <= PER_UNIT - {"unit_number", "inner_code"} and bool(
        text.variables
    )
    shown = {
        "words": quoted(text),
        "height": round(height, 2),
    }
    if height < FLOOR - _SLACK and not repeats:
        return [
            Finding(
                grave(layout) if must else "warning",
                "letters_too_small",
                "“{words}”: the letters are {height} mm high, less than {floor} mm.",
                "Give the text more room or fewer words, or choose a larger label.",
                article("37"),
                shown | {"floor": FLOOR},
                text.field,
                text.box,
            )
        ]
    if must and height < ADVICE - _SLACK and layout.purpose == "full_label":
        return [
            Finding(
                "warning",
                "letters_small",
                "“{words}”: the letters are {height} mm high; {advice} mm read well.",
                "Give the text more room where there is some.",
                article("37"),
                shown | {"advice": ADVICE},
                text.field,
                text.box,
            )
        ]
    return []


def _name(  # figures of the quantity alone are left out: art. 45.1 leaves their height to metrology
    layout: Layout,
    texts: Sequence[FittedText],
    sizes: Mapping[int, float],
    mandatory: frozenset[str],
) -> list[Finding]:
    names = [text for text in texts if "product_name" in text.variables]
    if not names:
        return []
    name = max(names, key=lambda text: sizes[id(text)])
    others = [
        text
        for text in texts
        if mandatory & set(text.variables)
        and not {"product_name", "net_total"} & set(text.variables)
    ]
    rival = max(others, key=lambda text: sizes[id(text)], default=None)
    if rival is None or sizes[id(rival)] < sizes[id(name)] - _SLACK:
        return []
    return [
        Finding(
            grave(layout),
            "name_not_largest",
            "The name is set in {name} pt, “{words}” in {other} pt: the name must be the largest.",
            "Make the name larger, or the other text smaller.",
            article("43"),
            {
                "name": round(sizes[id(name)] / PT, 1),
                "other": round(sizes[id(rival)] / PT, 1),
                "words": quoted(rival),
            },
            name.field,
            name.box,
        )
    ]
