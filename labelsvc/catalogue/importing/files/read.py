"""Bytes → tables: rows of raw cells with the numbers they have in the file."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import IO, Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from labelsvc.catalogue.importing.files import guard, legacy
from labelsvc.catalogue.importing.files.biff import look
from labelsvc.catalogue.importing.files.formula import Place, Unsaved, unsaved_formulas
from labelsvc.catalogue.importing.files.spool import Spool
from labelsvc.catalogue.importing.files.traits import Traits, traits_of_ods, traits_of_xlsx
from labelsvc.errors import ImportRefused
from labelsvc.i18n import nfc

Cell = str | int | float | bool | date | datetime | time | timedelta | Unsaved | None
Cells = list[Cell]
#: Bytes that are decoded at a time.
_PIECE = 1 << 16
#: Rows that the font of a table is judged by.
_SAMPLED = 200
#: Zero-based: first row, first column, last row, last column.
Span = tuple[int, int, int, int]


class Turned(str):
    """A text of a font before Unicode, turned into Unicode: `raw` is how it stands in the file."""

    font: str
    raw: str


@dataclass
class Table:
    """One sheet, or one CSV file. `rows` can be walked as often as needed.

    `hidden`: the whole sheet is. `font`: the one before Unicode that its texts are written in;
    `mixed`: others of its texts are Unicode.
    """

    name: str
    source: Any
    spans: list[Span] = field(default_factory=list)
    delimited: bool = False
    traits: Traits = field(default_factory=Traits)
    hidden: bool = False
    font: str = ""
    mixed: bool = False
    #: Row → column (from 0) → what somebody wrote there in the preview.
    edits: Mapping[int, Mapping[int, str]] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """(row number as the spreadsheet program shows it, cells); blank rows are left out.

        A cell merged over several rows is in each of them, as readers of the sheet see it.
        """
        upright: dict[int, list[Span]] = {}
        for span in self.spans:
            if span[2] > span[0]:
                upright.setdefault(span[0], []).append(span)
        open_spans: list[tuple[Span, Cell]] = []
        for index, cells in enumerate(self.source()):
            if index >= guard.MOST_ROWS:
                raise ImportRefused(
                    "The list has more than {rows} rows.", fix="Split it.", rows=guard.MOST_ROWS
                )
            open_spans = [(s, v) for s, v in open_spans if s[2] >= index]
            for (_, column, _, _), value in open_spans:
                if column < len(cells) and _empty(cells[column]):
                    cells[column] = value
            for span in upright.get(index, ()):
                if span[1] < len(cells):
                    open_spans.append((span, cells[span[1]]))
            if any(not _empty(cell) for cell in cells):
                if self.font:
                    cells = [self._unicode(cell) for cell in cells]
                if index + 1 in self.edits:
                    cells = _edited(cells, self.edits[index + 1])
                yield index + 1, cells

    def _unicode(self, cell: Cell) -> Cell:
        if not isinstance(cell, str) or cell.isascii():
            return cell
        made = Turned(legacy.turned(cell, self.font, alone=not self.mixed))
        if made == cell:
            return cell
        made.font, made.raw = self.font, cell
        return made

    def spooled(self) -> Table:
        """Itself, its cells read and laid aside: a transaction then walks them without a parser."""
        cells = Spool[Cells]()
        for index, one in enumerate(self.source()):
            cells.append(one)
            if index >= guard.MOST_ROWS:  # `rows` says so
                break
        self.source = lambda: iter(cells)
        return self

    def with_font(self) -> Table:
        """Itself, with the font before Unicode that its first rows are written in."""
        sample = [
            cell
            for _, cells in islice(self.rows(), _SAMPLED)
            for cell in cells
            if isinstance(cell, str) and not cell.isascii()
        ]
        self.font = legacy.font_of(sample)
        self.mixed = any(map(legacy.is_unicode, sample))
        return self


def read_tables(data: bytes, file_name: str) -> list[Table]:
    """The visible sheets of a workbook, or the one table of a CSV file per likely delimiter.

    :raises ImportRefused: see guard.py; text of an unknown encoding.
    """
    kind = guard.kind_of(data, file_name)
    if kind != "text":
        return _sheets(data, kind)
    name, skip = encoding_of(data)
    head = data[skip : skip + 64].decode(name, "ignore")
    found = re.match(r"sep=(.)\r?\n", head, re.IGNORECASE)
    delimiters = found[1] if found else "\t;,|"

    def text() -> IO[str]:
        source = io.BytesIO(data)
        source.seek(skip)
        return io.TextIOWrapper(source, name, newline="")

    tables = [Table("", _delimited(text, d, bool(found)), delimited=True) for d in delimiters]
    first = tables[0].with_font()
    for table in tables:
        table.font, table.mixed = first.font, first.mixed
    return tables


def _traits(data: bytes, kind: guard.Kind, names: list[str]) -> dict[str, Traits]:
    if kind == "xls":
        return dict(zip(names, look(data).sheets, strict=False))
    return traits_of_ods(data) if kind == "ods" else traits_of_xlsx(data)


def _sheets(data: bytes, kind: guard.Kind) -> list[Table]:
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(data))
        unsaved = unsaved_formulas(data) if kind == "xlsx" else {}
        known = _traits(data, kind, [facts.name for facts in book.sheets_metadata])
        tables = []
        for index, facts in enumerate(book.sheets_metadata):
            if facts.typ == SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_index(index)
                if sheet.start is not None:
                    traits = known.get(facts.name, Traits())
                    places = dict.fromkeys(unsaved.get(facts.name, ()), Unsaved.FORMULA)
                    places |= dict.fromkeys(traits.errors, Unsaved.ERROR)
                    spans = [(*a, *b) for a, b in sheet.merged_cell_ranges or () if a <= b]
                    spans = spans or traits.spans
                    table = Table(nfc(facts.name), _cells(sheet, places), spans, traits=traits)
                    table.hidden = facts.visible != SheetVisibleEnum.Visible
                    tables.append(table.with_font())
        return tables
    except BaseException as error:
        # A defect of the reader is a Rust panic, and that is no Exception.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise ImportRefused(
                "The workbook is damaged.", fix="Open it in Excel and save it again."
            ) from error
        raise


def _cells(sheet: Any, places: dict[Place, Unsaved]) -> Any:
    shift = sheet.start[1]
    wanting: dict[int, list[tuple[int, Unsaved]]] = {}
    for (row, column), what in sorted(places.items(), key=lambda item: item[0]):
        wanting.setdefault(row, []).append((column, what))

    def source() -> Iterator[Cells]:
        before: Cells = [None] * shift
        for index, row in enumerate(sheet.iter_rows()):
            cells = [*before, *row] if shift else row
            for column, what in wanting.get(index, ()):
                cells += [None] * (column + 1 - len(cells))
                if _empty(cells[column]):
                    cells[column] = what
            yield cells

    return source


def _delimited(text: Callable[[], IO[str]], delimiter: str, skip: bool) -> Any:
    def source() -> Iterator[Cells]:
        reader = csv.reader(text(), delimiter=delimiter)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise ImportRefused(
                    "The CSV file cannot be read near line {line}.",
                    fix="A quotation mark is not closed, or a cell is far too long.",
                    line=reader.line_num,
                ) from error
            if skip and reader.line_num == 1:
                row = []
            yield [nfc(cell) for cell in row[: guard.MOST_COLUMNS]]

    return source


def encoding_of(data: bytes) -> tuple[str, int]:
    """Encoding of a CSV file, and the length of its mark: UTF-8 or UTF-16 by their marks or looks,
    else Windows Vietnamese.

    :raises ImportRefused: none of them.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            names, skip = [name], len(mark)
            break
    else:
        skip = 0
        # Plain letters in UTF-16 have a zero in every other byte.
        sample = data[:2000]
        if sample[1::2].count(0) > len(sample) // 8:
            names = ["utf-16-le"]
        elif sample[0::2].count(0) > len(sample) // 8:
            names = ["utf-16-be"]
        else:
            names = ["utf-8"]
    for name in names:
        decoder = codecs.getincrementaldecoder(name)()
        try:
            for start in range(skip, len(data), _PIECE):
                decoder.decode(data[start : start + _PIECE])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name, skip
    if names == ["utf-8"] and not skip and not re.search(rb"[\x00-\x08\x0e-\x1f]", data[:_PIECE]):
        return _of_eight_bits(data), 0
    raise ImportRefused(
        "The text of the file is in an unknown encoding.",
        fix="Save it as 'CSV UTF-8' in Excel, or as XLSX.",
    )


def _of_eight_bits(data: bytes) -> str:
    """Windows Vietnamese, or the bytes of a font before Unicode as letters of Western Europe."""
    try:
        data.decode("cp1258")
    except UnicodeDecodeError:
        return "latin-1"
    sample = data[: _PIECE * 4]
    marked = legacy.share_of(nfc(sample.decode("cp1258", "ignore")))
    plain = sample.decode("latin-1")
    font = legacy.font_of(plain.splitlines())
    return "latin-1" if font and legacy.share_of(legacy.FONTS[font](plain)) > marked else "cp1258"


def _edited(cells: Cells, said: Mapping[int, str]) -> Cells:
    made = cells + [None] * (max(said) + 1 - len(cells))
    for column, text in said.items():
        made[column] = text
    return made


def _empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
