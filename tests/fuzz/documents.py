"""Parsers of what comes as a file or a body: lists, layouts, roll files, the inspector's application."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import numpy as np
from pydantic import BaseModel, ValidationError

from labelsvc.catalogue.importing.files import guard
from labelsvc.catalogue.importing.files.read import read_tables
from labelsvc.catalogue.importing.heads.header import header_of
from labelsvc.catalogue.importing.values import cell
from labelsvc.codes.forms import inner
from labelsvc.errors import BadInput
from labelsvc.inspections.day_report import SentVisit
from labelsvc.inspections.sync import SentCase
from labelsvc.labels.layouts import library, reading
from labelsvc.labels.rolls.languages import LANGUAGES, Language
from labelsvc.labels.rolls.raster import Row
from tests.catalogue import lists
from tests.fuzz.target import Target

_UID = "0f6f2f5c-3a0e-4a53-9d3b-5d1f7f0a6c21"
_CASE = {
    "uid": _UID, "at": "2026-11-24T02:00:00Z", "code": "0123ABCD", "verdict": "DUPLICATE_HERE",
    "items": 2, "place": "Chợ Đồng Xuân, Hà Nội", "latitude": 21.03, "longitude": 105.85,
    "note": "Hai hộp cùng mã", "missing": ["net"], "photos": [{"uid": _UID, "data": "AAAA"}],
}  # fmt: skip
_VISIT = {
    "began": "2026-11-24T02:00:00+07:00",
    "entries": [{"code": "0123ABCD", "verdict": "ISSUED_OK", "at": "2026-11-24T02:00:00Z", "items": 1}],
}  # fmt: skip


def targets() -> dict[str, Target]:
    """Name → what is fed."""
    articles = library.articles()
    return {
        "import csv": Target(_tables("list.csv"), [lists.csv(), lists.csv(",", "utf-16")]),
        "import xlsx": Target(_tables("list.xlsx"), [lists.plain()]),
        "import guard": Target(lambda data: guard.kind_of(data, "list.xlsx"), [lists.workbook([["a", 1]])]),
        "import day": Target(cell.day_of, ["04/03/2026", "ngày 4 tháng 3 năm 2026"]),
        "import stars": Target(cell.stars_of, ["4 sao", "tiềm năng 5 sao", "****"]),
        "import score": Target(cell.score_of, ["87,5", "90"]),
        "import decision": Target(cell.decision_of, ["1147/QĐ-UBND ngày 4/3/2026 của UBND TP Hà Nội"]),
        "layout": Target(
            lambda text: reading.load(text, source="layout.toml", articles=articles),
            [library.source(name) for name in ("a4-65", "roll-50x30", "craft-tag")],
        ),
        **{
            name: Target(language.read, [_roll(language)]) for name, language in LANGUAGES.items()
        },
        "sync body": Target(_body(SentCase), [json.dumps(_CASE).encode()]),
        "day report": Target(_body(SentVisit), [json.dumps(_VISIT).encode()]),
        "inner code": Target(lambda text: inner.fits(bytes(32), 7, text), ["0123-4567-89AB", "o0iI01234567"]),
    }  # fmt: skip


def _tables(name: str) -> Callable[[bytes], object]:
    """A list as far as its header; rows are read as the import does."""

    def read(data: bytes) -> object:
        tables = read_tables(data, name)
        for table in tables:
            for _, cells in table.rows():
                for found in cells:
                    cell.text_of(found)
        return [header_of(table) for table in tables]

    return read


def _body(model: type[BaseModel]) -> Callable[[bytes], object]:
    """A body as the page reads it: what it is not is answered 400 (web/inspect/sync.py)."""

    def read(data: bytes) -> object:
        try:
            return model.model_validate_json(data)
        except ValidationError as error:
            raise BadInput("It is not what the application sends.") from error

    return read


def _roll(language: Language) -> bytes:
    """A roll file of three labels of 64 × 32 dots."""
    bits = np.indices((32, 64)).sum(axis=0) % 3 == 0
    out = io.BytesIO()
    rows = [Row(number, 1, np.roll(bits, number, axis=1)) for number in (1, 2, 3)]
    language.write(out, rows, 8, 4)
    return out.getvalue()
