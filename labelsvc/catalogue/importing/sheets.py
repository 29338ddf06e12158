"""Each sheet of a list: its header, its kind, its title, and its rows one after the other.

Every sheet is read or named with the reason why it is not. What a row means is for row.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from typing import Any, Literal

from labelsvc.catalogue.importing.files.guard import column_letters
from labelsvc.catalogue.importing.files.read import Cells, Table
from labelsvc.catalogue.importing.heads import header as headers
from labelsvc.catalogue.importing.heads import headings, kinds
from labelsvc.catalogue.importing.heads import words as heads
from labelsvc.catalogue.importing.heads.header import Header
from labelsvc.catalogue.importing.heads.headings import Context
from labelsvc.catalogue.importing.heads.kinds import Judgement, ListKind
from labelsvc.catalogue.importing.rows.ditto import Above
from labelsvc.catalogue.importing.rows.line import Line, Reader, cell_at
from labelsvc.catalogue.importing.rows.place import read_place
from labelsvc.catalogue.importing.rows.row import read_line
from labelsvc.catalogue.importing.values import cell as cells
from labelsvc.catalogue.importing.values.decisions import Mention, in_sheet_name, mentions
from labelsvc.errors import BadInput
from labelsvc.i18n import fold

SheetState = Literal["read", "left_out", "repeats", "unread"]
#: Words of rows that were passed over that are kept for the preview.
_KEPT = 50
#: Sheets of a template that are no lists, by their names.
EXAMPLES, GUIDE = "Ví dụ", "Hướng dẫn"
_NO_LISTS = {fold(EXAMPLES): "The sheet holds examples.", fold(GUIDE): "The sheet is a guide."}
#: Of the title of a decision about another one.
_AMENDS = re.compile(r"(?i)\b(?:đính chính|sửa đổi|điều chỉnh)\b[^.;]{0,80}\b(?:quyết định|qđ)\b")
_SUMMARY = re.compile(r"\b(?:tong hop|th|summary|bieu tong)\b")


@dataclass
class Sheet:
    """A sheet of the file: whether it is read, and what was understood of it.

    `state`: "read"; "repeats" where every row stands in another sheet; "left_out" where somebody or
    a plain reason left it out; "unread" where it may hold products and nobody has said what to do.
    """

    table: Table
    name: str
    state: SheetState = "read"
    reason: str = ""
    header: Header | None = None
    how: Literal["read", "remembered", "by_hand", "continued"] = "read"
    judgement: Judgement = field(default_factory=lambda: Judgement(ListKind.RECOGNISED, True))
    titles: list[str] = field(default_factory=list)
    decision: Mention | None = None
    decision_from: str = ""
    decision_words: str = ""
    rows: int = 0
    repeated: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    #: (row, words) of rows that were taken for no product, first of them.
    passed: list[tuple[int, str]] = field(default_factory=list)
    passed_all: int = 0

    def as_json(self) -> dict[str, Any]:
        header, traits = self.header, self.table.traits
        return {
            "name": self.name,
            "state": self.state,
            "reason": self.reason,
            "readable": header is not None or self.table.hidden,
            "rows": self.rows,
            "repeated": self.repeated,
            "kind": self.judgement.as_json(),
            "title": self.titles[:8],
            "font": self.table.font,
            "header_row": header.row if header else 0,
            "fingerprint": header.fingerprint if header else "",
            "columns": columns_json(header, self.how) if header else [],
            "hidden_rows": self.hidden_rows[:_KEPT],
            "hidden_columns": [
                column_letters(i + 1) for i in sorted(traits.hidden_columns) if header and i in header.words
            ],
            "passed_all": self.passed_all,
            "merged": sum(bottom > top for top, _, bottom, _ in self.table.spans) if header else 0,
            "passed": [{"row": row, "words": words} for row, words in self.passed],
        }  # fmt: skip


def columns_json(header: Header, how: str) -> list[dict[str, Any]]:
    """Every column with a head: its words, what it was taken for, and how that is known."""
    made = []
    for index, words in sorted(header.words.items()):
        name = header.fields.get(index, "")
        state = "unknown" if not name else how
        if name in heads.NOT_KEPT or name == "left_out":
            state = "not_kept"
        elif name in header.rivals:
            state = "unsure"
        made.append({"index": index, "letter": column_letters(index + 1), "words": words, "field": name, "state": state})  # fmt: skip
    return made


def examine(
    table: Table,
    file_name: str,
    *,
    remembered: Mapping[str, Mapping[int, str]],
    before: Sheet | None,
    kind: ListKind | None,
    wanted: bool = False,
    given: tuple[int, Mapping[int, str]] | None = None,
) -> Sheet:
    """Find header, title, decision and kind of a sheet; its rows are read afterwards.

    :param remembered: fingerprint of a header → column → field, as somebody assigned them.
    :param before: the sheet before it that was read: this one may go on without a header.
    :param kind: what somebody said that the list is.
    :param wanted: somebody said that the sheet is read, though it is hidden.
    :param given: row of the heads and what its columns are, as somebody said.
    """
    sheet = Sheet(table, table.name)
    if table.hidden and not wanted:
        return _left(sheet, "left_out", "The sheet is hidden.")
    header = headers.given_header(table, *given) if given else headers.header_of(table)
    if header is None:
        header = headers.remembered_header(table, remembered)
    if header is None:
        return _without_header(sheet, before)
    if given:
        sheet.how = "by_hand"
    elif by_hand := remembered.get(header.fingerprint):
        header, sheet.how = headers.with_columns(header, by_hand), "remembered"
    sheet.header = header
    for number, row in islice(table.rows(), headers.SEARCHED):
        if number >= header.row:
            break
        sheet.titles += [" ".join(text.split()) for text in headings.texts_of(row)]
    sheet.titles += table.traits.asides
    sheet.titles += [
        words for words in header.words.values() if re.search(r"(?i)\btheo (?:qđ|quyết định)\b.*\d", words)
    ]  # fmt: skip
    _judge(sheet, file_name, kind)
    _title_decision(sheet)
    sheet.header = headers.with_added(header, table.edits)
    if (reason := _NO_LISTS.get(fold(sheet.name).strip())) and not (wanted or given):
        return _left(sheet, "left_out", reason)
    return sheet


def is_summary(sheet: Sheet) -> bool:
    """True if the name of a sheet says that it repeats the others."""
    return bool(_SUMMARY.search(" ".join(fold(sheet.name).split())))


def _left(sheet: Sheet, state: SheetState, reason: str) -> Sheet:
    sheet.state, sheet.reason = state, reason
    return sheet


def _without_header(sheet: Sheet, before: Sheet | None) -> Sheet:
    """A sheet that goes on with the rows of the one before it, or one that holds no list."""
    rows = list(islice(sheet.table.rows(), 30))
    if (
        before is not None
        and before.header is not None
        and before.header.columns.get("number") is not None
    ):
        index = before.header.columns["number"]
        first = next((cells.text_of(row[index]) for _, row in rows if index < len(row)), "")
        last = _last_number(before.table, index)
        if first.isdigit() and last is not None and int(first) == last + 1:
            sheet.header = replace(before.header, row=0, depth=0)
            sheet.how, sheet.judgement = "continued", before.judgement
            sheet.decision, sheet.decision_from = before.decision, before.decision_from
            sheet.titles = before.titles
            return sheet
    if not any(len(headings.texts_of(row)) >= 3 for _, row in rows):
        return _left(sheet, "left_out", "The sheet holds no table.")
    named = {
        heads.field_of(text) for _, row in rows for text in headings.texts_of(row) if len(text) < 60
    }
    if named & {"product", "producer"}:
        return _left(sheet, "unread", "No header row was found in this sheet.")
    return _left(sheet, "left_out", "The sheet holds no list of products.")


def _last_number(table: Table, index: int) -> int | None:
    last = None
    for _, row in table.rows():
        text = cells.text_of(row[index]) if index < len(row) else ""
        if text.isdigit():
            last = int(text)
    return last


def _judge(sheet: Sheet, file_name: str, kind: ListKind | None) -> None:
    header = sheet.header
    if header is None:
        return
    texts = [(title, "title") for title in sheet.titles]
    if sheet.name:
        texts.append((re.sub(r"[_.]+", " ", sheet.name), "sheet"))
    stem = re.sub(r"[_.\-]+", " ", re.sub(r"\.\w{1,5}$", "", file_name))
    texts.append((stem, "file"))
    columns = header.columns
    starred = not columns.keys().isdisjoint(("stars", "decision", "score", "wanted_stars"))
    # A list of points of sale may name the products that are sold there.
    sold = "outlet" in columns and not starred
    found = kinds.judged(texts, stars="stars" in columns, products="product" in columns and not sold)  # fmt: skip
    first = sold and not found.sayings and columns["outlet"] < columns.get("product", -1)
    if ("product" not in columns or first) and not found.kind.ends_stars:
        lead = (
            ListKind.VILLAGES
            if "village" in columns and "outlet" not in columns
            else ListKind.POINTS_OF_SALE
        )
        words = header.label("village" if lead is ListKind.VILLAGES else "outlet")
        found = Judgement(lead, True, found.sayings or (kinds.Saying(lead, words, "column"),))
    # The name of a file alone is not believed; beside such a column it agrees with it.
    filed = found.kind.ends_stars and all(one.place == "file" for one in found.sayings)
    if (
        (found.kind.gives_stars or filed)
        and {"withdrawal_decision", "withdrawal_date"} & columns.keys()
        and "decision" not in columns
        and not sheet.titles
    ):
        name = "withdrawal_decision" if "withdrawal_decision" in columns else "withdrawal_date"
        found = Judgement(
            ListKind.WITHDRAWN,
            True,
            (kinds.Saying(ListKind.WITHDRAWN, header.label(name), "column"),),
        )
    elif found.kind.gives_stars and "withdrawal_decision" in columns and "decision" not in columns:
        found = Judgement(
            ListKind.WITHDRAWN,
            False,
            (
                *found.sayings,
                kinds.Saying(ListKind.WITHDRAWN, header.label("withdrawal_decision"), "column"),
            ),
        )
    if not found.sayings and found.kind is ListKind.RECOGNISED:
        told = [header.label(name) for name in ("stars", "decision") if name in columns]
        if told:
            found = Judgement(
                found.kind, found.sure, (kinds.Saying(found.kind, ", ".join(told), "column"),)
            )
        if "wanted_stars" in columns and not told:
            found = Judgement(
                ListKind.REGISTERED,
                True,
                (kinds.Saying(ListKind.REGISTERED, header.label("wanted_stars"), "column"),),
            )
    sheet.judgement = _chosen(found, kind)


def _chosen(found: Judgement, kind: ListKind | None) -> Judgement:
    """Judge by the kind that somebody chose, but never let a surely ended list give stars."""
    if kind is None:
        return found
    if kind.gives_stars and found.kind.ends_stars and found.sure:
        return found
    return Judgement(kind, True, found.sayings, chosen=True)


def _title_decision(sheet: Sheet) -> None:
    """The decision that the list is annexed to: of the title, else of the sheet's name."""
    whole = " ".join(sheet.titles)
    try:
        told = mentions(whole)
    except BadInput:
        told = []
    found = [one for one in told if one.role in ("gives", "withdraws")]
    if len(told) > len(found) and _AMENDS.search(whole):
        return  # which of the two gave the stars of a row, the title does not say
    annexed = re.search(r"(?i)kèm theo|ban hành|theo|quyết định|qđ", whole)
    if len({(one.number, one.day) for one in found}) == 1 and annexed:
        sheet.decision, sheet.decision_from, sheet.decision_words = found[0], "title", whole[:300]
    elif not found and (named := in_sheet_name(sheet.name)):
        sheet.decision, sheet.decision_from, sheet.decision_words = named, "sheet", sheet.name


