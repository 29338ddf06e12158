"""Line breaking: breaks words into lines, keeps together what belongs together. Used by text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts.parts import TextStyle
from labelsvc.labels.layouts.template import Run

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
    """Letters of one weight in a line."""

    x: float  # mm from the left end of the line
    text: str
    weight: str


@dataclass(frozen=True, slots=True)
class SetLine:
    """One line as it is drawn."""

    runs: tuple[SetRun, ...]
    width: float  # mm

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def weight_of(style: TextStyle, run: Run) -> str:
    """Name of the weight that *run* is set in."""
    return style.bold_weight if run.bold else style.weight


def cased(style: TextStyle, text: str) -> str:
    """*text* in capitals where *style* asks for them."""
    return text.upper() if style.upper else text


def breakable(host: str) -> str:
    """*host* with leave to wrap before its dots, so that a long one need not become tiny."""
    return host.replace(".", SOFT + ".")


def solid(text: str) -> str:
    """*text* as it is drawn on one line."""
    return text.replace(SOFT, "")


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


class Letters(NamedTuple):
    """The setting of words: an em of `size` mm, `tracking` mm after each letter."""

    style: TextStyle
    fonts: Fonts
    size: float
    tracking: float


def wrapped_to(
    lines: Sequence[Sequence[Run]], letters: Letters, width: float, *, bound: bool = False
) -> list[SetLine] | None:
    """Wrap *lines* to *width* mm; None where a word is wider.

    *bound* keeps the syllables of a name on one line.
    """
    style, fonts, size, tracking = letters
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


def balanced(
    lines: Sequence[Sequence[Run]], letters: Letters, width: float, count: int, *, bound: bool
) -> list[SetLine] | None:
    """Wrap *lines* as narrowly as *count* lines allow."""
    low, high, best = width / count / 2, width, None
    for _ in range(12):
        middle = (low + high) / 2
        found = wrapped_to(lines, letters, middle, bound=bound)
        if found is None or len(found) > count:
            low = middle
        else:
            high, best = middle, found
    return best
