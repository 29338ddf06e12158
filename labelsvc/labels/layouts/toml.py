"""TOML of layouts: looks at size, depth and count before the parser does. Used by reading and the editor.

`tomllib` takes time by the square of the parts of a dotted key: 40 kB of `a.a.a…` took minutes. The look
is one walk over the text.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from typing import Any, Final

from labelsvc.errors import LayoutError

#: Characters of a layout file; the largest built-in has 7,000.
MAX_CHARACTERS: Final = 200_000
#: Parts of a dotted key, brackets within brackets, and keys: layouts have 3, 4 and some hundred.
MAX_PARTS, MAX_DEPTH, MAX_KEYS = 8, 16, 20_000
#: Comments, the four kinds of strings (an open one ends with the text), words, and what joins them.
_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n]*|[ \t]+)
    |(?P<word>\"{3}(?:[^\\"]|\\.|"(?!""))*+(?:\"{3}|\Z)|'{3}(?:[^']|'(?!''))*+(?:'{3}|\Z)
        |"(?:[^"\\\n]|\\[^\n])*+"?|'[^'\n]*+'?|[A-Za-z0-9_+-]++)
    |(?P<dot>\.)|(?P<open>[\[{])|(?P<close>[\]}])|(?P<equals>=)|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


def loads(text: str, *, source: str) -> dict[str, Any]:
    """Parse *text*; *source* (a file name) is only for messages.

    :raises LayoutError: too large, too deep, or no TOML; with the line where it is known.
    """
    check_size(text, source)
    try:
        return _parsed(text, source)
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        found = re.search(r"line (\d+), column (\d+)", str(error))
        raise LayoutError(
            "{source}, line {line}, column {column}: this is not valid TOML"
            if found
            else "{source}: not valid TOML",
            fix="Correct what stands there: texts in quotes, one key a line, brackets in pairs.",
            source=source,
            reason=str(error),
            where="",
            line=int(found[1]) if found else 0,
            column=int(found[2]) if found else 0,
        ) from error


@lru_cache(maxsize=16)
def _parsed(text: str, source: str) -> dict[str, Any]:
    """Kept, so that a transaction that needs what was read before it reads nothing again."""
    _look(text, source)
    return tomllib.loads(text)


def check_size(text: str, source: str) -> None:
    """:raises LayoutError: more characters than a layout may have."""
    if len(text) > MAX_CHARACTERS:
        raise LayoutError(
            "The layout has {length} characters; at most {longest} are taken.",
            fix="Remove pictures or elements that are not needed.",
            length=len(text), longest=MAX_CHARACTERS, source=source, where="", line=0,
        )  # fmt: skip


def _look(text: str, source: str) -> None:
    """:raises LayoutError: more than any layout has."""
    parts = depth = keys = 0
    after_dot = False
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "skip":
            continue
        if kind == "dot":
            after_dot = True
            continue
        if kind == "word":
            parts = parts + 1 if after_dot else 1
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        elif kind == "equals":
            keys += 1
        after_dot = False
        if parts > MAX_PARTS or depth > MAX_DEPTH or keys > MAX_KEYS:
            raise LayoutError(
                "{source}, line {line}: keys and brackets are deeper here, or more, than any layout has",
                fix="Take a layout that “Export” gave, and change that.",
                source=source, where="", line=text.count("\n", 0, token.start()) + 1,
            )  # fmt: skip
