"""Words of another language: beside the Vietnamese ones, and not larger (art. 39 and 42).

What is foreign: a variable that is named so, a text whose layout says `lang = "en"`, and, as a
guess that only warns, a text whose own words cannot be Vietnamese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from labelsvc.labels.drawing.words import Box, FittedText
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.parts import TextStyle
from labelsvc.labels.layouts.template import PLACEHOLDER
from labelsvc.labels.layouts.variables import PER_UNIT
from labelsvc.labels.legal.finding import Finding, Severity, article, grave, quoted
from labelsvc.labels.legal.spoken import Spoken, named
from labelsvc.wording import language, syllable

#: Foreign variable → the Vietnamese one that must be there, and be as large.
FOREIGN = {
    "product_name_en": "product_name",
    "village_en": "village",
    "stars_text_en": "stars_text",
    "story_short_en": "story_short",
    "story_en": "story",
}
#: Hundredths of a millimetre nobody sees.
_SLACK = 0.01
#: Mandatory contents that a catalogue may hold in English alone.
_CONTENTS = (
    "product_name", "ingredients", "nutrition", "instructions", "storage", "warning", "specification", "dimensions",
)  # fmt: skip
_COSMETICS = 19
#: English words before a mandatory content, and the variables of it.
_HEADS = re.compile(
    r"(?:ingredients?|contents?|warnings?|cautions?|allergens?|storage|store|directions?|instructions?|usage|how\s+to\s+use|"
    r"net(?:\s+(?:weight|wt|content|contents|volume|vol))?|weight|volume|manufactur(?:er|ed\s+by)|produced\s+by|made\s+by|"
    r"producer|address|nutrition(?:al)?(?:\s+(?:facts|information))?|specifications?|material)\.?",
    re.IGNORECASE,
)
_HEADED = frozenset(
    {*_CONTENTS, "net_content", "net_total", "producer_name", "producer_address", "alcohol"}
)


def is_foreign(style: TextStyle) -> bool:
    """True if *style* says it, or shows a variable that is."""
    return style.lang != "vi" or any(name in FOREIGN for name in style.variables)


def seems_foreign(style: TextStyle) -> bool:
    """True if every line of the template that has words of its own is of another language."""
    lines = [PLACEHOLDER.sub(" ", line) for line in style.text.split("\n")]
    guesses = [syllable.foreign(line) for line in lines if any(map(str.isalpha, line))]
    return bool(guesses) and all(guesses)


def alone(layout: Layout, spoken: Sequence[Spoken]) -> Iterator[Finding]:
    """Foreign texts without the Vietnamese words for the same, and those that seem foreign."""
    ours = [text for text in spoken if not is_foreign(text.style) and not seems_foreign(text.style)]
    shown = {name for text in ours for name in text.variables}
    for text in spoken:
        sure = is_foreign(text.style)
        if not sure and not seems_foreign(text.style):
            continue
        contents = _contents(text.style)
        if not (contents <= shown if contents else ours):
            yield Finding(
                "error" if sure else "warning",
                "foreign_alone",
                "The foreign text “{words}” stands alone.",
                "Show the Vietnamese words as well, at least as large.",
                article("39, 42"),
                {"words": text.text},
                text.element,
            )
        if not sure:
            yield Finding(
                "warning",
                "foreign_unmarked",
                "“{words}” seems to be of another language.",
                "Mark the text as foreign, or write it in Vietnamese.",
                article("39"),
                {"words": text.text},
                text.element,
            )


def values(
    layout: Layout, given: Mapping[str, str], spoken: Sequence[Spoken], set_number: int
) -> Iterator[Finding]:
    """Mandatory contents that are in another language alone, and English words before them.

    The name is that of the decision where there is one: then it asks and does not refuse.
    """
    said = set()
    for text in spoken:
        if is_foreign(text.style):
            continue
        for name in _CONTENTS:
            value = given.get(name, "")
            if name not in text.variables or name in said or not language.foreign(value):
                continue
            if name == "ingredients" and set_number == _COSMETICS:
                continue  # names of substances stay as they are (art. 39.4)
            said.add(name)
            decided = name == "product_name" and bool(given.get("stars"))
            yield Finding(
                "warning" if decided else grave(layout),
                "foreign_content",
                "“{words}” is not in Vietnamese.",
                "Write it in Vietnamese; another language may stand beside it, not larger.",
                article("39.1, 42.1"),
                {"words": value if len(value) <= 60 else f"{value[:59]}…"},
                text.element,
            )
        for line in text.style.text.replace("**", "").split("\n"):
            own = PLACEHOLDER.sub(" ", line).strip(" :·-–/[]()")
            names = set(PLACEHOLDER.findall(line))
            if names & _HEADED and (_HEADS.fullmatch(own) or language.head(own)):
                yield Finding(
                    grave(layout),
                    "foreign_head",
                    "“{words}” stands before a mandatory content in another language alone.",
                    "Write the Vietnamese word, and the other beside it.",
                    article("39.1, 42.1"),
                    {"words": own},
                    text.element,
                )


def larger(
    layout: Layout, texts: Sequence[FittedText], sizes: Mapping[int, float]
) -> Iterator[Finding]:
    """Foreign texts larger than the Vietnamese of the same content: the one that shows the same
    variables, else the nearest, which is a guess.

    :param sizes: em in mm of each of *texts*, by its `id()`.
    """
    styles = dict(named(layout))
    strange = {
        id(text): is_foreign(styles[text.field]) or seems_foreign(styles[text.field])
        for text in texts
    }
    ours = [text for text in texts if not strange[id(text)]]
    for text in texts:
        if not strange[id(text)]:
            continue
        style = styles[text.field]
        contents = _contents(style)
        same = [sizes[id(t)] for t in ours if contents & set(t.variables)]
        near = [] if contents else [sizes[id(t)] for t in _nearest(text, ours)]
        if (same or near) and sizes[id(text)] > max(same or near) + _SLACK:
            severity: Severity = "error" if same and is_foreign(style) else "warning"
            yield Finding(
                severity,
                "foreign_larger",
                "The foreign text “{words}” is larger than the Vietnamese.",
                "Make it at most as large.",
                article("39"),
                {"words": quoted(text)},
                text.field,
                text.box,
            )


def _contents(style: TextStyle) -> frozenset[str]:
    """Tell what *style* speaks of, as the variables that say it in Vietnamese."""
    return frozenset(FOREIGN.get(name, name) for name in style.variables if name not in PER_UNIT)


def _nearest(text: FittedText, ours: Sequence[FittedText]) -> list[FittedText]:
    """The Vietnamese text with words of its own that is nearest to *text*."""
    return sorted(
        (t for t in ours if any(map(str.isalpha, t.text))), key=lambda t: _apart(t.box, text.box)
    )[:1]


def _apart(a: Box, b: Box) -> float:
    dx = max(a[0] - b[2], b[0] - a[2], 0.0)
    dy = max(a[1] - b[3], b[1] - a[3], 0.0)
    return float(dx * dx + dy * dy)