def lines_of(sheet: Sheet) -> Iterator[Line]:
    """Every row of a sheet below its header; headings, totals and signatures are passed over."""
    header, table = sheet.header, sheet.table
    if header is None:
        return
    context = _begun(sheet)
    above, signed = Above(header), False
    skip_to = header.row + header.depth
    rows = _Ahead(table)
    for number, row in rows:
        if number < skip_to:
            continue
        said = headings.texts_of(row)
        if said and _is_header_again(header, row):
            again = headers.header_at([(number, row), *rows.peek(2)], table.spans)
            if again is not None:
                if heads_of(again) != heads_of(header):
                    header = headers.with_added(again, table.edits)
                    above = Above(header)
                skip_to, signed = number + again.depth, False
                continue
            if headers.repeats(header, row):
                continue
        sort = headings.sort_of(row, said, signed=signed, lead=header.columns.get(_lead(header)))
        if sort == "signature":
            signed = True
        elif sort == "heading":
            context = headings.entered(context, said)
            above.forget_owner()
            if not context.judgement.kind.ends_stars:
                context.waiting = ()
        if sort != "row":
            if said and len(sheet.passed) < _KEPT:
                sheet.passed.append((number, " · ".join(said)[:160]))
            sheet.passed_all += bool(said)
            continue
        signed = False
        filled, marked, empty = above.filled(row)
        names = [
            cell_at(filled, header, name) for name in ("product", "producer", "outlet", "village")
        ]
        if not any(_filled(cell) for cell in names):
            if len(sheet.passed) < _KEPT:
                sheet.passed.append((number, " · ".join(said)[:160]))
            sheet.passed_all += 1
            continue
        context.waiting = ()
        line = _line(sheet, number, filled, header, context, (marked, empty))
        line.raw = row
        yield line
    if context.waiting and not sheet.judgement.chosen:
        sheet.judgement = Judgement(context.waiting[0].kind, False, (*sheet.judgement.sayings, *context.waiting))  # fmt: skip


