"""Asides: reads what stands beside the cells of a workbook: comments, text boxes, heads and feet of its pages,
and cells that are struck through.

People read them as part of the list: a decision in the head of the page, "đã thu hồi" in a comment,
a stroke through a product. Call this after guard.py has looked at the file.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from posixpath import basename, dirname, join, normpath
from typing import Final
from xml.etree import ElementTree

from labelsvc.catalogue.importing.files.formula import Place
from labelsvc.catalogue.importing.files.guard import column_number

#: More comments or text boxes say nothing new.
MOST: Final = 5_000
#: Letters of one of them that are kept.
_LONGEST: Final = 500
_PAGE = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)>([^<]*)<")
#: Codes of heads and feet: part of the page, font, size, page number, date, name of the file.
_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d{1,2}|[A-Za-z])')
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_OFF = ("0", "false", "none")


def comments_of(archive: zipfile.ZipFile, entry: str) -> dict[Place, str]:
    """Cell → what somebody noted at it."""
    found: dict[Place, str] = {}
    for part in _parts(archive, entry, "comments"):
        for one in _tree(archive, part).iter():
            place = _CELL.fullmatch(one.get("ref", "")) if _tag(one) == "comment" else None
            if place and len(found) < MOST:
                words = " ".join("".join(_texts(one)).split())
                found[(int(place[2]) - 1, column_number(place[1]) - 1)] = words[:_LONGEST]
    return found


def boxes_of(archive: zipfile.ZipFile, entry: str) -> list[str]:
    """Words of the text boxes, each box one text."""
    found: list[str] = []
    for part in _parts(archive, entry, "drawing"):
        for box in _tree(archive, part).iter():
            if _tag(box) == "txBody" and len(found) < MOST:
                found.append(" ".join("".join(_texts(box)).split())[:_LONGEST])
    return [text for text in found if text]


def page_texts(ending: bytes) -> list[str]:
    """Heads and feet of the pages, each once, from the end of a sheet's entry."""
    made = (
        " ".join(_CODE.sub(" ", unescape(found.decode("utf-8", "ignore"))).split())
        for found in _PAGE.findall(ending)
    )
    return [text for text in dict.fromkeys(made) if any(map(str.isalpha, text))]


def struck_styles(archive: zipfile.ZipFile) -> frozenset[bytes]:
    """Numbers of the cell styles whose letters are struck through."""
    try:
        tree = _tree(archive, "xl/styles.xml")
    except KeyError:
        return frozenset()
    groups = {_tag(one): one for one in tree}
    fonts = [
        any(_tag(part) == "strike" and part.get("val", "1") not in _OFF for part in font)
        for font in groups.get("fonts", ())
    ]
    if not any(fonts):
        return frozenset()
    found = set()
    for number, style in enumerate(groups.get("cellXfs", ())):
        font = style.get("fontId", "")
        if font.isdigit() and int(font) < len(fonts) and fonts[int(font)]:
            found.add(str(number).encode())
    return frozenset(found)


def _parts(archive: zipfile.ZipFile, entry: str, kind: str) -> Iterator[str]:
    """Entries of that kind that a sheet points to."""
    relations = join(dirname(entry), "_rels", f"{basename(entry)}.rels")
    if relations not in archive.NameToInfo:
        return
    for one in _tree(archive, relations):
        target = one.get("Target", "")
        if one.get("Type", "").endswith(f"/{kind}") and one.get("TargetMode") != "External":
            part = target.lstrip("/") if target.startswith("/") else normpath(join(dirname(entry), target))  # fmt: skip
            if part in archive.NameToInfo:
                yield part


def _tree(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(archive.read(part))  # noqa: S314 -- the guard refuses declarations of entities


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _texts(element: ElementTree.Element) -> Iterator[str]:
    """Texts below *element*; a paragraph ends with a space."""
    for one in element.iter():
        if _tag(one) == "t" and one.text:
            yield one.text
        elif _tag(one) == "p":
            yield " "
