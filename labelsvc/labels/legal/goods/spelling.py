"""Spelling: compares Vietnamese words whatever their capitals, spaces and place of the tone. Used by goods.

"khoẻ" and "khỏe" are one word; "lạc" and "lác" are two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from labelsvc.catalogue.fields import name_key


def words(text: str) -> list[str]:
    """Words of *text* in one spelling."""
    return name_key(text).split()


def key(text: str) -> str:
    """*text* in one spelling, between spaces: ` word word `."""
    return f" {name_key(text)} "


def has(text_key: str, phrase: str) -> bool:
    """True if *phrase* stands in a `key` as whole words."""
    return key(phrase) in text_key


def keys(phrases: str) -> tuple[str, ...]:
    """Phrases of a list with a comma between them, as `key` spells them, longest first."""
    made = {key(phrase) for phrase in re.split(r"[,\n]", phrases) if phrase.strip()}
    return tuple(sorted(made, key=lambda one: (-len(one), one)))


def found(text_key: str, phrases: Sequence[str]) -> str:
    """The first of *phrases* (`keys`) in a `key`; "" where none stands there."""
    return next((phrase for phrase in phrases if phrase in text_key), "")