def heads_of(header: Header) -> dict[str, int]:
    return header.columns


def _lead(header: Header) -> str:
    return next((name for name in ("product", "outlet", "village") if name in header.columns), "")


def _is_header_again(header: Header, row: Cells) -> bool:
    number = cell_at(row, header, "number")
    if isinstance(number, int | float) or (isinstance(number, str) and number.strip().isdigit()):
        return False  # the running number of a product: most rows are looked at no further
    return headers.repeats(header, row) or headers.is_plain_header(row)


def _begun(sheet: Sheet) -> Context:
    context = Context(
        sheet.judgement, decision=sheet.decision, decision_from=sheet.decision_from,
        decision_words=sheet.decision_words, body=headings.body_of(sheet.titles),
        ended_at="title" if not sheet.judgement.kind.gives_stars else "",
    )  # fmt: skip
    context.of_the_city = cache(lambda: _four_stars(sheet))
    for text in (*sheet.titles, sheet.name):
        plain = fold(text)
        if re.match(r"^(?:xa|phuong|huyen|quan|thi xa|thi tran)\s+\w", plain) and len(text) <= 60:
            headings._place(context, text, re.match(r"thi xa|thi tran|\w+", plain)[0])  # type: ignore[index]
    stars = re.fullmatch(
        r"(?:ocop |hang |sp |san pham )?0?([345]) ?(?:sao|\*|★)(?: .*)?", fold(sheet.name)
    )
    if stars:
        context.stars = int(stars[1])
    elif sheet.header is not None and "stars" not in sheet.header.columns:
        context.stars = headings.stars_in(sheet.titles)
    if not context.district and (
        told := re.match(r"(?i)ubnd ((?:huyện|quận|thị xã) .+)", context.body)
    ):
        context.district = told[1]
    return context


