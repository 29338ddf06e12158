"""Messages: words what the models of a layout refuse, in sentences that are translated. Used by reading and
the editor.

pydantic speaks English to programmers; whoever writes a layout, in a file or in the editor, reads
these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labelsvc.errors import Phrase

#: What the models say → what to tell. `{least}` and `{most}` are the limits.
_WORDS = {
    "greater_than": "Write a number above {least}.",
    "greater_than_equal": "Write a number from {least} up.",
    "less_than_equal": "Write a number of at most {most}.",
    "finite_number": "This is not a number.",
    "float_parsing": "This is not a number.",
    "float_type": "This is not a number.",
    "int_parsing": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "int_type": "Write a whole number.",
    "missing": "This is missing.",
    "string_too_short": "This may not be empty.",
    "string_too_long": "At most {most} letters are taken.",
    "too_long": "At most {most} are taken.",
    "too_short": "At least one is needed.",
    "extra_forbidden": "Layouts have no such field.",
    "literal_error": "This is none of the choices.",
    "union_tag_invalid": "There is no such kind of element.",
    "union_tag_not_found": "The element does not say its type.",
    "string_pattern_mismatch": "This is not written as it must be.",
    "unknown_variable": "There is no variable {name}.",
    "marks": "Brackets and ** stand in pairs.",
    "min_size": "The smallest size is larger than the size.",
    "arc_unit": "What differs from label to label cannot stand on an arc.",
    "path": "Path data begins with M and uses M L H V C S Q T Z only.",
    "shape": "Give width and height, or the diameter.",
    "colour": "The colour {name} is not in the palette.",
    "outside": "Reaches {by} mm out of the label.",
    "one_symbol": "A layout has exactly one symbol.",
    "other": "This cannot stand here.",
}
#: What to do about it in a file.
SHOWN = {
    "extra_forbidden": "Remove the key or correct its spelling; docs/layouts.md lists the keys.",
    "missing": "Add the key.",
    "union_tag_invalid": "Use one of the element types of docs/layouts.md.",
    "union_tag_not_found": "Give the element a type.",
    "other": "docs/layouts.md lists what may stand here.",
}
#: Sentences of the models' own checks → key above and the field that is meant.
_OWN: tuple[tuple[str, str, str], ...] = (
    (r"unknown variable '?(?P<name>\{?[\w]+\}?)", "unknown_variable", ""),
    (r"min_size is larger", "min_size", "min_size"),
    (r"cannot stand on an arc", "arc_unit", "text"),
    (r"path data begins", "path", "d"),
    (r"give width and height", "shape", "width"),
    (r"colour '(?P<name>[^']*)' is not", "colour", "colour"),
    (r"reaches (?P<by>[\d.]+) mm out", "outside", "x"),
    (r"exactly one symbol", "one_symbol", ""),
    (r"bracket|\*\*|paired|pair", "marks", "text"),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """`loc` is the path to the value; `field` the key that is meant where `loc` ends above it."""

    reason: Phrase
    fix: str
    loc: tuple[str | int, ...]
    field: str = ""


def told(found: Mapping[str, Any]) -> Refusal:
    """*found*, one of the errors of a `ValidationError`, for people."""
    key = found["type"] if found["type"] in _WORDS else "other"
    fix = SHOWN.get(key, SHOWN["other"])
    loc: Sequence[str | int] = found["loc"]
    context = found.get("ctx", {})
    field = ""
    params: dict[str, Any] = {
        "least": _figure(context.get("gt", context.get("ge", ""))),
        "most": _figure(context.get("le", context.get("max_length", ""))),
    }
    if found["type"] == "value_error":
        for pattern, name, meant in _OWN:
            if hit := re.search(pattern, found["msg"]):
                key, field = name, meant
                params = {
                    part: float(text) if part == "by" else text
                    for part, text in hit.groupdict().items()
                }
                break
        # What concerns the whole layout says itself which element it means.
        if not loc and (of := re.search(r"elements\[(\d+)\]", found["msg"])):
            loc = ("elements", int(of[1]))
    return Refusal(Phrase(_WORDS[key], **params), fix, tuple(loc), field)


def _figure(value: Any) -> Any:
    """A limit as a number that each language writes in its way."""
    return value if isinstance(value, int | float | str) else str(value)
