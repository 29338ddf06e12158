"""Legal: tells what the law wants of a label; Decree 37/2026/NĐ-CP, chapter IV and appendices I to III.

Pure: it looks at a layout, the values it would print, the number of the criteria set of Decision
26/2026/QĐ-TTg, and, when a label was composed, at what was really drawn. Findings name the
article, what is wrong, and a fix. `docs/law.md` lists every rule with its threshold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from labelsvc import clock
from labelsvc.labels.drawing.compose import Drawing
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.sample_content import sample_unit_of
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.legal import (
    colours,
    composition,
    dates,
    elsewhere,
    hidden,
    letters,
    rules,
    spoken,
    stars,
    typed,
    wording,
)
from labelsvc.labels.legal.contents import (
    NAME,
    NO_LABEL,
    PARTY,
    Content,
    Group,
    group_of,
    if_any,
    mandatory_variables,
    missing,
    required,
)
from labelsvc.labels.legal.elsewhere import MAY_STAND_ELSEWHERE
from labelsvc.labels.legal.finding import APPENDIX_I, PROGRAMME, Finding, Severity, article, cite
from labelsvc.labels.legal.goods import spelling
from labelsvc.labels.legal.goods.kind import facts_of
from labelsvc.labels.legal.goods.written import stands
from labelsvc.labels.legal.spoken import Spoken

__all__ = [
    "MAY_STAND_ELSEWHERE",
    "NO_LABEL",
    "Content",
    "Finding",
    "Group",
    "Severity",
    "check_label",
    "check_run",
    "cite",
    "group_of",
    "if_any",
    "missing",
    "required",
]


def check_run(
    layout: Layout,
    values: Mapping[str, str],
    set_number: int,
    declared_elsewhere: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Find what speaks against printing *values* on *layout*, without drawing anything.

    A full label must hold every mandatory content. A seal, tag or card supplements the pack's own
    label: it must name the product and the responsible party, the rest is advice.

    :param declared_elsewhere: keys of contents (`Content.key`) that stand elsewhere on the pack,
        beside those that the label itself sends the reader to ("Xem NSX, HSD ở đáy bao bì").
    """
    words = spoken.words(layout, values)
    away = (declared_elsewhere & MAY_STAND_ELSEWHERE) | elsewhere.declared(words)
    written = typed.contents(words, set_number)
    found = _contents(layout, values, words, set_number, away | written.keys())
    found += typed.check(layout, values, written)
    found += _phrases(layout, values, words, set_number)
    found += _decided_name(values)
    found += composition.check(layout, values, words, set_number)
    found += elsewhere.check(layout, values, words)
    found += wording.check(layout, values, words, set_number)
    found += stars.check(layout, values, words)
    return rules.in_force(found, clock.today())


def check_label(
    layout: Layout,
    drawing: Drawing,
    content: LabelContent,
    set_number: int,
    fonts: Fonts,
    *,
    unit: Unit | None = None,
    declared_elsewhere: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Everything of `check_run`, and what only a composed label shows: letters, contrast, places.

    :param drawing: *content* composed on *layout*.
    :param unit: whose words are measured; a sample of the layout's first form unless given.
    :returns: errors first, each with the box of its element where that is drawn.
    """
    mandatory = mandatory_variables(set_number, content)
    unit = unit or sample_unit_of(layout)
    boxes = {text.field: text.box for text in drawing.texts}
    found = [
        finding if finding.where else replace(finding, where=boxes.get(finding.element or ""))
        for finding in check_run(layout, content, set_number, declared_elsewhere)
    ]
    found += letters.check(layout, drawing, mandatory, fonts, unit)
    found += letters.figures(layout, drawing, content, fonts, unit)
    found += dates.broken(layout, drawing.texts)
    found += colours.check(layout, drawing, mandatory, fonts, unit)
    found += hidden.check(layout, drawing, mandatory, fonts, unit)
    if content.stars is not None:
        found += stars.check_place(layout, drawing, content)
    return sorted(found, key=lambda finding: finding.severity != "error")


#: Many foods are free of it: the fix names both ways.
_NUTRITION_FIX = "Enter them, or say in the catalogue why these goods need none."


def _contents(
    layout: Layout,
    values: Mapping[str, str],
    words: list[Spoken],
    set_number: int,
    away: frozenset[str],
) -> list[Finding]:
    found: list[Finding] = []
    full = layout.purpose == "full_label"
    if set_number in NO_LABEL:
        found.append(
            Finding(
                "error" if full else "warning",
                "no_goods_label",
                "Tourism services of set 26 have no goods label.",
                "Print a shelf card or a poster instead.",
                article("42.1"),
            )
        )
    group = group_of(set_number, values)
    if full and group is not None and group.key == "medicine":
        return [*found, _medicine()]
    conditional = if_any(set_number, values)
    for content in (*required(set_number, values), *conditional):
        given = [name for name in content.variables if values.get(name)]
        shown = [name for name in content.variables if name in layout.variables]
        if content.key in away or (content in conditional and not given):
            continue
        if set(given) & set(shown) or (full and stands(content, values, words)):
            continue
        params = {"content": content.name_vi, "content_en": content.name_en, "field": content.key}
        if not given and (full or (content.key in (NAME.key, PARTY.key) and shown)):
            found.append(
                Finding(
                    "error",
                    "missing_content",
                    "The mandatory content “{content}” ({content_en}) is missing.",
                    _NUTRITION_FIX
                    if content.key == "nutrition"
                    else "Enter it for the product or the lot, then print again.",
                    content.article,
                    params,
                )
            )
        elif full:
            found.append(
                Finding(
                    "error",
                    "content_not_on_layout",
                    "The layout has no place for the mandatory content “{content}” ({content_en}).",
                    "Use a full label layout for this kind of goods.",
                    content.article,
                    params,
                )
            )
    return found


def _decided_name(values: Mapping[str, str]) -> list[Finding]:
    """Stars belong to the goods that the decision names."""
    decided, name = facts_of(values).get("decided_name", ""), values.get("product_name", "")
    if not values.get("stars") or not decided or spelling.key(decided) == spelling.key(name):
        return []
    return [
        Finding(
            "warning",
            "name_not_as_decided",
            "The decision names the goods “{decided}”, the label says “{name}”.",
            "Print the name of the decision, or ask the programme office.",
            f"{PROGRAMME} art. 8.1",
            {"decided": decided, "name": name},
        )
    ]


def _medicine() -> Finding:
    """Medicines have contents of their own, which the catalogue does not hold."""
    return Finding(
        "error",
        "medicine_label",
        "The label of a medicine is not made here: it needs dosage form, registration number and more.",
        "Print a seal or a card beside the medicine's own label; or correct the kind of goods.",
        f"{APPENDIX_I} group 12",
    )


def _phrases(
    layout: Layout, values: Mapping[str, str], words: list[Spoken], set_number: int
) -> list[Finding]:
    """Prescribed words, whatever their capitals and the place of the tone."""
    group = group_of(set_number, values)
    if group is None or layout.purpose != "full_label":
        return []
    said = spelling.key(" ".join(text.text for text in words))
    return [
        Finding(
            "error",
            "phrase_missing",
            "The words “{phrase}” are missing.",
            "Add them to the layout or to the warning of the product.",
            f"{APPENDIX_I} group {group.number}{point}",
            {"phrase": phrase},
        )
        for point, phrase in group.phrases
        if not spelling.has(said, phrase)
    ]
