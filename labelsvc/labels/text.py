"""Setting words in a box: wrapping, shrinking, refusing.

Sizes come in points (as in layouts) and leave in millimetres. No kerning or ligatures: every
renderer places the same advances, so screen and paper agree to the dot.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from labelsvc.errors import LabelOverflow
from labelsvc.labels.face import PT, Fonts, short
from labelsvc.labels.layout import TextStyle
from labelsvc.labels.template import Run

#: Room kept above and below the baseline, in ems, whatever the letters: so that two boxes side by
#: side share their baseline. Taller letters (Ổ reaches 1.17) get what they need on top of it.
ASCENT, DESCENT = 0.96, 0.22
#: Least free space between ink of one line and ink of the next, in ems.
_CLEAR = 0.03
#: A number and its unit stay together, and groups of digits: "100 g", "1,5 %", "024 3000 0000".
_UNIT = re.compile(
    r"(?<=\d) (?=(?:\d|(?:kg|g|mg|ml|l|L|cm|mm|m|°C|%|₫|kcal|sao|độ|viên|gói|năm)\b|[%₫°]))"
)
_NBSP = "\u00a0"
#: Before what may begin a line without a space being there: the dots of a host. Never drawn; no value
#: can contain it (`content` drops it).
SOFT = "\u200b"


@dataclass(frozen=True, slots=True)
class SetRun:
    x: float  # mm from the left end of the line
    text: str
    weight: str


@dataclass(frozen=True, slots=True)
class SetLine:
    runs: tuple[SetRun, ...]
    width: float  # mm

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class SetText:
    """Lines of one size. `ascent` and `descent` are the ink's, mm, at least the standing room."""

    points: float
    lines: tuple[SetLine, ...]
    leading: float  # mm from baseline to baseline
    ascent: float
    descent: float
    tracking: float  # mm

    @property
    def size(self) -> float:
        """The em in mm."""
        return self.points * PT

    @property
    def height(self) -> float:
        if not self.lines:
            return 0.0
        return self.ascent + (len(self.lines) - 1) * self.leading + self.descent


def weight_of(style: TextStyle, run: Run) -> str:
    return style.bold_weight if run.bold else style.weight


def cased(style: TextStyle, text: str) -> str:
    return text.upper() if style.upper else text


def breakable(host: str) -> str:
    """*host* with leave to wrap before its dots, so that a long one need not become tiny."""
    return host.replace(".", SOFT + ".")


def solid(text: str) -> str:
    """*text* as it is drawn on one line."""
    return text.replace(SOFT, "")


def check_lines(
    lines: Sequence[Sequence[Run]],
    style: TextStyle,
    fonts: Fonts,
    *,
    field: str,
    record: str,
    layout: str,
) -> None:
    for line in lines:
        for run in line:
            face = fonts[weight_of(style, run)]
            face.check(solid(cased(style, run.text)), field=field, record=record, layout=layout)


def set_text(
    lines: Sequence[Sequence[Run]],
    style: TextStyle,
    fonts: Fonts,
    *,
    width: float,
    points: float,
    height: float = math.inf,
    draft: bool = False,
) -> SetText | None:
    """Wrap *lines* to *width* mm at *points*; None when a word is wider, lines are too many, or
    surely higher than *height* (told without the cost of setting them). *draft*: do not balance the
    lines, which costs most and seldom changes the height."""
    size = points * PT
    tracking = style.tracking / 1000 * size
    wrapped = _wrap_all(lines, style, fonts, width, size, tracking)
    if wrapped is not None and len(wrapped) > len(lines):
        whole = _wrap_all(lines, style, fonts, width, size, tracking, bound=True)
        if whole is not None and len(whole) == len(wrapped):
            wrapped = whole
    if wrapped is None or (style.max_lines and len(wrapped) > style.max_lines):
        return None
    if (ASCENT + DESCENT + (len(wrapped) - 1) * style.leading) * size > height + 1e-6:
        return None
    if style.balance and len(wrapped) > 1 and not draft:
        for bound in (True, False):
            found = _balanced(lines, style, fonts, width, size, tracking, len(wrapped), bound)
            if found is not None:
                wrapped = found
                break
    inks = [_ink(line, fonts, size, tracking, style.align) for line in wrapped]
    leading = style.leading
    for upper, lower in itertools.pairwise(inks):
        leading = max(leading, _needed(upper, lower))
    first = max([ASCENT, *(box[3] for box in inks[0])]) if inks else 0.0
    last = max([DESCENT, *(-box[1] for box in inks[-1])]) if inks else 0.0
    return SetText(points, tuple(wrapped), leading * size, first * size, last * size, tracking)


def fit(
    lines: Sequence[Sequence[Run]],
    style: TextStyle,
    fonts: Fonts,
    *,
    width: float,
    height: float,
    field: str,
    record: str,
    layout: str,
) -> SetText:
    """The largest setting between `size` and `min_size` that fits width x height mm.

    Raises `LabelOverflow` (layout, field, record) when the smallest does not, and `MissingGlyph`.
    """
    check_lines(lines, style, fonts, field=field, record=record, layout=layout)
    for points in sizes(style.size, style.floor):
        found = set_text(lines, style, fonts, width=width, points=points, height=height)
        if found is not None and found.height <= height + 1e-6:
            return found
    raise overflow(lines, style, field=field, record=record, layout=layout)


def overflow(
    lines: Sequence[Sequence[Run]], style: TextStyle, *, field: str, record: str, layout: str
) -> LabelOverflow:
    text = solid(" / ".join("".join(run.text for run in line) for line in lines))
    return LabelOverflow(
        "{layout}: “{text}” ({record}) does not fit at {points} pt",
        fix="Shorten the text, or choose a larger label.",
        layout=layout,
        field=field,
        record=record,
        text=short(text),
        points=style.floor,
    )


