"""The table of spellings (spellings.json), filled with a short and a gs1 code. Python and browser read it.

{link} is a link with scheme and host, {path} its path, {code} a short code alone. Texts of "any" are
tried in both forms.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.codes.conftest import GTIN, HOST

SHORT = "997EMW5YH4M17V3H5N0NXH28"
GS1 = f"01/{GTIN}/21/5386VFJHDMA7M4JHRKJH"
TABLE: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "spellings.json").read_text(encoding="utf-8")
)


def cases(*kinds: str) -> list[tuple[str, str]]:
    """(text, canonical path that it stands for) of the *kinds*; those of "any" in both forms."""
    return [
        (filled(text, path), path)
        for kind in kinds
        for text in TABLE[kind]
        for path in ((SHORT, GS1) if kind == "any" else (SHORT,))
    ]


def filled(text: str, path: str, *, host: str = HOST) -> str:
    for name, value in (("link", f"https://{host}/{path}"), ("path", path), ("code", path)):
        text = text.replace("{" + name + "}", value)
    return text
