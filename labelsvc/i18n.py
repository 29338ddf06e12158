"""Languages: messages, dates, numbers and search keys in Vietnamese and English.

English sentences in the code are the keys; `labelsvc/translations/vi/*.po`, one file a room, hold
the Vietnamese. They are read at start by Babel, so there is nothing to compile.

The keys speak of many; `translations/en/one.po` says each for one. Vietnamese nouns have no plural.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_group_symbol

from labelsvc.clock import local
from labelsvc.errors import LabelsvcError, Phrase, fill
from labelsvc.resources import folder

LANGUAGES = ("vi", "en")
DEFAULT = "vi"


@lru_cache(maxsize=4)
def catalog(language: str) -> dict[str, str]:
    """English sentence → sentence in *language*; empty for English itself."""
    found: dict[str, str] = {}
    place = folder("translations") / language
    for path in sorted(place.glob("*.po")) if place.is_dir() else ():
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string and not message.fuzzy and not message.context:
                    if isinstance(message.id, tuple) or isinstance(message.string, tuple | dict):
                        continue  # Vietnamese has no plural: use the plain form
                    found[str(message.id)] = nfc(str(message.string))
    return found


@lru_cache(maxsize=4)
def _for_one(language: str) -> dict[str, list[tuple[frozenset[str], str]]]:
    """Sentence → what it is when these placeholders are all 1, those with most of them first.

    In the file the placeholders are the context of the message, with spaces between them.
    """
    found: dict[str, list[tuple[frozenset[str], str]]] = {}
    path = folder("translations") / language / "one.po"
    if path.is_file():
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.context:
                    ones = frozenset(str(message.context).split())
                    found.setdefault(str(message.id), []).append((ones, str(message.string)))
    for forms in found.values():
        forms.sort(key=lambda form: -len(form[0]))
    return found


def sentence(text: str, language: str, params: Mapping[str, Any]) -> str:
    """*text* in *language*, not filled yet: of one where *params* count one."""
    forms = _for_one(language).get(text)
    if forms:
        ones = {name for name, value in params.items() if str(value) == "1"}
        for placeholders, words in forms:
            if placeholders <= ones:
                return words
    return catalog(language).get(text, text)


def translate(text: str, language: str, /, **params: Any) -> str:
    """*text* in *language*, `{name}` placeholders filled; the English text where none is known.

    Measures are given as floats, since Vietnamese writes 0,85; a `Phrase` is translated too.
    """
    spelled = {name: _spelled(value, language) for name, value in params.items()}
    return fill(sentence(text, language, spelled), spelled)


def _spelled(value: Any, language: str) -> Any:
    if isinstance(value, Phrase):
        return translate(value.text, language, **value.params)
    if isinstance(value, float) and language == "vi":
        return f"{value:.10g}".replace(".", ",")
    return value


def explain(error: LabelsvcError, language: str) -> tuple[str, str]:
    """Tell what happened and what to do, in the reader's language; lengths with its decimal sign."""
    params = {
        name: number(value, language) if isinstance(value, float) else value
        for name, value in error.params.items()
    }
    message = translate(error.message, language, **params)
    if not error.fix:
        return message, ""
    return closed(message), translate(error.fix, language, **params)


def closed(message: str) -> str:
    """*message* as a sentence that another may follow: some end in a name or a number."""
    return message if message.endswith((".", "!", "?", "…", ":")) else f"{message}."


def choose(accept: Iterable[tuple[str, float]], *, asked: str | None = None) -> str:
    """The language to answer in.

    :param accept: (language tag, quality) pairs of `Accept-Language`, best first.
    :param asked: what the reader chose by the switch; wins when we have it.
    """
    if asked in LANGUAGES:
        return asked
    for tag, quality in accept:
        short = tag.lower().partition("-")[0]
        if quality > 0 and short in LANGUAGES:
            return short
    return DEFAULT


def nfc(text: str) -> str:
    """Composed form: "ế" is one character. All text is brought to it at the border."""
    return unicodedata.normalize("NFC", text)


#: ASCII and the combining marks of Latin letters.
_PLAIN = re.compile("[\x00-\x7f\u0300-\u034e\u0350-\u036f]*")
#: Every combining mark, to be left out.
_MARKS = {point: None for point in range(0x300, 0x20000) if unicodedata.combining(chr(point))}


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Search key: no marks, đ → d, lower case, single spaces. "Bát Tràng" → "bat trang"."""
    if not text.isascii():
        text = text.replace("đ", "d").replace("Đ", "D")
        text = unicodedata.normalize("NFD", text)
        # Without other letters than ours the marks are all that is not ASCII: four times as fast.
        text = (
            text.encode("ascii", "ignore").decode()
            if _PLAIN.fullmatch(text)
            else text.translate(_MARKS)
        )
    return " ".join(text.casefold().split())


def day(value: date | None) -> str:
    """dd/mm/yyyy, in both languages: it is what stands on the pack."""
    return value.strftime("%d/%m/%Y") if value else ""


def moment(value: datetime | None) -> str:
    """dd/mm/yyyy HH:MM on a Vietnamese clock."""
    return local(value).strftime("%d/%m/%Y %H:%M") if value else ""


def number(value: float, language: str = DEFAULT) -> str:
    """1.234.567 in Vietnamese, 1,234,567 in English."""
    if type(value) is int:  # a run spells a million of them
        return f"{value:,}".replace(",", _group_symbol(language))
    return format_decimal(value, locale=language)


@lru_cache(maxsize=4)
def _group_symbol(language: str) -> str:
    return get_group_symbol(language)