def _four_stars(sheet: Sheet) -> frozenset[str]:
    """Numbers of the decisions that give four stars or more in this sheet."""
    header, found = sheet.header, set()
    if header is None or not {"stars", "decision"} <= header.columns.keys():
        return frozenset()
    for _, row in sheet.table.rows():
        try:
            stars, _ = cells.stars_of(cell_at(row, header, "stars"))
            if stars is not None and stars >= 4:
                found.add(cells.decision_of(cell_at(row, header, "decision"))[0])
        except BadInput:
            continue
    return frozenset(found)


def _line(
    sheet: Sheet, number: int, row: Cells, header: Header, context: Context,
    repeats: tuple[list[str], list[str]],
) -> Line:  # fmt: skip
    line = Line(number, sheet.name, kind=context.judgement.kind)
    reader = Reader(row, header, line, from_1904=sheet.table.traits.from_1904)
    marked, empty = repeats
    for name in marked:
        text = reader.text(name)
        if text:
            line.note("{column} repeats the row above: {text}.", column=header.label(name), text=text[:80])  # fmt: skip
        else:
            reader.refuse(name, BadInput("There is nothing above to repeat.", fix="Write it out."))
    if "producer" in empty:
        line.note("{column} was left empty: taken from the row above: {text}.",
                  column=header.label("producer"), text=reader.text("producer")[:80])  # fmt: skip
    if number - 1 in sheet.table.traits.hidden_rows:
        sheet.hidden_rows.append(number)
        line.note("The row is hidden in the file.")
    _heed_asides(sheet, reader, number)
    if number in sheet.table.edits:
        names = (headers.named(header, index) for index in sorted(sheet.table.edits[number]))
        line.note("Changed by hand in the preview: {columns}.", columns=", ".join(names))
    sheet.rows += 1
    if context.judgement.kind in (ListKind.POINTS_OF_SALE, ListKind.VILLAGES):
        return read_place(reader, context)
    return read_line(reader, context)


def _heed_asides(sheet: Sheet, reader: Reader, number: int) -> None:
    """Read comments of the row as its note; refuse it where its name is struck through."""
    traits, columns = sheet.table.traits, reader.header.columns
    if traits.comments:
        said = [text for (row, _), text in sorted(traits.comments.items()) if row == number - 1]
        for text in said:
            reader.line.note("Comment in the file: “{text}”.", text=text[:120])
        reader.add_note(said)
    for name in ("product", "producer", "stars", "outlet", "village"):
        if (number - 1, columns.get(name, -1)) in traits.struck:
            reader.refuse(name, BadInput(
                "The cell is struck through in the file.",
                fix="Leave the row out, or take the line away and send the list again.",
            ))  # fmt: skip


def _filled(cell: Any) -> bool:
    from labelsvc.catalogue.importing.files.formula import Unsaved

    return isinstance(cell, Unsaved) or bool(cells.text_of(cell))


class _Ahead:
    """Rows of a table, with a look at those that come next."""

    def __init__(self, table: Table) -> None:
        self._rows = iter(table.rows())
        self._next: list[tuple[int, Cells]] = []

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        while True:
            if self._next:
                yield self._next.pop(0)
            elif (row := next(self._rows, None)) is not None:
                yield row
            else:
                return

    def peek(self, count: int) -> list[tuple[int, Cells]]:
        while len(self._next) < count and (row := next(self._rows, None)) is not None:
            self._next.append(row)
        return self._next[:count]
