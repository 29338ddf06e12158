"""Wrapping: takes off what scanners, chats and keyboards put around a code. Used by `uri` and `gs1`.

The browser does the same (`static/inspect/verify/wrapping.js`); one table of cases holds both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

#: Around a scanned or pasted text: white space, byte order mark, zero-width marks, brackets.
EDGES: Final = (
    " \t\r\n\v\f\x00\x1c\x1d\x1e\x1f\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff<>\"'“”‘’«»"
)
#: What chat applications take for a part of a link; also legal in GS1 values, so only dropped
#: when the text cannot be read with them.
TAIL: Final = ".,;:!?)]}*_~…"

#: White space and separators of ASCII, as they stand escaped in a path. No value holds one.
_ESCAPED: Final = "%(?:0[9A-Da-d]|1[C-Fc-f]|20)"
_HEAD: Final = re.compile(f"^/?(?:{_ESCAPED})+")
_FOOT: Final = re.compile(f"(?:{_ESCAPED})+(/?)$")
#: A parameter that was added as if a question mark stood before it, or after one that was escaped.
_TRACKER: Final = re.compile(
    r"(?:&|%26|%3[Ff])(?:amp;)?[A-Za-z_][A-Za-z0-9_.\[\]-]*(?:=|%3[Dd]).*$", re.DOTALL
)
#: Symbology identifiers (ISO/IEC 15424); those of GS1 element strings only before a link.
_SYMBOLOGY: Final = re.compile(
    r"\](?:[A-Za-z][0-9](?=https?:)|(?!Q3|d2|C1|J1|e0)[A-Za-z][0-9A-Za-z])", re.IGNORECASE
)
_WORD: Final = re.compile(
    r"(?:url|urlto|uri|link|web|website|qr|code|mã|ma) *[:=] *", re.IGNORECASE
)
_LINK_START: Final = re.compile("(?=https?://)", re.IGNORECASE)
#: Marks that Vietnamese typing sets, as they stand in a decomposed text.
_MARKS: Final = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")
#: Fewer signs than this are a word, not a code that lost some to the keyboard.
_SHORTEST = 16
#: Prefixes one behind the other: "URL: ]Q1".
_ROUNDS = 4


def unwrapped(text: str) -> str:
    """*text* without prefixes of scanners, words before a link and punctuation behind it."""
    for _ in range(_ROUNDS):
        before = text
        text = text.strip(EDGES).rstrip(TAIL + EDGES)
        for prefix in (_SYMBOLOGY, _WORD):
            if found := prefix.match(text):
                text = text[found.end() :]
        if text == before:
            break
    return text


def links(text: str, hosts: Iterable[str]) -> list[str]:
    """Links of *hosts* in a text with other words, or one that a scanner typed twice.

    None if a link to somewhere else stands in it: nobody could tell which was meant.
    """
    words = [word.strip(EDGES) for word in _LINK_START.sub(" ", text).split(" ")]
    names = "|".join(map(re.escape, hosts))
    start = re.compile(rf"(?:https?://)?(?:{names})[/?#]", re.IGNORECASE)
    ours = [word.rstrip(TAIL + EDGES) for word in words if start.match(word)]
    return ours if sum("://" in word for word in words) <= len(ours) else []


def bare_path(path: str) -> str:
    """*path*, still escaped, without separators at its ends and parameters that lost their "?"."""
    return _FOOT.sub(r"\1", _HEAD.sub("/", _TRACKER.sub("", path)))


def mangled(text: str) -> bool:
    """True if *text* is like a code that was typed with Vietnamese typing (Telex, VNI) switched on."""
    letters = unicodedata.normalize("NFD", unquote(text).rpartition("/")[2])
    if not (_MARKS.intersection(letters) or "đ" in letters.lower()):
        return False
    kept = [c for c in letters if c not in _MARKS and c not in " -\u00a0"]
    return (
        len(kept) >= _SHORTEST
        and sum(c.isdigit() for c in kept) * 5 >= len(kept)  # a third of a code are digits
        and all((c.isascii() and c.isalnum()) or c in "đĐ" for c in kept)
    )
