"""Letters: finds characters that no text of ours may hold. Used by the fields of the catalogue, by all that
comes as JSON and, for what both forgot, by the database; pure.

Control characters end lines and files early, NUL is refused by PostgreSQL. Marks that turn the direction of
reading make one name look like another. Private characters show what one font makes of them, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from labelsvc.errors import BadInput

#: They turn the direction of what follows, so a name would read as another one.
TURNING = re.compile("[\u061c\u202a-\u202e\u2066-\u2069]")
#: With lone surrogates, which have no bytes, and non-characters; without tab and line ends.
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]"
)
#: What they show depends on the font of one machine, or on nothing at all.
PRIVATE = re.compile("[\ue000-\uf8ff\U000e0000-\U000e007f\U000f0000-\U0010ffff]")
_ANY = re.compile("|".join(kind.pattern for kind in (TURNING, CONTROL, PRIVATE)))


def check(text: str, **params: Any) -> None:
    """Refuse *text* that holds one of them.

    :param params: of the error, as `field`.
    :raises BadInput: control characters, private ones, or such as turn the direction of reading.
    """
    if (text.isascii() and text.isprintable()) or not _ANY.search(text):
        return
    if TURNING.search(text):
        raise BadInput(
            "The text holds characters that turn the reading direction.",
            fix="Type it again instead of copying it.", **params,
        )  # fmt: skip
    if CONTROL.search(text):
        raise BadInput(
            "The text holds control characters.",
            fix="Type it again instead of copying it.", **params,
        )  # fmt: skip
    raise BadInput(
        "The text holds characters that only one font can show.",
        fix="Type it again in Unicode instead of copying it.", **params,
    )  # fmt: skip


def shown(text: str, put: str = " ") -> str:
    """*text* with *put* for each of them: for what has to be kept whatever it holds."""
    return _ANY.sub(put, text)


def check_all(value: Any, *, but: Collection[str] = ()) -> None:
    """`check` of every text inside *value*, names of members too.

    :param value: as from JSON.
    :param but: names of members that may hold anything.
    :raises BadInput: with the place of the text, as `photos.0.uid`, as its `field`.
    """
    for where, text in _texts(value, but):
        check(text, field=where)


def _texts(value: Any, but: Collection[str]) -> Iterator[tuple[str, str]]:
    waiting = [("", value)]  # no recursion: how deep it is was said by who sent it
    while waiting:
        where, one = waiting.pop()
        if isinstance(one, str):
            yield where, one
        elif isinstance(one, dict):
            for name, inner in one.items():
                yield where, str(name)
                if name not in but:
                    waiting.append((f"{where}.{name}".lstrip("."), inner))
        elif isinstance(one, list | tuple):
            waiting += [(f"{where}.{index}".lstrip("."), inner) for index, inner in enumerate(one)]