def sizes(size: float, floor: float) -> list[float]:
    """From *size* down to *floor* in steps of about 2 %, both included."""
    found = [size]
    while found[-1] > floor:
        found.append(max(floor, round(found[-1] - max(0.05, found[-1] * 0.02), 2)))
    return found


_Word = list[tuple[str, str]]  # (text, weight) pieces without a space between


def _words(line: Sequence[Run], style: TextStyle, bound: bool = False) -> list[_Word]:
    """The words of *line*; *bound* makes one of the syllables of a name ("Ba Vì")."""
    words: list[_Word] = []
    open_word = False
    for run in line:
        text = _UNIT.sub(_NBSP, cased(style, run.text))
        for index, part in enumerate(text.split(" ")):
            if index:
                open_word = False
            for place, piece in enumerate(part.split(SOFT)):
                if not piece:
                    continue
                if place or not open_word:
                    words.append([])
                words[-1].append((SOFT * bool(place) + piece, weight_of(style, run)))
                open_word = True
    return _bound(words) if bound else words


def _bound(words: Sequence[_Word]) -> list[_Word]:
    """Neighbours that begin with a capital, as one word each. The first word of a sentence has its
    capital from there; words in capitals alone, and a line that writes each word so, tell nothing."""
    if len(words) > 3 and all(word[0][0][:1].isupper() for word in words):
        return list(words)
    found: list[_Word] = []
    first, named = True, False
    for word in words:
        letters = "".join(text for text, _ in word)
        name = letters[:1].isupper() and not (len(letters) > 1 and letters.isupper())
        if found and named and name:
            text, weight = found[-1][-1]
            if weight == word[0][1]:
                found[-1] = [*found[-1][:-1], (text + _NBSP + word[0][0], weight), *word[1:]]
            else:
                found.append(word)
        else:
            found.append(word)
        named = name and not first and letters[-1].isalnum()
        first = letters[-1] in ".!?"
    return found


def _wrap_all(
    lines: Sequence[Sequence[Run]],
    style: TextStyle,
    fonts: Fonts,
    width: float,
    size: float,
    tracking: float,
    bound: bool = False,
) -> list[SetLine] | None:
    out: list[SetLine] = []
    for line in lines:
        current: list[_Word] = []
        used = 0.0
        for word in _words(line, style, bound):
            wide = sum(fonts[weight].width(solid(text), size, tracking) for text, weight in word)
            # The tracking after the last letter is not ink.
            if wide - tracking > width + 1e-6:
                return None
            text, weight = word[0]
            space = 0.0 if text.startswith(SOFT) else fonts[weight].width(" ", size, tracking)
            if current and used + space + wide - tracking > width + 1e-6:
                out.append(_line(current, fonts, size, tracking))
                current, used = [], 0.0
            used += wide + (space if current else 0.0)
            current.append(word)
        out.append(_line(current, fonts, size, tracking))
    return out


def _line(words: Sequence[_Word], fonts: Fonts, size: float, tracking: float) -> SetLine:
    runs: list[SetRun] = []
    x = 0.0
    pieces: list[tuple[str, str]] = []
    for number, word in enumerate(words):
        for index, (text, weight) in enumerate(word):
            glued = not number or index or text.startswith(SOFT)
            spaced = ("" if glued else " ") + solid(text).replace(_NBSP, " ")
            if pieces and pieces[-1][1] == weight:
                pieces[-1] = (pieces[-1][0] + spaced, weight)
            else:
                pieces.append((spaced, weight))
    for text, weight in pieces:
        runs.append(SetRun(x, text, weight))
        x += fonts[weight].width(text, size, tracking)
    return SetLine(tuple(runs), max(0.0, x - tracking) if runs else 0.0)


def _balanced(
    lines: Sequence[Sequence[Run]],
    style: TextStyle,
    fonts: Fonts,
    width: float,
    size: float,
    tracking: float,
    count: int,
    bound: bool,
) -> list[SetLine] | None:
    """The narrowest setting with the same number of lines."""
    low, high, best = width / count / 2, width, None
    for _ in range(12):
        middle = (low + high) / 2
        found = _wrap_all(lines, style, fonts, middle, size, tracking, bound)
        if found is None or len(found) > count:
            low = middle
        else:
            high, best = middle, found
    return best


_Box = tuple[float, float, float, float]


def _ink(line: SetLine, fonts: Fonts, size: float, tracking: float, align: str) -> list[_Box]:
    """Boxes of the glyphs in ems about the line's alignment point."""
    shift = {"left": 0.0, "center": -line.width / 2, "right": -line.width}[align] / size
    boxes = []
    for run in line.runs:
        x = run.x / size + shift
        face = fonts[run.weight]
        for char in run.text:
            x_min, y_min, x_max, y_max = face.bounds(char)
            if x_max > x_min:
                boxes.append((x + x_min, y_min, x + x_max, y_max))
            x += face.advance(char) + tracking / size
    return boxes


def _needed(upper: list[_Box], lower: list[_Box]) -> float:
    """Line height in ems at which no glyph of *lower* touches one of *upper*: Ổ below ạ."""
    needed = 0.0
    # Below nine tenths of an em no letter can meet the line above.
    for a in (box for box in lower if box[3] > 0.9):
        for b in upper:
            if a[0] < b[2] and b[0] < a[2]:
                needed = max(needed, a[3] - b[1] + _CLEAR)
    return needed
