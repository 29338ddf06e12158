"""Writing: writes a layout as TOML, the inverse of `reading.load`. Used by the editor and own layouts."""

from __future__ import annotations

import unicodedata
from typing import Any

import tomli_w

from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.paper import SheetSpec

#: Keys that people look for first; the rest follows in the order of the models.
_FIRST = ("type", "id", "x", "y", "w", "h", "cx", "cy", "r", "x1", "y1", "x2", "y2", "text")


def dumps(layout: Layout) -> str:
    """TOML that `load` reads back as the same layout. What has its default is left out; a sheet
    taken from the stock is its name alone."""
    data = layout.model_dump(mode="json", exclude_defaults=True)
    if layout.sheet.article is not None:
        data["sheet"] = {"article": layout.sheet.article}
    data["elements"] = [_ordered(element) for element in data["elements"]]
    return tomli_w.dumps(_plain(data), multiline_strings=True)


def facts(layout: Layout) -> dict[str, Any]:
    """Everything of *layout* as JSON, defaults too: what the editor in the browser holds."""
    data = layout.model_dump(mode="json")
    if layout.sheet.article is not None:
        alone = SheetSpec.model_validate({"article": layout.sheet.article})
        data["sheet"] = alone.model_dump(mode="json")
    return data


def tidy(value: Any) -> Any:
    """*value* with every text in NFC and without control characters but the line break: a database
    and a printer choke on them, and nobody sees them."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n"))
        return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    if isinstance(value, list):
        return [tidy(item) for item in value]
    if isinstance(value, dict):
        return {tidy(key): tidy(item) for key, item in value.items()}
    return value


def _ordered(part: dict[str, Any]) -> dict[str, Any]:
    out = {key: part[key] for key in _FIRST if key in part}
    out |= {key: value for key, value in part.items() if key not in out}
    if "items" in out:
        out["items"] = [_ordered(item) for item in out.pop("items")]
    return out


def _plain(value: Any) -> Any:
    """Whole numbers without ".0", no nulls: as a person would write it."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    return value
